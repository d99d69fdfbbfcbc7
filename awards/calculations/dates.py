"""By when evaluators mark."""

from datetime import date

from dps.calendar import Calendar, last_working_day, working_days_after

MARKING_DAYS = 5  # working days: half of the ten in which an application is decided


def marks_due_on(received_on: date, decide_by: date | None, calendar: Calendar) -> date:
    """The day to work to for marks: five working days after an application was received or its
    round closed, and never after the day for deciding it."""
    due = working_days_after(received_on, MARKING_DAYS, calendar)
    return min(due, decide_by) if decide_by else due


def decide_by(legal: date | None, calendar: Calendar) -> date | None:
    """The day to work to for a decision that is due in law on a day: the last working day on or
    before it."""
    return legal and last_working_day(legal, calendar)
