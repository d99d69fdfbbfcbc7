"""What a pattern of support costs with services of the register, at the rates agreed on a day."""

from dataclasses import dataclass
from datetime import date

from lots.models import Lot
from providers.calculations import pricing
from providers.models import Rate, Service


@dataclass(frozen=True)
class Quote:
    """The price of a pattern in a week with a service on a lot, or what has no agreed rate."""

    service: Service
    lot: Lot
    price: pricing.Price

    @property
    def cost(self):
        """Pounds a week; None where something has no rate."""
        return None if self.price.gaps else self.price.cost

    @property
    def gaps(self) -> list[str]:
        return [gap.what for gap in self.price.gaps]


def cards(services, day: date) -> dict[tuple, pricing.Card]:
    """The rates in force on a day, by the ids of service and lot: one statement."""
    agreed = Rate.objects.on(day).filter(service__in=[service.pk for service in services])
    held: dict[tuple, list[Rate]] = {}
    for rate in agreed.select_related("tier").order_by("tier__position", "number"):
        held.setdefault((rate.service_id, rate.lot_id), []).append(rate)
    return {key: _card(rates) for key, rates in held.items()}


def _card(rates: list[Rate]) -> pricing.Card:
    """They hold on the day that was asked about, and so for the whole of the week priced."""
    tiers = {rate.tier.key: rate.tier for rate in rates}
    return pricing.Card(
        rates=tuple(
            pricing.Rate(
                unit=rate.unit,
                pounds=rate.pounds,
                valid_from=date.min,
                tier=rate.tier.key,
                mode=rate.mode,
                zone=rate.zone_key,
                vat=pricing.Vat(rate.vat),
            )
            for rate in rates
        ),
        tiers=tuple(
            pricing.Tier(tier.key, tier.title, tier.least, tier.greatest) for tier in tiers.values()
        ),
    )


NO_RATES = pricing.Card(rates=())


def quotes(
    services, pattern: list[pricing.PatternLine], day: date, lots: dict
) -> dict[tuple, Quote]:
    """The week's price of a pattern with each service on each of its lots, by their ids, at the
    rates of a day. `lots` gives the lots of a service by its id. One statement, however many."""
    held = cards(services, day)
    found = {}
    for service in services:
        for lot in lots.get(service.pk, ()):
            card = held.get((service.pk, lot.pk), NO_RATES)
            price = pricing.price_week(pattern, card, day)
            found[service.pk, lot.pk] = Quote(service, lot, price)
    return found


def quote(service: Service, lot: Lot, pattern: list[pricing.PatternLine], day: date) -> Quote:
    """The week's price of a pattern with one service on one lot, at the rates of a day."""
    return quotes([service], pattern, day, {service.pk: [lot]})[service.pk, lot.pk]


def best(found: list[Quote]) -> Quote | None:
    """Of a service's quotes, the one to show: whole before part, then the least."""
    return min(found, key=lambda q: (q.cost is None, q.cost or 0, q.lot.position), default=None)
