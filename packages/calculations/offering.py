"""What an offer costs: the pattern of a package at the rates that a provider offers, none above the
rate that was agreed with it. Pounds as Decimal."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from providers.calculations.pricing import Card, Line, PatternLine


@dataclass(frozen=True)
class Rated:
    """Support of one kind in a week: so many units at the rate agreed for them. `key` tells it from
    the other kinds."""

    key: str
    what: str
    units: Decimal
    agreed: Decimal


@dataclass(frozen=True)
class Offerable:
    """What a service can be offered for: its kinds of support, each at its agreed rate, or what has
    none. Part of a price is no price."""

    rated: tuple[Rated, ...]
    gaps: tuple[str, ...]


def offerable(pattern: Sequence[PatternLine], card: Card, on: date) -> Offerable:
    """The kinds of support of a pattern at the rates of a card on a day. Lines of one kind, on
    whatever weekdays, are one."""
    kinds: dict[str, PatternLine] = {}
    for line in pattern:
        key = "-".join((line.unit, str(line.supported), line.mode, line.zone, line.tier)).strip("-")
        before = kinds[key].quantity if key in kinds else Decimal(0)
        kinds[key] = replace(line, weekday=None, quantity=before + line.quantity)
    rated, gaps = [], []
    for key, line in kinds.items():
        rate = card.rate(line, on)
        if rate is None:
            gaps.append(card.named(line))
        else:
            rated.append(Rated(key, card.named(line), line.quantity, card.pounds(rate)))
    return Offerable(tuple(rated), tuple(gaps))


def problem(rated: Rated, offered: Decimal | None) -> str:
    """What is wrong with the rate offered for a kind of support; "" when nothing is. Agreed rates
    are ceilings."""
    if offered is None:
        return "Enter a rate"
    if offered <= 0:
        return "A rate must be more than £0.00"
    if offered > rated.agreed:
        return f"Your agreed rate is £{rated.agreed:,.2f}: offer that or less"
    return ""


def lines(rated: Sequence[Rated], offered: dict[str, Decimal]) -> list[Line]:
    """The lines of a week at the rates offered, by the keys of their kinds. ValueError where one is
    missing or above the agreed rate."""
    for each in rated:
        if said := problem(each, offered.get(each.key)):
            raise ValueError(f"{each.what}: {said}")
    return [Line(each.what, each.units, offered[each.key]) for each in rated]
