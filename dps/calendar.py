"""Days, working days and the instants at which they end: arithmetic, without a database or a clock.

The law counts days in more than one way, so each way has a name of its own here:

- `calendar_days_from`: every day counts, and the day of the event does not;
- `calendar_days_beginning_with`: every day counts, and the day of the event is the first;
- `clear_days_after`: whole days between the event and the act, neither of which counts;
- `working_days_after`: working days count, and the day of the event does not;
- `working_days_beginning_with`: working days count, the day of the event too if it is one.

A day is a `date` in the United Kingdom; an instant is an aware `datetime` and comes back in UTC.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

UK = ZoneInfo("Europe/London")
DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True)
class Calendar:
    """The bank holidays of one or more parts of the United Kingdom, all of which are kept.

    `parts` are "england", "wales", "scotland", "northern_ireland". The Public Contracts
    Regulations 2015 mean England's; the Procurement Act 2023, s. 123, means any part's.
    """

    parts: frozenset[str]
    holidays: frozenset[date]

    def is_working_day(self, day: date) -> bool:
        """Neither a Saturday, a Sunday nor a bank holiday of any of the parts."""
        if isinstance(day, datetime):
            raise TypeError("a day is wanted, not an instant: see local_day")
        return day.weekday() < SATURDAY and day not in self.holidays

    def knows(self, day: date) -> bool:
        """Whether the bank holidays of that year are in the calendar. Where they are not, only
        weekends are skipped, so the answer may have to be given again."""
        years = {holiday.year for holiday in self.holidays}
        return bool(years) and min(years) <= day.year <= max(years)


# The five counters


def calendar_days_from(event_on: date, days: int) -> date:
    """The last day of a period of so many days from an event, whose own day is not counted."""
    return event_on + _some(days) * DAY


def calendar_days_beginning_with(first_on: date, days: int) -> date:
    """The last day of a period of so many days beginning with a day, which is the first of them."""
    return first_on + (_some(days) - 1) * DAY


def clear_days_after(event_on: date, days: int) -> date:
    """The earliest day of an act that needs so many whole days between the event and itself."""
    return event_on + (_some(days) + 1) * DAY


def working_days_after(event_on: date, days: int, calendar: Calendar) -> date:
    """The last of so many working days after an event, whose own day is not counted."""
    return _nth_working_day(event_on + DAY, days, calendar)


def working_days_beginning_with(first_on: date, days: int, calendar: Calendar) -> date:
    """The last of so many working days beginning with a day, which counts if it is one."""
    return _nth_working_day(first_on, days, calendar)


# Made of them


def clear_days_before(act_on: date, days: int) -> date:
    """The latest day of an event that leaves so many whole days between itself and the act."""
    return act_on - (_some(days) + 1) * DAY


def clear_working_days_after(event_on: date, days: int, calendar: Calendar) -> date:
    """The earliest day of an act that needs so many whole working days after the event: the day
    after the last of them, be it a working day or not."""
    return working_days_after(event_on, days, calendar) + DAY


def clear_working_days_before(act_on: date, days: int, calendar: Calendar) -> date:
    """The latest day of an event that leaves so many whole working days between itself and the
    act, be it a working day or not."""
    working = (day for day in _days(act_on - DAY, -DAY) if calendar.is_working_day(day))
    return next(islice(working, _some(days) - 1, None)) - DAY


def rolled(day: date, calendar: Calendar) -> date:
    """The day, or the next working day where it is none: a period that would end on a day off ends
    then (PCR 2015 reg. 2(3))."""
    return next(d for d in _days(day) if calendar.is_working_day(d))


def last_working_day(day: date, calendar: Calendar) -> date:
    """The day, or the working day before it where it is none: the date to work to for a duty."""
    return next(d for d in _days(day, -DAY) if calendar.is_working_day(d))


def working_days_between(after: date, until: date, calendar: Calendar) -> int:
    """How many working days follow `after`, up to and including `until`; 0 if it comes first."""
    return sum(calendar.is_working_day(d) for d in _days(after + DAY, until=until))


def has_working_days(event_on: date, last_on: date, least: int, calendar: Calendar) -> bool:
    """Whether a period from an event to its last day has so many working days in it."""
    return working_days_between(event_on, last_on, calendar) >= least


def period_ends_on(event_on: date, days: int, calendar: Calendar, least_working: int = 2) -> date:
    """The last day of a period of days from an event under the 2015 regulations: the day of the
    event is not counted, the period has at least two working days in it and does not end on a day
    off (PCR 2015 reg. 2(3))."""
    last_on = rolled(calendar_days_from(event_on, days), calendar)
    while not has_working_days(event_on, last_on, least_working, calendar):
        last_on = rolled(last_on + DAY, calendar)
    return last_on


# Clocks, as people read them


def working_days_left(today: date, due_on: date, calendar: Calendar) -> int:
    """Working days to go, counted from tomorrow: 0 on the day itself, and after it."""
    return working_days_between(today, due_on, calendar)


def working_days_late(due_on: date, today: date, calendar: Calendar) -> int:
    """Working days gone since the day that something was due: 0 on that day, and before it."""
    return working_days_between(due_on, today, calendar)


# Months, quarters and years


def months_after(day: date, months: int) -> date:
    """The same day so many months later (earlier, where negative), or the last day of that month
    where it is shorter. Count from the first of a series: the 31st comes back after February."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


def years_after(day: date, years: int) -> date:
    """The same day so many years later; 28 February where there is no 29th."""
    return months_after(day, 12 * years)


def quarter_ends_on(day: date) -> date:
    """The last day of the quarter that the day is in. Quarters end in March, June, September and
    December: those of the financial year end on the same days."""
    month = (day.month + 2) // 3 * 3
    return date(day.year, month, monthrange(day.year, month)[1])


# Instants


def local_day(instant: datetime) -> date:
    """The day in the United Kingdom on which an instant falls."""
    return _aware(instant).astimezone(UK).date()


def at_local(day: date, clock: time) -> datetime:
    """The instant in UTC at which clocks in the United Kingdom show a time on a day.

    In the hour that comes twice in October it is the later of the two, so that nobody is cut off
    early; in the hour that is skipped in March, as if the clocks had not moved yet.
    """
    local = datetime.combine(day, clock)
    return max(local.replace(tzinfo=UK, fold=fold).astimezone(UTC) for fold in (0, 1))


def start_of_day(day: date) -> datetime:
    """The instant at which a day begins."""
    return at_local(day, time(0))


def noon(day: date) -> datetime:
    """12 noon on a day: 11:00 UTC in summer."""
    return at_local(day, time(12))


def end_of_day(day: date) -> datetime:
    """The last second of a day, 23:59:59: what falls due on the day is in time until then."""
    return at_local(day, time(23, 59, 59))


# Office hours

NINE, FIVE = time(9), time(17)


def office_hours_between(
    start: datetime, end: datetime, calendar: Calendar, opens: time = NINE, closes: time = FIVE
) -> timedelta:
    """How much of the time between two instants falls in office hours on working days; none where
    the second comes first."""
    open_for = timedelta(0)
    for day in _days(local_day(start), until=local_day(end)):
        if calendar.is_working_day(day):
            begins, stops = at_local(day, opens), at_local(day, closes)
            open_for += max(min(end, stops) - max(start, begins), timedelta(0))
    return open_for


def after_office_hours(
    start: datetime, wait: timedelta, calendar: Calendar, opens: time = NINE, closes: time = FIVE
) -> datetime:
    """The earliest instant with so much of office hours between the start and itself."""
    if wait <= timedelta(0) or opens >= closes:
        raise ValueError("some time to wait, and offices that open before they close, are wanted")
    for day in _days(local_day(start)):
        if calendar.is_working_day(day):
            begins, stops = max(start, at_local(day, opens)), at_local(day, closes)
            if begins + wait <= stops:
                return begins.astimezone(UTC) + wait
            wait -= max(stops - begins, timedelta(0))
    raise OverflowError("the calendar has no end of days off")


def _some(days: int) -> int:
    if days < 1:
        raise ValueError("a period has at least one day")
    return days


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant has a time zone")
    return instant


def _days(first: date, step: timedelta = DAY, until: date = date.max) -> Iterator[date]:
    day = first
    while day <= until:
        yield day
        day += step


def _nth_working_day(first: date, number: int, calendar: Calendar) -> date:
    working = (day for day in _days(first) if calendar.is_working_day(day))
    return next(islice(working, _some(number) - 1, None))
