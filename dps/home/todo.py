"""A row of the queue of one's first page."""

from dataclasses import dataclass
from datetime import date

SHOWN = 8  # of each kind; the list behind it has them all


@dataclass(frozen=True)
class ToDo:
    """A row of the queue: what and where, why it waits, by which day, the verb of its button. What
    waits for others is only looked at."""

    what: str
    url: str
    why: str
    act: str
    due: date | None = None
    verb: str = "Due"
    past: str = "Was due"
    for_others: bool = False


def first(rows, number: int = SHOWN):
    return list(rows[:number])
