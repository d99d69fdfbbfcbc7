"""How the product says things: instants, days, clocks, counts. Times are the United Kingdom's."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dps.calendar import DAY, UK, Calendar, working_days_between

MIDNIGHT, NOON = time(0), time(12)
FEWEST = 5  # a count of people below this is not shown to others


def _local(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant has a time zone")
    return instant.astimezone(UK)


def _spoken(instant: datetime) -> tuple[date, str]:
    """The day and the time of day that an instant is said to be: midnight ends the day before."""
    local = _local(instant)
    if local.time() == MIDNIGHT:
        return local.date() - DAY, "11:59pm"
    if local.time().replace(second=0, microsecond=0) == NOON:
        return local.date(), "12 noon"
    hour, half = local.hour % 12 or 12, "am" if local.hour < 12 else "pm"
    minutes = f":{local:%M}" if local.minute else ""
    return local.date(), f"{hour}{minutes}{half}"


def uk_date(day: date | datetime, year: bool = True) -> str:
    """A day: "Thursday 26 November 2026". Of an instant, the day it is in the United Kingdom."""
    if isinstance(day, datetime):
        day = _local(day).date()
    return f"{day:%A} {day.day} {day:%B}" + (f" {day.year}" if year else "")


def short_date(day: date | datetime) -> str:
    """A day where the weekday does not matter: "26 November 2026"."""
    if isinstance(day, datetime):
        day = _local(day).date()
    return f"{day.day} {day:%B} {day.year}"


def near_day(day: date | datetime, today: date) -> str:
    """A day seen from another: "Thursday 26 November", with the year when it is another year's."""
    if isinstance(day, datetime):
        day = _local(day).date()
    return uk_date(day, year=day.year != today.year)


def when(instant: datetime, at: datetime) -> str:
    """When something happened, seen from an instant: "Today at 9:31am"."""
    today = _local(at).date()
    day, said = _spoken(instant)
    return f"{'Today' if day == today else near_day(day, today)} at {said}"


def time_of_day(instant: datetime) -> str:
    """The time alone: "12 noon", "9:12am", "5pm". Midnight is "11:59pm" of the day before."""
    return _spoken(instant)[1]


def uk_time(instant: datetime) -> str:
    """An instant in a sentence: "12 noon on 17 June 2022"."""
    day, said = _spoken(instant)
    return f"{said} on {short_date(day)}"


def uk_instant(instant: datetime, year: bool = True) -> str:
    """An instant in full: "Thursday 26 November 2026 at 12 noon"."""
    day, said = _spoken(instant)
    return f"{uk_date(day, year)} at {said}"


def uk_start(instant: datetime) -> str:
    """When something begins. At midnight that is the new day, said without a time."""
    local = _local(instant)
    return uk_date(local.date()) if local.time() == MIDNIGHT else uk_instant(instant)


def exact_time(instant: datetime) -> str:
    """An instant to the second, where a second decides: "12:00:00 on 17 June 2022"."""
    local = _local(instant)
    return f"{local:%H:%M:%S} on {short_date(local.date())}"


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun: "1 service", "6 services"; `many` where an s will not do."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def fewer(number: int, shown: bool = False) -> str:
    """A count of people. Under five the number is for the owning authority alone (`shown`)."""
    return f"{number:,}" if shown or number == 0 or number >= FEWEST else f"fewer than {FEWEST}"


def count_words(text: str) -> int:
    """Words as a word processor counts them: "re-open" is one, a figure is one."""
    return len(text.split())


@dataclass(frozen=True)
class Clock:
    """What a clock says. `state` is late, today, due or held; `says` stands before `left`."""

    state: str
    says: str
    left: str = ""

    def __str__(self):
        return f"{self.says}, {self.left}" if self.left else self.says


def working_days(after: date, until: date, holidays: Collection[date] = ()) -> int:
    """Working days after one day up to and including another, over weekends and holidays."""
    calendar = Calendar(parts=frozenset(), holidays=frozenset(holidays))
    return working_days_between(after, until, calendar)


def clock(
    due: date | datetime,
    at: datetime,
    *,
    verb: str = "Due",
    past: str = "Was due",
    is_late: bool = True,
    days: Callable[[date, date], int] = working_days,
) -> Clock:
    """How long is left at an instant: "Due Thursday 26 November, 3 working days left".

    An instant says its time as well, and under a day its hours and minutes. `is_late` says that
    what has passed is late; else ("Closed") it is only over. `days` counts working days after one
    day until another; unless told, every weekday is one.
    """
    today = _local(at).date()
    if isinstance(due, datetime):
        day, time_ = _spoken(due)
        said = f"{_day(day, today)} at {time_}"
        if abs(due - at) < DAY:
            return _hours(due, at, said, verb, past, is_late)
    else:
        day, said = due, _day(due, today)
    if day > today:
        left = counted(days(today, day), "working day")
        return Clock("due", f"{verb} {said}", f"{left} left")
    if day == today:
        return Clock("today", f"{verb} {said}")
    if not is_late:
        return Clock("held", f"{past} {said}")
    late = days(day, today)
    return Clock("late", f"{past} {said}", f"{counted(late, 'working day')} late" if late else "")


def _day(day: date, today: date) -> str:
    return "today" if day == today else near_day(day, today)


def _hours(due, at, said, verb, past, is_late) -> Clock:
    if due >= at:
        return Clock("today", f"{verb} {said}", f"{_length(due - at)} left")
    if not is_late:
        return Clock("held", f"{past} {said}")
    return Clock("late", f"{past} {said}", f"{_length(at - due)} late")


def _length(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    hours, rest = divmod(minutes, 60)
    parts = [counted(hours, "hour")] * bool(hours) + [counted(rest, "minute")] * bool(rest)
    return " ".join(parts) or "less than a minute"


def paused(since: date | datetime, running: str = "") -> Clock:
    """A clock that stands still, naming the one that still runs."""
    return Clock("held", f"Paused since {uk_date(since, year=False)}", running)
