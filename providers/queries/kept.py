"""The services that an organisation keeps current, and their rates, each version."""

from datetime import date

from django.db.models import Count, QuerySet

from lots.models import Mode
from providers import policies
from providers.models import Rate, Service


def for_list(user) -> QuerySet:
    """The services of the person's organisations, closed ones too."""
    rows = policies.change_service.rows(user).select_related("organisation", "scheme")
    return rows.annotate(lots_number=Count("lots", distinct=True))


def whole(user, service: Service) -> Service:
    rows = policies.view_rates.rows(user).select_related("organisation", "scheme")
    return rows.prefetch_related("lots", "localities", "activities", "client_groups").get(
        pk=service.pk
    )


def rates(service: Service, day: date) -> list[dict]:
    """Every rate of a service with its earlier and later versions beneath the one in force on a
    day, in the order of lots and tiers."""
    held = set(Rate.objects.on(day).filter(service=service.pk).values_list("pk", flat=True))
    rows = service.rates.select_related("lot", "tier", "set_by").order_by(
        "lot__position", "tier__position", "unit", "mode", "zone_key", "-from_on", "-number"
    )
    found: dict[tuple, dict] = {}
    for rate in rows:
        sort = (rate.lot_id, rate.tier_id, rate.unit, rate.mode, rate.zone_key)
        group = found.setdefault(sort, {"first": rate, "current": None, "others": []})
        if rate.pk in held:
            group["current"] = rate
        else:
            group["others"].append(rate)
    return list(found.values())


def modes_of(service: Service) -> list[tuple[str, str]]:
    """The ways in which its lots are delivered: value and words."""
    modes = {mode for lot in service.lots.all() for mode in lot.modes}
    return [(mode, Mode(mode).label) for mode in Mode.values if mode in modes]
