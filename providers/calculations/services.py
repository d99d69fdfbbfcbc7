"""Whether the services and rates of an application fit the lots that it is for."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class LotRules:
    """What a lot pays for. `tiers` maps the key of each to its ceiling in pounds, or None."""

    key: str
    modes: frozenset[str]
    units: frozenset[str]
    tiers: dict[str, Decimal | None]


def problems(services: list[dict[str, Any]], lots: list[LotRules]) -> list[str]:
    """What keeps the services from being submitted, in plain English."""
    found = []
    for lot in lots:
        serving = [s for s in services if any(r["lot"] == lot.key for r in s["rates"])]
        if not serving:
            found.append(f"Add a service with a rate for lot {lot.key}")
    for service in services:
        found += [f"{service['name']}: {said}" for said in service_problems(service, lots)]
    return found


def service_problems(service: dict[str, Any], lots: list[LotRules]) -> list[str]:
    """What is wrong with one service and its rates, as far as they are for these lots."""
    found = []
    for lot in lots:
        rates = [rate for rate in service["rates"] if rate["lot"] == lot.key]
        if lot.key in service["lots"] and not rates:
            found.append(f"add a rate for lot {lot.key}")
        found += [said for rate in rates if (said := rate_problem(rate, lot))]
    return found


def rate_problem(rate: dict[str, Any], lot: LotRules) -> str:
    """What is wrong with one rate: `{lot, tier, unit, mode, amount}`; "" when nothing is."""
    if rate["mode"] not in lot.modes:
        return f"lot {lot.key} is not delivered {rate['mode'].replace('_', ' ')}"
    if rate["unit"] not in lot.units:
        return f"lot {lot.key} is not paid by the {rate['unit'].replace('_', ' ')}"
    if rate["tier"] not in lot.tiers:
        return f"lot {lot.key} has no such level of payment"
    ceiling = lot.tiers[rate["tier"]]
    amount = Decimal(rate["amount"])
    if amount <= 0:
        return "a rate must be more than £0.00"
    if ceiling is not None and amount > ceiling:
        return f"the rate of £{amount:,.2f} is over the ceiling of £{ceiling:,.2f}"
    return ""
