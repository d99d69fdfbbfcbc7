"""What admitted providers deliver, kept current."""

from datetime import date
from decimal import Decimal

from dps.actions import Refused, action, lock, move, note, part, require
from dps.clock import now, today
from lots.models import Lot, Tier
from providers import policies
from providers.models import Organisation, Rate, Service, ServiceState

TERMS = ("localities", "activities", "client_groups")


@part
def write_first(
    organisation: Organisation, lots: list[Lot], said: list[dict], *, from_on: date, by
) -> list[Service]:
    """Put on the register the services of an application for the lots that it was admitted to, with
    the rates that were agreed, from a day. `said` is as `service` of a submission has it. A service
    with the name of a current one takes the lots and rates along."""
    made = []
    for one in said:
        mine = [lot for lot in lots if lot.key in one["lots"]]
        if mine:
            made.append(_write(organisation, mine, one, from_on, by))
    return made


@part
def _write(organisation, lots: list[Lot], said: dict, from_on: date, by) -> Service:
    """One service with its lots, terms and first rates."""
    scheme = lots[0].scheme
    service = Service.objects.filter(
        organisation=organisation, scheme=scheme, name=said["name"], state=ServiceState.CURRENT
    ).first()
    if service is None:
        service = Service.objects.create(
            scheme=scheme,
            organisation=organisation,
            name=said["name"],
            description=said["description"],
            modes=said["modes"],
            capacity=said["capacity"] or 0,
            started_at=now(),
        )
        note(service, "providers.service.started", by=by)
    service.lots.add(*lots)
    for name in TERMS:
        of_scheme = getattr(scheme, name).filter(key__in=said[name])
        getattr(service, name).add(*of_scheme)
    keys = {lot.key: lot for lot in lots}
    tiers = {(tier.lot_id, tier.key): tier for tier in Tier.objects.filter(lot__in=lots)}
    number = service.rates.count()
    Rate.objects.bulk_create(
        Rate(
            service=service,
            lot=keys[rate["lot"]],
            tier=tiers[keys[rate["lot"]].pk, rate["tier"]],
            unit=rate["unit"],
            mode=rate["mode"],
            pounds=Decimal(rate["amount"]),
            from_on=from_on,
            number=number + place,
            set_at=now(),
            set_by=by,
            why="Agreed on admission",
        )
        for place, rate in enumerate((r for r in said["rates"] if r["lot"] in keys), 1)
    )
    return service


@action
def change(service: Service, *, by, **details) -> Service:
    """Keep what the register says of a service current: name, description, modes, capacity, and the
    sets `localities`, `activities`, `client_groups`. Rates are agreed, and changed by `set_rate`.

    Refused when nothing differs, for a mode that none of its lots has, and for a closed service.
    """
    service = lock(service)
    require(policies.change_service, by, service)
    if service.state == ServiceState.CLOSED:
        raise Refused("This service is closed. Re-open it first")
    sets = {name: set(details.pop(name)) for name in TERMS if name in details}
    modes = {mode for lot in service.lots.all() for mode in lot.modes}
    if not set(details.get("modes", [])) <= modes:
        raise Refused("Choose from the ways in which its lots are delivered", field="modes")
    changed = [name for name, value in details.items() if getattr(service, name) != value]
    other = [name for name, chosen in sets.items() if set(getattr(service, name).all()) != chosen]
    if not changed and not other:
        raise Refused("Nothing has changed")
    for name in changed:
        setattr(service, name, details[name])
    service.save(update_fields=changed or ["name"])
    for name in other:
        getattr(service, name).set(sets[name])
    note(service, "providers.service.changed", by=by, fields=sorted(changed + other))
    return service


@action
def confirm_vacancies(service: Service, *, vacancies: int, by) -> Service:
    """Say how many more people the service could support now. Refused above its capacity."""
    service = lock(service)
    require(policies.change_service, by, service)
    if vacancies > service.capacity:
        raise Refused(f"Enter {service.capacity} or fewer: that is its capacity", field="vacancies")
    service.vacancies, service.vacancies_confirmed_at = vacancies, now()
    service.save(update_fields=["vacancies", "vacancies_confirmed_at"])
    note(service, "providers.service.vacancies confirmed", by=by, vacancies=vacancies)
    return service


@action
def close(service: Service, *, by, why: str) -> Service:
    """Offer the service no longer. People placed with it stay until their placement ends."""
    service = lock(service)
    require(policies.change_service, by, service)
    move(service, ServiceState.CLOSED, by=by, why=why)
    return service


@action
def reopen(service: Service, *, by, why: str) -> Service:
    """Offer a closed service again."""
    service = lock(service)
    require(policies.change_service, by, service)
    move(service, ServiceState.CURRENT, by=by, why=why)
    return service


@action
def set_rate(
    service: Service,
    *,
    tier: Tier,
    unit: str,
    mode: str,
    pounds: Decimal | None,
    from_on: date,
    why: str,
    by,
) -> Rate:
    """Write a rate that was agreed with the provider, from a day on; without `pounds` it is offered
    no longer. Earlier ones stay (rule 8). Refused above the tier's ceiling, for a unit or mode that
    the lot has not, without a reason, and from a day that is past."""
    service = lock(service)
    require(policies.set_rate, by, service)
    lot = tier.lot
    if not service.lots.filter(pk=lot.pk).exists():
        raise Refused("Choose a level of payment of one of its lots", field="tier")
    if unit not in lot.units:
        raise Refused(f"{lot} is not paid by the {unit.replace('_', ' ')}", field="unit")
    if mode not in lot.modes:
        raise Refused(f"{lot} is not delivered {mode.replace('_', ' ')}", field="mode")
    if pounds is not None and tier.ceiling is not None and pounds > tier.ceiling:
        raise Refused(f"The ceiling is £{tier.ceiling:,.2f}", field="pounds")
    if from_on < today():
        raise Refused("A rate changes from today or later", field="from_on")
    if not why.strip():
        raise Refused("Enter a reason", field="why")
    rate = Rate.objects.create(
        service=service,
        lot=lot,
        tier=tier,
        unit=unit,
        mode=mode,
        pounds=pounds,
        from_on=from_on,
        number=service.rates.count() + 1,
        set_at=now(),
        set_by=by,
        why=why,
    )
    note(service, "providers.service.rate set", by=by, why=why, from_on=from_on.isoformat())
    return rate
