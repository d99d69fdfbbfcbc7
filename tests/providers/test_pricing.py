from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.calculations.pricing import (
    Basis,
    Card,
    Gap,
    Line,
    PatternLine,
    Price,
    Rate,
    Tier,
    Vat,
    blended_uplift,
    price_over,
    price_week,
    uplifted,
    weekly_cost,
)

DAY = timedelta(days=1)
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = range(5)
ONE, SMALL, LARGE = TIERS = (
    Tier("one", "1:1", 1, 1),
    Tier("small", "2 to 4 people", 2, 4),
    Tier("large", "5 to 10 people", 5, 10),
)
APRIL = date(2026, 4, 1)
JANUARY = date(2027, 1, 4)  # a Monday


def rate(unit, pounds, tier="", valid_from=APRIL, valid_until=None, **more):
    return Rate(unit, Decimal(pounds), valid_from, valid_until, tier, **more)


def line(unit, quantity, supported=1, weekday=None, **more):
    return PatternLine(unit, Decimal(quantity), supported, weekday, **more)


def cost(pattern, *rates, week_of=JANUARY, tiers=TIERS, **more):
    return price_week(pattern, Card(rates, tiers, **more), week_of)


pounds = st.decimals(0, 2000, places=2)
hours = st.decimals(0, 168, places=2)

# Lines


def test_two_days_and_a_quarter_hour_of_one_to_one():
    lines = [
        Line("Day, small group", Decimal(2), Decimal("47.50")),
        Line("Hour, 1:1", Decimal("0.25"), Decimal("18.50")),  # 4.625: half a penny goes up
    ]
    assert weekly_cost(lines) == Decimal("99.63")


@given(st.lists(st.builds(Line, st.just("Hour"), hours, pounds), max_size=20))
def test_rounding_moves_a_week_by_at_most_half_a_penny_a_line(lines):
    exact = sum((line.units * line.rate for line in lines), Decimal(0))
    total = weekly_cost(lines)
    assert abs(total - exact) <= Decimal("0.005") * len(lines)
    assert total == round(total, 2)


def test_half_a_penny_of_a_seventh_goes_up_too():
    assert Line("Week", Decimal("0.5"), Decimal("0.07"), days=1).cost == Decimal("0.01")


# A week, as the comparison of three services shows it


@pytest.mark.parametrize(
    ("half_day", "hour", "week"),
    [("24.60", "18.75", "86.70"), ("26.00", "18.20", "88.40"), ("25.20", "19.10", "88.60")],
)
def test_two_half_days_in_a_group_and_two_hours_alone(half_day, hour, week):
    pattern = [
        line("half_day", 1, supported=4, weekday=TUESDAY),
        line("half_day", 1, supported=4, weekday=THURSDAY),
        line("hour", 2, weekday=FRIDAY),
    ]
    price = cost(pattern, rate("half_day", half_day, "small"), rate("hour", hour, "one"))
    assert price == Price(
        JANUARY,
        (
            Line("Half day, 2 to 4 people", Decimal(2), Decimal(half_day)),
            Line("Hour, 1:1", Decimal(2), Decimal(hour)),
        ),
        (),
    )
    assert price.cost == Decimal(week)


def test_any_day_of_a_week_finds_its_week():
    pattern = [line("day", 1, weekday=MONDAY)]
    for day in range(7):
        price = cost(pattern, rate("day", 40, "one"), week_of=JANUARY + day * DAY)
        assert (price.week_from, price.cost) == (JANUARY, 40)


# Units


def test_two_half_days_on_one_day_are_not_a_day():
    pattern = [line("half_day", 2, weekday=TUESDAY)]
    both = cost(pattern, rate("half_day", 26, "one"), rate("day", 45, "one"))
    assert both.cost == 52
    day_alone = cost(pattern, rate("day", 45, "one"))
    assert day_alone.gaps == (Gap("Half day, 1:1", JANUARY + DAY, JANUARY + DAY),)


def test_a_day_is_not_made_of_half_days():
    price = cost([line("day", 1, weekday=TUESDAY)], rate("half_day", 26, "one"))
    assert [gap.what for gap in price.gaps] == ["Day, 1:1"]


def test_what_has_no_rate_is_named_and_makes_the_whole_no_price():
    pattern = [
        line("half_day", 1, supported=4, weekday=TUESDAY),
        line("session", 1, supported=4, weekday=TUESDAY, mode="virtual", zone="north"),
        line("hour", 1, supported=11, weekday=FRIDAY),
    ]
    price = cost(pattern, rate("half_day", 26, "small"), rate("session", 9, "small"))
    assert weekly_cost(price.lines) == 26
    assert [str(gap) for gap in price.gaps] == [
        "No agreed rate: Session, 2 to 4 people, virtual, north",
        "No agreed rate: Hour, 11 people supported together",
    ]
    with pytest.raises(
        ValueError, match="No agreed rate: Session, 2 to 4 people, virtual, north; "
    ):
        _ = price.cost


def test_a_lot_without_tiers_has_rates_without_them():
    price = cost([line("week", 1)], rate("week", "1450.00"), tiers=())
    assert price.lines == (Line("Week", Decimal(1), Decimal("1450.00")),)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"unit": "fortnight"}, "no unit fortnight"),
        ({"mode": "by post"}, "no mode by post"),
        ({"quantity": 0}, "some support"),
        ({"supported": 0}, "for somebody"),
        ({"weekday": 7}, "from 0, Monday"),
        ({"weekday": -1}, "from 0, Monday"),
    ],
)
def test_a_line_of_a_pattern_that_makes_no_sense_is_refused(more, said):
    with pytest.raises(ValueError, match=said):
        line(**({"unit": "hour", "quantity": 1} | more))


# Tiers, modes and zones


@pytest.mark.parametrize(("supported", "pounds"), [(1, 40), (2, 30), (4, 30), (5, 20), (10, 20)])
def test_the_number_actually_supported_finds_the_tier(supported, pounds):
    rates = [rate("day", 40, "one"), rate("day", 30, "small"), rate("day", 20, "large")]
    pattern = [line("day", 1, supported=supported, weekday=MONDAY, tier="large")]
    assert cost(pattern, *rates).cost == pounds


def test_the_tier_asked_for_chooses_between_those_that_fit():
    two_staff = Tier("two", "2:1", 1, 1)
    rates = [rate("hour", 18, "one"), rate("hour", 34, "two")]
    tiers = (ONE, two_staff)
    assert cost([line("hour", 1, weekday=0)], *rates, tiers=tiers).cost == 18
    assert cost([line("hour", 1, weekday=0, tier="two")], *rates, tiers=tiers).cost == 34


def test_virtual_support_has_a_rate_of_its_own():
    rates = [rate("hour", 18, "one"), rate("hour", 12, "one", mode="virtual")]
    assert cost([line("hour", 1, weekday=0, mode="virtual")], *rates).cost == 12
    assert cost([line("hour", 1, weekday=0, mode="virtual")], rates[0]).gaps


def test_the_rate_of_a_zone_comes_before_the_rate_for_all():
    for_all, rural = rate("hour", 18, "one"), rate("hour", 24, "one", zone="rural")
    assert cost([line("hour", 1, weekday=0, zone="rural")], for_all, rural).cost == 24
    assert cost([line("hour", 1, weekday=0, zone="urban")], for_all, rural).cost == 18
    assert cost([line("hour", 1, weekday=0, zone="urban")], rural).gaps


# Rates that change


OLD = rate("day", "47.50", "one", valid_until=date(2027, 1, 5))
NEW = rate("day", "50.00", "one", valid_from=date(2027, 1, 6))


def test_a_week_in_which_the_rate_changes_is_priced_by_day():
    pattern = [line("day", 1, weekday=day) for day in (MONDAY, TUESDAY, WEDNESDAY)]
    assert cost(pattern, OLD, NEW).lines == (
        Line("Day, 1:1", Decimal(2), Decimal("47.50")),
        Line("Day, 1:1", Decimal(1), Decimal("50.00")),
    )
    assert cost(pattern, OLD, NEW).cost == Decimal("145.00")


def test_a_weekly_rate_that_changes_is_shared_by_days():
    rates = [
        rate("week", 700, valid_until=date(2027, 1, 5)),
        rate("week", 770, valid_from=date(2027, 1, 6)),
    ]
    assert cost([line("week", 1)], *rates, tiers=()).lines == (
        Line("Week", Decimal(1), Decimal(700), days=2),
        Line("Week", Decimal(1), Decimal(770), days=5),
    )
    assert cost([line("week", 1)], *rates, tiers=()).cost == 200 + 550


def test_of_two_rates_for_a_day_the_later_begun_counts_then_the_later_agreed():
    first, second = rate("day", 40, "one"), rate("day", 44, "one", valid_from=date(2026, 10, 1))
    agreed_anew = rate("day", 45, "one", valid_from=date(2026, 10, 1))
    pattern = [line("day", 1, weekday=MONDAY)]
    assert cost(pattern, second, first).cost == 44
    assert cost(pattern, first, second, agreed_anew).cost == 45


def test_before_the_first_rate_and_after_the_last_is_a_gap_with_its_days():
    short = rate("day", 40, "one", valid_from=date(2027, 1, 5), valid_until=date(2027, 1, 6))
    price = cost([line("day", 1, weekday=day) for day in range(4)], short)
    assert price.lines == (Line("Day, 1:1", Decimal(2), Decimal(40)),)
    assert price.gaps == (Gap("Day, 1:1", date(2027, 1, 4), date(2027, 1, 7)),)


# VAT


@pytest.mark.parametrize(
    ("vat", "without", "with_vat"),
    [
        (Vat.EXEMPT, "24.60", "24.60"),
        (Vat.EXCLUDED, "24.60", "29.52"),
        (Vat.INCLUDED, "20.50", "24.60"),
    ],
)
def test_prices_are_compared_on_one_basis(vat, without, with_vat):
    pattern = [line("half_day", 1, supported=3, weekday=TUESDAY)]
    agreed = rate("half_day", "24.60", "small", vat=vat)
    assert cost(pattern, agreed).cost == Decimal(without)
    assert cost(pattern, agreed, basis=Basis.WITH_VAT).cost == Decimal(with_vat)


# From a day to another


def test_a_placement_that_begins_and_ends_within_weeks():
    pattern = [line("day", 1, weekday=MONDAY), line("day", 1, weekday=FRIDAY), line("week", 1)]
    card = Card((rate("day", 40, "one"), rate("week", 70, "one")), TIERS)
    total = price_over(pattern, card, date(2027, 1, 6), date(2027, 1, 18))
    assert [(week.week_from, week.cost) for week in total.weeks] == [
        (date(2027, 1, 4), Decimal("90.00")),  # Wednesday on: a Friday, 5 days of 7
        (date(2027, 1, 11), Decimal("150.00")),
        (date(2027, 1, 18), Decimal("50.00")),  # a Monday alone
    ]
    assert total.cost == Decimal("290.00")


def test_a_year_is_not_52_of_one_week():
    card = Card((rate("day", 40, "one"),), TIERS)
    pattern = [line("day", 1, weekday=FRIDAY)]
    total = price_over(pattern, card, date(2027, 1, 1), date(2027, 12, 31))  # 53 Fridays
    assert total.cost == 53 * 40


def test_a_gap_in_any_week_is_one_gap_of_the_whole():
    card = Card((rate("day", 40, "one", valid_until=date(2027, 1, 31)),), TIERS)
    total = price_over([line("day", 1, weekday=MONDAY)], card, JANUARY, date(2027, 2, 28))
    assert total.gaps == (Gap("Day, 1:1", date(2027, 2, 1), date(2027, 2, 22)),)
    with pytest.raises(ValueError, match="No agreed rate: Day, 1:1"):
        _ = total.cost


def test_the_last_day_is_not_before_the_first():
    with pytest.raises(ValueError, match="before the first"):
        price_over([], Card(()), JANUARY, JANUARY - DAY)


# Against a slow calculator: day by day, in fractions

units = st.sampled_from(["hour", "half_day", "day", "session", "week"])
modes = st.sampled_from(["face_to_face", "virtual"])
zones = st.sampled_from(["", "rural"])
quantities = st.integers(1, 1200).map(lambda n: Decimal(n) / 100)
weekdays = st.none() | st.integers(0, 6)
patterns = st.lists(
    st.builds(PatternLine, units, quantities, st.integers(1, 12), weekdays, modes, zones),
    min_size=1,
    max_size=5,
)
starts = st.dates(date(2026, 12, 1), date(2027, 2, 28))
rates_agreed = st.lists(
    st.builds(
        Rate,
        units,
        st.integers(0, 20_000).map(lambda n: Decimal(n) / 100),
        starts,
        st.none() | starts,
        st.sampled_from(["one", "small", "large"]),
        modes,
        zones,
    ),
    max_size=40,
)
always = st.builds(  # a rate for everything, so that whole prices are common
    lambda p: [
        Rate(unit, p, APRIL, None, tier.key, mode)
        for unit in ("hour", "half_day", "day", "session", "week")
        for tier in TIERS
        for mode in ("face_to_face", "virtual")
    ],
    st.integers(0, 20_000).map(lambda n: Decimal(n) / 100),
)


def slow_tier(number):
    return "one" if number == 1 else "small" if number <= 4 else "large" if number <= 10 else None


def slow_rate(line, day, rates):
    """The rate that a person would find, reading the list from the first to the last."""
    best = None
    for each in rates:
        fits = (
            each.unit == line.unit
            and each.mode == line.mode
            and each.tier == slow_tier(line.supported)
            and each.zone in ("", line.zone)
            and each.valid_from <= day
            and (each.valid_until is None or day <= each.valid_until)
        )
        if fits and best is not None and best.zone and not each.zone:
            fits = False
        if fits and best is not None and best.zone == each.zone:
            fits = each.valid_from >= best.valid_from
        best = each if fits else best
    return best


def slow_total(pattern, rates, first, last):
    """Pounds in each week, as fractions rounded by hand; and whether everything has a rate."""
    groups, missing, day = {}, False, first
    while day <= last:
        week = day.isocalendar()[:2]
        for number, line in enumerate(pattern):
            if line.weekday is None or line.weekday == day.weekday():
                found = slow_rate(line, day, rates)
                if found is None:
                    missing = True
                    continue
                what = (line.unit, slow_tier(line.supported), line.mode, line.zone, found.pounds)
                group = (week, number, *what) if line.weekday is None else (week, None, *what)
                share = Fraction(1, 7) if line.weekday is None else 1
                quantity = Fraction(line.quantity) * share * Fraction(found.pounds)
                groups[group] = groups.get(group, 0) + quantity
        day += DAY
    pennies = sum((exact * 100 + Fraction(1, 2)).__floor__() for exact in groups.values())
    return Decimal(pennies) / 100, missing


@given(patterns, rates_agreed, always | st.just([]), starts, st.integers(0, 30))
def test_a_price_is_what_a_slow_count_of_days_says(pattern, agreed, whole, first, length):
    rates, last = [*whole, *agreed], first + length * DAY
    total = price_over(pattern, Card(tuple(rates), TIERS), first, last)
    expected, missing = slow_total(pattern, rates, first, last)
    assert bool(total.gaps) == missing
    assert sum(weekly_cost(week.lines) for week in total.weeks) == expected
    if not missing:
        assert total.cost == expected
        assert total.cost == sum(week.cost for week in total.weeks)


@given(patterns, rates_agreed, starts, st.integers(0, 30))
def test_what_has_no_rate_is_named_with_its_days(pattern, agreed, first, length):
    card, last = Card(tuple(agreed), TIERS), first + length * DAY
    days = [first + n * DAY for n in range(length + 1)]
    missing = {}
    for line in pattern:
        for day in days:
            on_the_day = line.weekday in (None, day.weekday())
            if on_the_day and slow_rate(line, day, agreed) is None:
                missing.setdefault(card.named(line), []).append(day)
    assert {
        gap.what: (gap.from_on, gap.until_on) for gap in price_over(pattern, card, first, last).gaps
    } == {what: (min(days), max(days)) for what, days in missing.items()}


# Uplifts


def test_an_uplift_blends_wages_and_prices():
    shares = [(Decimal(60), Decimal("10.1")), (Decimal(40), Decimal(3))]
    assert blended_uplift(shares) == Decimal("7.26")
    assert uplifted(Decimal("24.60"), Decimal("7.26")) == Decimal("26.39")


def test_the_shares_of_an_uplift_are_a_hundred_in_all():
    with pytest.raises(ValueError, match="100 per cent"):
        blended_uplift([(Decimal(60), Decimal(5)), (Decimal(30), Decimal(3))])


percentages = st.integers(0, 2000).map(lambda n: Decimal(n) / 100)


@given(st.integers(0, 100), percentages, percentages)
def test_a_blend_lies_between_its_parts(share, wages, prices):
    blend = blended_uplift([(Decimal(share), wages), (Decimal(100 - share), prices)])
    assert min(wages, prices) <= blend <= max(wages, prices)
