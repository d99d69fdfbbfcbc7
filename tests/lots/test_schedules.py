from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dps.calendar import UK, Calendar, local_day, noon
from lots.calculations.schedules import Window, due, next_opening, overlap_problem, windows
from tests.calendars import ENGLAND

NEVER_OFF = Calendar(frozenset(), frozenset())


def planned(first, *, months=6, length=35, until="2029-02-23", calendar=ENGLAND, closes=time(12)):
    return windows(
        first_opens_on=date.fromisoformat(first),
        every_months=months,
        open_days=length,
        opens_at=time(9),
        closes_at=closes,
        until=date.fromisoformat(until),
        calendar=calendar,
    )


def at(*parts):
    return datetime(*parts, tzinfo=UTC)


def test_six_monthly_rounds_from_april_to_the_end_of_the_scheme():
    assert planned("2026-04-01", until="2027-06-30") == (
        Window(at(2026, 4, 1, 8), at(2026, 5, 6, 11)),
        Window(at(2026, 10, 1, 8), at(2026, 11, 5, 12)),  # the clocks go back in it
        Window(at(2027, 4, 1, 8), at(2027, 5, 6, 11)),
    )


def test_what_falls_on_a_day_off_moves_to_the_next_working_day():
    (window,) = planned("2026-04-03", months=12, length=28, until="2026-12-31")
    assert local_day(window.opens_at) == date(2026, 4, 7)  # Good Friday to Easter
    assert local_day(window.closes_at) == date(2026, 5, 5)
    (window,) = planned("2026-04-07", months=12, length=27, until="2026-12-31")
    assert local_day(window.closes_at) == date(2026, 5, 5)  # 4 May is a holiday


def test_the_31st_is_the_last_of_a_shorter_month_and_comes_back_after_it():
    opens = [local_day(w.opens_at) for w in planned("2027-08-31", months=1, length=14)]
    assert opens[:7] == [
        date(2027, 8, 31),
        date(2027, 9, 30),
        date(2027, 11, 1),  # 31 October is a Sunday
        date(2027, 11, 30),
        date(2027, 12, 31),
        date(2028, 1, 31),
        date(2028, 2, 29),
    ]


@pytest.mark.parametrize(("until", "number"), [("2026-05-06", 1), ("2026-05-05", 0)])
def test_a_window_that_would_close_after_the_end_is_none(until, number):
    assert len(planned("2026-04-01", until=until)) == number


def test_a_window_may_close_with_the_last_second_of_the_scheme():
    assert len(planned("2026-04-01", until="2026-05-06", closes=time(23, 59, 59))) == 1


@pytest.mark.parametrize(("months", "length"), [(0, 35), (6, 0)])
def test_a_schedule_that_goes_nowhere_is_refused(months, length):
    with pytest.raises(ValueError, match="a month apart"):
        planned("2026-04-01", months=months, length=length)


def test_rounds_may_not_overlap():
    assert overlap_problem(planned("2026-04-01")) is None
    problem = overlap_problem(planned("2026-04-01", months=1, length=35))
    assert problem.startswith("The round of 1 May 2026 would open before the one before it has")


@pytest.mark.parametrize(("second", "overlaps"), [(0, True), (1, False)])
def test_a_round_opens_after_the_instant_at_which_the_last_still_takes(second, overlaps):
    first = Window(at(2026, 4, 1), at(2026, 5, 6, 11))
    second_round = Window(at(2026, 5, 6, 11, 0, second), at(2026, 6, 6))
    assert bool(overlap_problem([first, second_round])) == overlaps


days = st.dates(date(2022, 1, 1), date(2026, 12, 31))


@given(days, st.integers(1, 12), st.integers(1, 60))
def test_windows_open_and_close_on_working_days_as_the_scheme_says(first, months, length):
    found = windows(
        first_opens_on=first,
        every_months=months,
        open_days=length,
        opens_at=time(9),
        closes_at=time(12),
        until=date(2028, 12, 31),
        calendar=ENGLAND,
    )
    for number, window in enumerate(found):
        opened, closed = window.opens_at.astimezone(UK), window.closes_at.astimezone(UK)
        assert (opened.time(), closed.time()) == (time(9), time(12))
        assert ENGLAND.is_working_day(opened.date())
        assert ENGLAND.is_working_day(closed.date())
        assert length <= (closed.date() - opened.date()).days <= length + 4
        month = (first.year * 12 + first.month - 1 + number * months) % 12 + 1
        nominal_or_later = opened.date() - timedelta(days=4)
        assert month in (opened.month, nominal_or_later.month)


@given(days, st.integers(1, 12))
def test_the_next_opening_is_the_first_after_an_instant(first, months):
    found = planned(first.isoformat(), months=months, length=7, calendar=NEVER_OFF)
    assert next_opening(found, found[0].opens_at - timedelta(seconds=1)) == found[0]
    for earlier, later in zip(found, [*found[1:], None], strict=True):
        assert next_opening(found, earlier.opens_at) == later


class TestAnnouncing:
    """Rounds of 1 April and 1 October 2026, announced 28 days before they open."""

    rounds = planned("2026-04-01", until="2026-12-31")
    april, october = rounds

    def due(self, at, after=None, days=28):
        return due(self.rounds, after=after, announced_days=days, at=at)

    def test_a_round_is_due_from_the_day_of_its_announcement(self):
        assert self.due(at(2026, 3, 3, 23, 59, 59)) is None
        assert self.due(at(2026, 3, 4)) == self.april

    def test_a_round_is_announced_once(self):
        assert self.due(at(2026, 3, 10), after=self.april.opens_at) is None

    def test_a_change_of_the_hour_does_not_announce_its_day_again(self):
        assert self.due(at(2026, 3, 10), after=noon(date(2026, 4, 1))) is None

    def test_a_round_whose_opening_has_passed_is_let_go(self):
        assert self.due(self.april.opens_at - timedelta(seconds=1)) == self.april
        assert self.due(self.april.opens_at) is None
        assert self.due(at(2026, 9, 10)) == self.october

    def test_the_second_may_be_due_before_the_first_has_opened(self):
        assert self.due(at(2026, 3, 10), after=self.april.opens_at, days=300) == self.october

    def test_after_the_last_there_is_none(self):
        assert self.due(at(2027, 1, 10)) is None
