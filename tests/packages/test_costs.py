from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from packages.calculations.costs import (
    Contribution,
    Dates,
    Week,
    contribution_in,
    over_budget_by,
    weeks,
)
from providers.calculations.pricing import Line, Price

DAY = timedelta(days=1)
MONDAY = date(2027, 1, 4)
FOR_GOOD = Dates(date(2026, 1, 1))


def paying(weekly, from_on=date(2026, 1, 1), until_on=None):
    return Contribution(Decimal(weekly), Dates(from_on, until_on))


def priced(week_from, gross):
    return Price(week_from, (Line("Day", Decimal(1), Decimal(gross)),), ())


def test_charging_is_suspended_for_a_time():
    rows = weeks(
        [priced(MONDAY + n * 7 * DAY, 95) for n in range(3)],
        [paying(35)],
        [Dates(date(2027, 1, 8), date(2027, 1, 17))],  # Friday to the Sunday of the next week
        FOR_GOOD,
    )
    assert rows == (
        Week(MONDAY, Decimal(95), Decimal(20)),
        Week(MONDAY + 7 * DAY, Decimal(95), Decimal(0)),
        Week(MONDAY + 14 * DAY, Decimal(95), Decimal(35)),
    )
    assert [row.net for row in rows] == [75, 95, 60]


def test_nobody_pays_more_than_the_week_costs():
    (row,) = weeks([priced(MONDAY, 20)], [paying(35)], [], FOR_GOOD)
    assert (row.contribution, row.net) == (20, 0)


def test_a_new_contribution_counts_from_its_day():
    contributions = [paying(35), paying(70, date(2027, 1, 7))]
    assert contribution_in(MONDAY, contributions, [], FOR_GOOD) == 15 + 40


def test_nothing_is_due_before_the_placement_or_after_it():
    placed = Dates(date(2027, 1, 6), date(2027, 1, 8))
    assert contribution_in(MONDAY, [paying(35)], [], placed) == 15


def test_a_cost_is_over_budget_by_what_is_above_it():
    assert over_budget_by(Decimal(238), Decimal(214)) == 24
    assert over_budget_by(Decimal(189), Decimal(214)) == 0


spans = st.tuples(st.integers(-10, 10), st.none() | st.integers(0, 10)).map(
    lambda n: Dates(MONDAY + n[0] * DAY, None if n[1] is None else MONDAY + n[0] * DAY + n[1] * DAY)
)
sums = st.integers(0, 20_000).map(lambda n: Decimal(n) / 100)


@given(
    st.lists(st.builds(Contribution, sums, spans), max_size=1), st.lists(spans, max_size=3), spans
)
def test_a_seventh_is_due_for_each_day_that_it_runs(contributions, suspended, placed):
    def runs(dates, day):
        return dates.from_on <= day and (dates.until_on is None or dates.until_on >= day)

    exact = Fraction(0)
    for each in contributions:
        for day in (MONDAY + n * DAY for n in range(7)):
            is_free = any(runs(dates, day) for dates in suspended)
            if runs(each.during, day) and runs(placed, day) and not is_free:
                exact += Fraction(each.weekly) / 7
    pennies = (exact * 100 + Fraction(1, 2)).__floor__()
    assert contribution_in(MONDAY, contributions, suspended, placed) == Decimal(pennies) / 100
