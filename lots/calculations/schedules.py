"""When rounds open and close, from a schedule. Days and times are the United Kingdom's; the
instants that come out are UTC."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import count, pairwise

from dps.calendar import (
    DAY,
    Calendar,
    at_local,
    calendar_days_from,
    end_of_day,
    local_day,
    months_after,
    rolled,
    start_of_day,
)


@dataclass(frozen=True)
class Window:
    """A time in which applications are taken: from its first instant to its deadline."""

    opens_at: datetime
    closes_at: datetime


def windows(
    *,
    first_opens_on: date,
    every_months: int,
    open_days: int,
    opens_at: time,
    closes_at: time,
    until: date,
    calendar: Calendar,
) -> tuple[Window, ...]:
    """Every window that opens on the first day or so many months after it, and closes by the end
    of the day `until`.

    Months are counted from the first day each time, so that the 31st comes back after a shorter
    month. An opening on a day off moves to the next working day; `open_days` count from there,
    that day excluded, and the closing moves likewise.
    """
    if every_months < 1 or open_days < 1:
        raise ValueError("a schedule opens at least a month apart and for at least a day")

    def all_windows() -> Iterator[Window]:
        for number in count():
            opens_on = rolled(months_after(first_opens_on, number * every_months), calendar)
            closes_on = rolled(calendar_days_from(opens_on, open_days), calendar)
            window = Window(at_local(opens_on, opens_at), at_local(closes_on, closes_at))
            if window.closes_at > end_of_day(until):
                return
            yield window

    return tuple(all_windows())


def overlap_problem(planned: Iterable[Window]) -> str | None:
    """Why windows cannot follow one another so: one would open before another has closed."""
    for earlier, later in pairwise(planned):
        if later.opens_at <= earlier.closes_at:
            day = local_day(later.opens_at)
            return (
                f"The round of {day.day} {day:%B %Y} would open before the one before it has "
                "closed. Open for fewer days, or less often"
            )
    return None


def next_opening(planned: Iterable[Window], after: datetime) -> Window | None:
    """The first window that opens after an instant; None when there is no other."""
    return next((window for window in planned if window.opens_at > after), None)


def due(
    planned: Iterable[Window], *, after: datetime | None, announced_days: int, at: datetime
) -> Window | None:
    """The window to announce at an instant: the next to open on a later day than `after`, the
    opening that was last announced, once it is so many days away or fewer.

    One whose opening has passed is let go: it can no longer have the time that was promised.
    """
    later = (w for w in planned if after is None or local_day(w.opens_at) > local_day(after))
    window = next_opening(later, at)
    if window is None:
        return None
    announced_on = local_day(window.opens_at) - announced_days * DAY
    return window if at >= start_of_day(announced_on) else None
