"""The periods that returns are for, the day that they are due and the days of reminding."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}
# A council plans, pays and reports by the financial year, from 1 April; its quarters begin with
# those of the calendar.
YEAR_BEGINS = 4

# No law sets a day for returns of indicators. A whole month lets a provider close its own books
# first, and one that was asked late (the product was down) has three weeks all the same.
MONTHS_TO_FILE = 1
LEAST_DAYS_TO_FILE = 21

REMIND_BEFORE = (14, 7, 1, 0)  # days left: 0 is the day itself
REMIND_AFTER = (-1, -8, -15, -22)  # the day after, then three weeks long
REMINDERS = (*REMIND_BEFORE, *REMIND_AFTER)


@dataclass(frozen=True)
class Period:
    """A month, quarter or financial year: its first and its last day."""

    from_on: date
    until_on: date


def period_of(frequency: str, day: date) -> Period:
    """The period that a day lies in."""
    months = MONTHS[frequency]
    place = (day.month - YEAR_BEGINS) % 12 % months  # months of the period that are over
    first = _month(day, -place)
    return Period(first, _last_day(_month(first, months - 1)))


def periods_over(frequency: str, since: date, today: date) -> Iterator[Period]:
    """Every period that began on a day or later and ended before today, the earliest first."""
    period = period_of(frequency, since)
    if period.from_on < since:
        period = _next(frequency, period)
    while period.until_on < today:
        yield period
        period = _next(frequency, period)


def due_on(period: Period, made_on: date) -> date:
    """The last day for filing: that of the month after the period, and no sooner than three weeks
    after the return was made."""
    usual = _last_day(_month(period.until_on, MONTHS_TO_FILE))
    return max(usual, made_on + timedelta(days=LEAST_DAYS_TO_FILE))


def reminder_due(due_on: date, today: date) -> int | None:
    """Which reminder is due, as days left until the day (below 0 when it has passed): of several
    missed only the last, None while there is none."""
    left = (due_on - today).days
    reached = [days for days in REMINDERS if days >= left]
    return min(reached) if reached else None


def said_period(from_on: date, until_on: date) -> str:
    """A period in words: "July 2026", "July to September 2026", "April 2026 to March 2027"."""
    last = f"{until_on:%B %Y}"
    if (from_on.year, from_on.month) == (until_on.year, until_on.month):
        return last
    return (
        f"{from_on:%B}{'' if from_on.year == until_on.year else from_on.strftime(' %Y')} to {last}"
    )


def _next(frequency: str, period: Period) -> Period:
    return period_of(frequency, period.until_on + timedelta(days=1))


def _month(day: date, months: int) -> date:
    """The first day of the month so many months from a day's own."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, 1)


def _last_day(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])
