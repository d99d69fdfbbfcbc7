"""What a placement costs its budget once the person has paid. Pounds as Decimal, weeks from Monday
to Sunday, first and last dates included."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from providers.calculations.pricing import WEEK, Price, penny

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Dates:
    """From a day until another, or for good."""

    from_on: date
    until_on: date | None = None

    def hold(self, on: date) -> bool:
        return self.from_on <= on and (self.until_on is None or on <= self.until_on)


@dataclass(frozen=True)
class Contribution:
    """Pounds a week that the person pays. Where two hold on a day, the later begun counts."""

    weekly: Decimal
    during: Dates


@dataclass(frozen=True)
class Week:
    """A week of a placement: what its provider is owed, what the person pays towards it, and what
    is left for the budget."""

    week_from: date
    gross: Decimal
    contribution: Decimal

    @property
    def net(self) -> Decimal:
        return self.gross - self.contribution


def weeks(
    prices: Sequence[Price],
    contributions: Sequence[Contribution],
    suspended: Sequence[Dates],
    placed: Dates,
) -> tuple[Week, ...]:
    """The weeks of a placement, from their prices. On days when charging is suspended, or outside
    the placement, nothing is due; nobody pays more in a week than it costs."""
    return tuple(
        Week(
            price.week_from,
            price.cost,
            min(price.cost, contribution_in(price.week_from, contributions, suspended, placed)),
        )
        for price in prices
    )


def contribution_in(
    week_from: date,
    contributions: Sequence[Contribution],
    suspended: Sequence[Dates],
    placed: Dates,
) -> Decimal:
    """What the person owes in the week of a Monday: a seventh of the weekly sum for each day, to
    the penny for the week."""
    owed = Decimal(0)
    for day in (week_from + n * DAY for n in range(WEEK)):
        due = [each for each in contributions if each.during.hold(day)]
        if due and placed.hold(day) and not any(dates.hold(day) for dates in suspended):
            owed += max(due, key=lambda each: each.during.from_on).weekly
    return penny(owed / WEEK)


def over_budget_by(cost: Decimal, budget: Decimal) -> Decimal:
    """Pounds a week above the budget: 0.00 within it."""
    return max(cost - budget, Decimal("0.00"))
