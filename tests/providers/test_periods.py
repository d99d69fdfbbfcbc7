"""Periods of returns: months, quarters and financial years, when they are due and reminded of."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from providers.calculations.periods import (
    MONTHS,
    Period,
    due_on,
    period_of,
    periods_over,
    reminder_due,
    said_period,
)

DAYS = some.dates(min_value=date(2020, 1, 1), max_value=date(2035, 12, 31))


@pytest.mark.parametrize(
    ("frequency", "day", "first", "last", "said"),
    [
        ("monthly", date(2028, 2, 29), date(2028, 2, 1), date(2028, 2, 29), "February 2028"),
        (
            "quarterly",
            date(2026, 3, 31),
            date(2026, 1, 1),
            date(2026, 3, 31),
            "January to March 2026",
        ),
        ("quarterly", date(2026, 4, 1), date(2026, 4, 1), date(2026, 6, 30), "April to June 2026"),
        (
            "quarterly",
            date(2026, 12, 31),
            date(2026, 10, 1),
            date(2026, 12, 31),
            "October to December 2026",
        ),
        (
            "yearly",
            date(2026, 3, 31),
            date(2025, 4, 1),
            date(2026, 3, 31),
            "April 2025 to March 2026",
        ),
        (
            "yearly",
            date(2026, 4, 1),
            date(2026, 4, 1),
            date(2027, 3, 31),
            "April 2026 to March 2027",
        ),
    ],
)
def test_a_day_lies_in_a_month_a_quarter_or_a_financial_year(frequency, day, first, last, said):
    assert period_of(frequency, day) == Period(first, last)
    assert said_period(first, last) == said


@given(frequency=some.sampled_from(sorted(MONTHS)), since=DAYS, days=some.integers(0, 1500))
def test_periods_follow_one_another_without_a_gap_and_are_all_over(frequency, since, days):
    today = since + timedelta(days=days)
    found = list(periods_over(frequency, since, today))
    for earlier, later in pairwise(found):
        assert later.from_on == earlier.until_on + timedelta(days=1)
    assert all(since <= period.from_on <= period.until_on < today for period in found)
    open_now = period_of(frequency, today)
    if found:
        assert found[-1].until_on + timedelta(days=1) == open_now.from_on


def test_a_period_is_over_the_day_after_its_last():
    since = date(2026, 4, 1)
    assert list(periods_over("quarterly", since, date(2026, 6, 30))) == []
    over = Period(date(2026, 4, 1), date(2026, 6, 30))
    assert list(periods_over("quarterly", since, date(2026, 7, 1))) == [over]
    assert list(periods_over("quarterly", date(2026, 4, 2), date(2026, 7, 1))) == []


def test_a_return_is_due_at_the_end_of_the_next_month_with_three_weeks_at_least():
    january = Period(date(2028, 1, 1), date(2028, 1, 31))
    assert due_on(january, date(2028, 2, 1)) == date(2028, 2, 29)
    december = Period(date(2026, 10, 1), date(2026, 12, 31))
    assert due_on(december, date(2027, 1, 1)) == date(2027, 1, 31)
    assert due_on(december, date(2027, 1, 10)) == date(2027, 1, 31)
    assert due_on(december, date(2027, 1, 11)) == date(2027, 2, 1)
    assert due_on(december, date(2027, 6, 1)) == date(2027, 6, 22)


def test_of_several_reminders_the_last_that_has_come_is_due():
    due = date(2026, 7, 31)
    said = {left: reminder_due(due, due - timedelta(days=left)) for left in range(15, -40, -1)}
    assert said[15] is None
    assert [said[left] for left in (14, 8, 7, 2, 1, 0)] == [14, 14, 7, 7, 1, 0]
    assert [said[-late] for late in (1, 7, 8, 15, 22, 39)] == [-1, -1, -8, -15, -22, -22]
