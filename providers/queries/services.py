"""The services of an application as people read them."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Value

from dps.money import pounds
from dps.words import counted
from lots.models import Activity, ClientGroup, Locality, Lot, Mode, Scheme, Unit
from providers.calculations.services import service_problems
from providers.queries.applications import lot_rules

TERMS = {"activities": Activity, "localities": Locality, "client_groups": ClientGroup}


@dataclass(frozen=True)
class Rate:
    """A rate in words, with its amount."""

    lot: str
    tier: str
    unit: str
    mode: str
    amount: str


@dataclass(frozen=True)
class Service:
    """A service in words. `problems` say what keeps it from being submitted."""

    id: str
    name: str
    description: str
    lots: str
    modes: str
    activities: str
    localities: str
    client_groups: str
    people: str
    rates: list[Rate]
    problems: list[str]


def terms_of(scheme: Scheme) -> dict[str, dict[str, str]]:
    """The scheme's words: {"activities": {key: title}, "localities": …, "client_groups": …}."""
    first, *rest = [
        kind.objects.filter(scheme=scheme)
        .order_by()
        .values_list(Value(name), "position", "title", "key")
        for name, kind in TERMS.items()
    ]
    words: dict = {name: {} for name in TERMS}
    for name, _, title, key in sorted(first.union(*rest, all=True)):
        words[name][key] = title
    return words


def in_words(services: list[dict], lots: list[Lot], terms: dict) -> list[Service]:
    """Stored services in words. `lots` are those applied for, with their tiers."""
    return [_in_words(service, lots, terms) for service in services]


def _in_words(service: dict, lots: list[Lot], terms: dict) -> Service:
    tiers = {(lot.key, tier.key): tier.title for lot in lots for tier in lot.tiers.all()}
    rates = [
        Rate(
            lot=rate["lot"],
            tier=tiers.get((rate["lot"], rate["tier"]), rate["tier"]),
            unit=_label(Unit, rate["unit"]),
            mode=_label(Mode, rate["mode"]),
            amount=pounds(Decimal(rate["amount"])),
        )
        for rate in service["rates"]
        if rate["lot"] in {lot.key for lot in lots}
    ]
    words = {
        name: ", ".join(titles.get(key, key) for key in service[name])
        for name, titles in terms.items()
    }
    return Service(
        id=service["id"],
        name=service["name"],
        description=service["description"],
        lots=", ".join(service["lots"]),
        modes=", ".join(_label(Mode, mode) for mode in service["modes"]),
        people=counted(service["capacity"], "person", "people"),
        rates=rates,
        problems=service_problems(service, [lot_rules(lot) for lot in lots]),
        **words,
    )


def _label(choices, value: str) -> str:
    return choices(value).label if value in choices.values else value
