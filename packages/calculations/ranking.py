"""Ranking offers by the published weights. Costs are pounds a week, all on one VAT basis; scores
are out of 100 and unrounded until they are shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from lots.calculations.scoring import (
    WHOLE,
    Scored,
    as_decimal,
    places,
    price_score,
    weights_problem,
)
from packages.calculations.costs import over_budget_by


@dataclass(frozen=True)
class Offer:
    """One provider's offer: `provider` tells it from the others, `scored` are the agreed marks.

    The weights are either those of the quality questions among themselves, adding up to 100, or
    those of the whole, adding up to the weight of quality.
    """

    provider: str
    scored: tuple[Scored, ...]
    weekly_cost: Decimal

    @property
    def below(self) -> tuple[Scored, ...]:
        """The questions whose pass mark it does not meet."""
        return tuple(each for each in self.scored if not each.passes)


@dataclass(frozen=True)
class Ranked:
    """An offer with its place. One below a pass mark has no place, and its price earns nothing;
    one over budget is ranked like any other, and marked."""

    offer: Offer
    place: int | None
    quality: Decimal
    price: Decimal | None
    over_budget_by: Decimal

    @property
    def total(self) -> Decimal | None:
        return None if self.price is None else self.quality + self.price

    @property
    def is_over_budget(self) -> bool:
        return self.over_budget_by > 0

    @property
    def qualifies(self) -> bool:
        """Every pass mark met, within the budget: one of those among which preference decides."""
        return self.place is not None and not self.is_over_budget


def ranked(
    offers: Sequence[Offer], *, quality_weight: Decimal, weekly_budget: Decimal | None
) -> list[Ranked]:
    """Every offer, best first, and those below a pass mark last.

    Pass marks come before price: the lowest price is that of an offer which meets them. The price
    has what quality leaves of 100: that weight times the lowest price over its own. Equal totals
    share a place. The order does not depend on that in which the offers are given: within a place
    it is by cost, then by provider.

    ValueError where weights do not add up, or two offers have one provider.
    """
    check(offers, quality_weight)
    passing = [offer for offer in offers if not offer.below]
    lowest = min((offer.weekly_cost for offer in passing), default=Decimal(0))
    prices = {
        offer.provider: price_score(offer.weekly_cost, lowest, WHOLE - quality_weight)
        for offer in passing
    }
    totals = [quality(offer, quality_weight) + prices[offer.provider] for offer in passing]
    placed = dict(zip(prices, places(totals), strict=True))
    rows = (
        Ranked(
            offer=offer,
            place=placed.get(offer.provider),
            quality=as_decimal(quality(offer, quality_weight)),
            price=None if offer.below else as_decimal(prices[offer.provider]),
            over_budget_by=over(offer, weekly_budget),
        )
        for offer in offers
    )
    return sorted(rows, key=order)


def check(offers: Sequence[Offer], quality_weight: Decimal) -> None:
    if not 0 <= quality_weight <= WHOLE:
        raise ValueError("The weight of quality is from 0 to 100")
    if len({offer.provider for offer in offers}) != len(offers):
        raise ValueError("A provider has one offer")
    for offer in offers:
        weights = [each.weight for each in offer.scored]
        if weights_problem(weights, quality_weight) and (problem := weights_problem(weights)):
            raise ValueError(f"{offer.provider}: {problem}")


def quality(offer: Offer, weight: Decimal) -> Fraction:
    """What its marks earn of the weight of quality, exactly."""
    whole = sum((each.weight for each in offer.scored), Decimal(0))
    if not whole:
        return Fraction(0)
    earned = sum((each.score for each in offer.scored), Decimal(0))
    return Fraction(earned) * Fraction(weight) / Fraction(whole)


def over(offer: Offer, weekly_budget: Decimal | None) -> Decimal:
    """By how many pounds a week it is over the budget: 0.00 within it, or where there is none."""
    if weekly_budget is None:
        return Decimal("0.00")
    return over_budget_by(offer.weekly_cost, weekly_budget)


def order(one: Ranked) -> tuple[bool, int, Decimal, str]:
    return (one.place is None, one.place or 0, one.offer.weekly_cost, one.offer.provider)
