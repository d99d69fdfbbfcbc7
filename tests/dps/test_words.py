"""Instants, days, clocks, counts and sums, as people here read them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dps.money import MINUS, pounds, to_the_penny
from dps.words import (
    Clock,
    clock,
    count_words,
    counted,
    exact_time,
    fewer,
    near_day,
    paused,
    short_date,
    time_of_day,
    uk_date,
    uk_instant,
    uk_start,
    uk_time,
    when,
    working_days,
)

MONDAY = datetime(2026, 11, 23, 9, 40, tzinfo=UTC)  # winter: the UK's clocks are UTC's
SUMMER = datetime(2022, 6, 17, 11, tzinfo=UTC)  # 12 noon in the UK
CHRISTMAS = frozenset({date(2026, 12, 25), date(2026, 12, 28)})


@pytest.mark.parametrize(
    ("hour", "minute", "said"),
    [
        (12, 0, "12 noon"),
        (9, 12, "9:12am"),
        (17, 0, "5pm"),
        (12, 30, "12:30pm"),
        (0, 1, "12:01am"),
        (23, 59, "11:59pm"),
    ],
)
def test_a_time_is_said_on_twelve_hours_with_noon_by_name(hour, minute, said):
    assert time_of_day(MONDAY.replace(hour=hour, minute=minute)) == said


def test_midnight_is_said_as_the_last_minute_of_the_day_that_it_ends():
    midnight = datetime(2026, 11, 27, tzinfo=UTC)
    assert uk_instant(midnight) == "Thursday 26 November 2026 at 11:59pm"
    assert uk_time(midnight) == "11:59pm on 26 November 2026"
    assert uk_instant(midnight + timedelta(seconds=1)) == "Friday 27 November 2026 at 12am"


def test_what_begins_at_midnight_begins_on_the_new_day():
    assert uk_start(datetime(2026, 9, 30, 23, tzinfo=UTC)) == "Thursday 1 October 2026"
    assert uk_start(SUMMER) == "Friday 17 June 2022 at 12 noon"


def test_an_instant_is_said_on_the_clocks_of_the_united_kingdom():
    assert uk_instant(SUMMER) == "Friday 17 June 2022 at 12 noon"
    assert uk_time(SUMMER) == "12 noon on 17 June 2022"
    assert exact_time(SUMMER + timedelta(seconds=41)) == "12:00:41 on 17 June 2022"
    assert uk_date(datetime(2022, 6, 17, 23, 30, tzinfo=UTC)) == "Saturday 18 June 2022"


def test_an_instant_without_a_time_zone_is_not_one():
    with pytest.raises(ValueError, match="time zone"):
        uk_instant(datetime(2026, 11, 23))  # noqa: DTZ001


def test_a_day_is_said_with_its_year_only_where_it_is_asked_for():
    day = date(2026, 11, 26)
    assert uk_date(day) == "Thursday 26 November 2026"
    assert uk_date(day, year=False) == "Thursday 26 November"
    assert short_date(day) == "26 November 2026"
    assert near_day(day, date(2026, 1, 1)) == "Thursday 26 November"
    assert near_day(day, date(2027, 1, 1)) == "Thursday 26 November 2026"


def test_what_happened_today_is_said_to_be_today():
    assert when(MONDAY - timedelta(minutes=9), MONDAY) == "Today at 9:31am"
    assert when(datetime(2026, 11, 20, 16, 2, tzinfo=UTC), MONDAY) == (
        "Friday 20 November at 4:02pm"
    )
    assert when(datetime(2025, 11, 20, 16, 2, tzinfo=UTC), MONDAY) == (
        "Thursday 20 November 2025 at 4:02pm"
    )


def test_a_clock_counts_working_days_until_the_day():
    assert clock(date(2026, 11, 26), MONDAY) == Clock(
        "due", "Due Thursday 26 November", "3 working days left"
    )
    assert clock(date(2026, 11, 24), MONDAY).left == "1 working day left"
    assert clock(date(2027, 1, 4), MONDAY).says == "Due Monday 4 January 2027"


def test_a_clock_says_how_late_it_is():
    assert clock(date(2026, 11, 20), MONDAY) == Clock(
        "late", "Was due Friday 20 November", "1 working day late"
    )
    assert str(clock(date(2026, 11, 22), MONDAY.replace(day=22, hour=12))) == "Due today"


def test_what_was_due_at_the_weekend_is_late_before_a_working_day_has_gone_by():
    sunday = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert clock(date(2026, 11, 21), sunday) == Clock("late", "Was due Saturday 21 November")


def test_a_clock_says_today_and_under_a_day_the_hours_and_minutes():
    assert clock(date(2026, 11, 23), MONDAY) == Clock("today", "Due today")
    soon = clock(MONDAY + timedelta(minutes=41), MONDAY, verb="Closes")
    assert soon == Clock("today", "Closes today at 10:21am", "41 minutes left")
    overnight = clock(MONDAY + timedelta(hours=23, minutes=20), MONDAY, verb="Closes")
    assert str(overnight) == "Closes Tuesday 24 November at 9am, 23 hours 20 minutes left"
    assert clock(MONDAY + timedelta(seconds=59), MONDAY).left == "less than a minute left"


def test_a_clock_at_its_instant_is_in_time_and_a_second_later_late():
    assert clock(MONDAY, MONDAY).state == "today"
    late = clock(MONDAY, MONDAY + timedelta(seconds=1))
    assert (late.state, late.left) == ("late", "less than a minute late")


def test_what_has_closed_is_over_and_not_late():
    closed = clock(datetime(2026, 11, 12, 12, tzinfo=UTC), MONDAY, past="Closed", is_late=False)
    assert closed == Clock("held", "Closed Thursday 12 November at 12 noon")


def test_a_clock_counts_by_the_calendar_that_it_is_given():
    christmas_eve = datetime(2026, 12, 24, 9, tzinfo=UTC)
    days = partial(working_days, holidays=CHRISTMAS)
    assert clock(date(2026, 12, 29), christmas_eve, days=days).left == "1 working day left"
    assert clock(date(2026, 12, 29), christmas_eve).left == "3 working days left"
    assert clock(date(2026, 12, 24), christmas_eve.replace(day=29), days=days).left == (
        "1 working day late"
    )


def test_a_paused_clock_names_the_one_that_still_runs():
    said = paused(date(2026, 11, 19), "the statutory clock runs on to 1 December")
    assert str(said) == (
        "Paused since Thursday 19 November, the statutory clock runs on to 1 December"
    )


def test_counts_agree_with_their_noun():
    assert [counted(n, "service") for n in (0, 1, 1234)] == [
        "0 services",
        "1 service",
        "1,234 services",
    ]
    assert counted(2, "person", "people") == "2 people"


def test_a_count_of_people_under_five_is_not_told_to_others():
    assert [fewer(n) for n in (0, 1, 4, 5)] == ["0", "fewer than 5", "fewer than 5", "5"]
    assert fewer(4, shown=True) == "4"


def test_words_are_counted_as_a_word_processor_counts_them():
    assert count_words("Two re-openings, in 2026.\n\nNo more") == 6
    assert count_words("  ") == 0


@pytest.mark.parametrize(
    ("sum_", "said"),
    [
        ("1234.5", "£1,234.50"),
        ("0", "£0.00"),
        ("0.005", "£0.01"),
        ("0.0049", "£0.00"),
        ("-12", f"{MINUS}£12.00"),
        ("-0.004", "£0.00"),
        ("103000000", "£103,000,000.00"),
    ],
)
def test_a_sum_is_pounds_and_pence_rounded_half_up(sum_, said):
    assert pounds(Decimal(sum_)) == said


def test_a_float_is_no_sum_of_money():
    with pytest.raises(TypeError):
        pounds(0.1)


@given(st.decimals(-(10**9), 10**9, places=4))
def test_what_is_said_of_a_sum_is_within_half_a_penny_of_it(sum_):
    said = pounds(sum_).replace("£", "").replace(",", "").replace(MINUS, "-")
    assert Decimal(said) == to_the_penny(sum_)
    assert abs(Decimal(said) - sum_) <= Decimal("0.005")
