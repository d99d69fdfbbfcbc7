"""Figures against their targets."""

from decimal import Decimal

PERCENT = "%"
WHOLE = Decimal(100)


def meets(value: Decimal, target: Decimal, better: str) -> bool:
    """Whether a figure meets its target; just the target meets it. `better` is the way that is
    good: "higher" or "lower"."""
    return value <= target if better == "lower" else value >= target


def figure_problem(value: Decimal, measure: str) -> str | None:
    """Why a figure cannot be: below nought, or more than the whole of a percentage."""
    if value < 0:
        return "must be 0 or more"
    if measure == PERCENT and value > WHOLE:
        return "must be 100% or less"
    return None


def said_figure(value: Decimal, measure: str) -> str:
    """A figure with its unit: "95.5%", "1,200 people", "1 day"."""
    number = f"{value.normalize():,f}"
    if measure == PERCENT:
        return f"{number}%"
    one = "person" if measure == "people" else measure.removesuffix("s")
    return f"{number} {one if value == 1 else measure}"


def said_target(target: Decimal, measure: str, better: str) -> str:
    """A target in words: "95% or more", "5 days or fewer"."""
    if better == "higher":
        return f"{said_figure(target, measure)} or more"
    return f"{said_figure(target, measure)} or {'less' if measure == PERCENT else 'fewer'}"
