"""The steps that a decision takes by its kind, and when it may be taken."""

from collections.abc import Mapping
from datetime import date

from dps.calendar import clear_days_after

# what comes before the signature; PCR, the 2023 Act and council constitutions: rules.md 41, 42
STEPS: Mapping[str, tuple[str, ...]] = {
    "key": ("published", "considered"),
    "member": ("considered",),
    "officer": (),
}
MAY_BE_CALLED_IN = frozenset({"key", "member"})
FORWARD_PLAN = 28  # clear days: Local Authorities (Executive Arrangements) Regulations 2012 reg. 9


def next_step(kind: str, taken: str) -> str:
    """What comes after "draft", "published" or "considered": one of these, or "signed"."""
    steps = ("draft", *STEPS[kind], "signed")
    return steps[steps.index(taken) + 1] if taken in steps[:-1] else ""


def earliest_on(published_on: date) -> date:
    """The first day on which a key decision may be taken that was put on the forward plan on a
    day."""
    return clear_days_after(published_on, FORWARD_PLAN)


def earliest_day(kind: str, published_on: date | None) -> date | None:
    """The first day on which a decision of a kind may be taken; None where no day is set: before it
    is on the forward plan, and for kinds that need not be on it."""
    return earliest_on(published_on) if published_on and kind == "key" else None


def path(kind: str) -> tuple[str, ...]:
    """The states of a kind of decision, from its draft until it has taken effect."""
    return ("draft", *STEPS[kind], "signed", "effective")
