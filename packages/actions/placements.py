"""Packages with a provider: chosen, started, changed, ended. Orders are a module of their own."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from dps.actions import Refused, action, lock, move, note, part, promise, require
from dps.clock import now, today
from dps.money import pounds
from dps.words import short_date
from lots.models import AwardRoute, Lot, Route
from packages import policies
from packages.actions import anonymous
from packages.calculations.costs import over_budget_by
from packages.models import (
    AgeBand,
    Capacity,
    Package,
    PackageState,
    PaymentRoute,
    Placement,
    PlacementState,
    PlacementTerm,
    Release,
)
from packages.queries.packages import pattern_of
from providers.calculations.pricing import Line, weekly_cost
from providers.models import Admission, AdmissionState, Organisation, Service, ServiceState
from providers.queries import prices

S = PlacementState
CHILDREN = (AgeBand.UNDER_16, AgeBand.FROM_16)


@part
def award(
    package: Package,
    *,
    organisation: Organisation | None,
    service: Service | None,
    lot: Lot | None,
    route: str,
    award_route: AwardRoute | None,
    lines: Iterable[Line],
    from_on: date,
    why: str,
    by,
    call_off=None,
    offer=None,
    capacity: str = "",
    decided_on: date | None = None,
    took_part: str = "",
    payee: str = "",
) -> Placement:
    """Write down with whom a package is placed and at what weekly cost, from a day on: a placement
    that is chosen and not yet ordered, with its first terms. The package moves to placed.

    Refused over the package's budget without a budget holder's approval of as much, while the
    provider is suspended on the lot (rule 4), and without a reason. The package is locked by the
    action that this is a part of.
    """
    lines = list(lines)
    cost = weekly_cost(lines)
    if not why.strip():
        raise Refused("Enter a reason", field="why")
    if capacity == Capacity.BEST_INTERESTS:
        if decided_on is None:
            raise Refused("Enter the day of the best-interests decision", field="decided_on")
        if not took_part.strip():
            raise Refused("Say who took part in the decision", field="took_part")
    if capacity == Capacity.PARENT and package.age_band not in CHILDREN:
        raise Refused("A parent chooses for a child alone", field="capacity")
    if lot is not None and organisation is not None and not payee:
        check_standing(lot, organisation)
    check_budget(package, cost)
    placement = Placement.objects.create(
        package=package,
        organisation=organisation,
        payee=payee,
        service=service,
        lot=lot,
        route=route,
        award_route=award_route,
        call_off=call_off,
        offer=offer,
        payment_route=package.payment_route,
        starts_on=from_on,
        ends_on=package.ends_on,
        chosen_by_capacity=capacity,
        decided_on=decided_on,
        took_part=took_part,
        why=why,
        chosen_at=now(),
        chosen_by=by,
    )
    write_term(placement, lines, from_on, by=by)
    note(placement, "packages.placement.chosen", by=by, why=why, weekly_cost=str(cost))
    move(package, PackageState.PLACED, by=by)
    return placement


@part
def write_term(placement: Placement, lines: list[Line], from_on: date, *, by, why: str = ""):
    """The cost of a placement from a day on: an entry, its sum that of its lines (rule 9)."""
    return PlacementTerm.objects.create(
        placement=placement,
        number=placement.terms.count() + 1,
        from_on=from_on,
        lines=[
            {
                "what": line.what,
                "units": f"{line.units.normalize():f}",
                "rate": f"{line.rate:.2f}",
                "cost": f"{line.cost:.2f}",
            }
            for line in lines
        ],
        weekly_cost=weekly_cost(lines),
        set_at=now(),
        set_by=by,
        why=why,
    )


@part
def check_standing(lot: Lot, organisation: Organisation) -> None:
    """Refuse a new placement with a provider suspended on the lot, or not on it (rule 4)."""
    standing = Admission.objects.standing().filter(lot=lot, organisation=organisation).first()
    if standing is None:
        raise Refused(f"{organisation} is not on lot {lot.key}")
    if standing.state == AdmissionState.SUSPENDED:
        raise Refused(f"{organisation} is suspended on lot {lot.key}: no new placements")


@part
def check_budget(package: Package, cost: Decimal) -> None:
    """Refuse a weekly cost above the budget that no budget holder has approved."""
    over = over_budget_by(cost, package.weekly_budget)
    if over and not package.approvals.filter(weekly_limit__gte=cost).exists():
        raise Refused(
            f"{pounds(cost)} a week is {pounds(over)} over the budget of "
            f"{pounds(package.weekly_budget)}. A budget holder of the team has to approve it first"
        )


@action
def choose(
    package: Package,
    *,
    service: Service,
    lot: Lot,
    capacity: str,
    why: str,
    by,
    decided_on: date | None = None,
    took_part: str = "",
) -> Placement:
    """Place a package by direct choice with a service on a lot, at its agreed rates on the day the
    support starts, where the lot's notice allows it (PCR 2015 reg. 34(21)). `capacity` says who
    chose and as whom.

    Refused where the notice does not, while something of the pattern has no agreed rate, over the
    budget without approval, with a suspended provider, and for a direct payment: that is costed.
    """
    package = lock(package)
    require(policies.place_package, by, package)
    is_ready(package)
    if package.payment_route == PaymentRoute.DIRECT_PAYMENT:
        raise Refused("A direct payment ends in a costed choice: the council places nothing")
    allowed = AwardRoute.objects.filter(lot=lot, route=Route.DIRECT).first()
    if allowed is None:
        raise Refused(f"The notice allows no direct choice on lot {lot.key}", field="lot")
    anonymous.check(package, by=by, why=why, took_part=took_part)
    return award(
        package,
        organisation=service.organisation,
        service=service,
        lot=lot,
        route=Route.DIRECT,
        award_route=allowed,
        lines=priced(package, service, lot),
        from_on=package.starts_on,
        capacity=capacity,
        decided_on=decided_on,
        took_part=took_part,
        why=why,
        by=by,
    )


@action
def cost(
    package: Package,
    *,
    by,
    why: str,
    capacity: str,
    service: Service | None = None,
    lot: Lot | None = None,
    payee: str = "",
    weekly_amount: Decimal | None = None,
    decided_on: date | None = None,
    took_part: str = "",
) -> Placement:
    """End a direct payment in a costed choice and an amount a week. The contract is the person's
    own: there is no award, order or competition. Priced at a service's agreed rates, or for a
    `payee` that need not be on the register, at the amount that was worked out."""
    package = lock(package)
    require(policies.place_package, by, package)
    is_ready(package)
    if package.payment_route != PaymentRoute.DIRECT_PAYMENT:
        raise Refused("Only a direct payment is costed without an order")
    anonymous.check(package, by=by, why=why, took_part=took_part)
    if service is None and not payee.strip():
        raise Refused("Enter who is paid", field="payee")
    if service is not None:
        lines = priced(package, service, lot)
    elif not weekly_amount:
        raise Refused("Enter the amount a week", field="weekly_amount")
    else:
        lines = [Line(f"Support from {payee.strip()}", Decimal(1), weekly_amount)]
    made = award(
        package,
        organisation=service.organisation if service else None,
        service=service,
        lot=lot if service else None,
        route="",
        award_route=None,
        lines=lines,
        from_on=package.starts_on,
        capacity=capacity,
        decided_on=decided_on,
        took_part=took_part,
        payee=payee.strip() or str(service.organisation),
        why=why,
        by=by,
    )
    made = lock(made)
    move(made, S.COSTED, by=by)
    return made


@part
def is_ready(package: Package) -> None:
    if package.state != PackageState.READY:
        raise Refused(f"This package is {package.get_state_display().lower()}, not ready to place")


@part
def priced(package: Package, service: Service, lot: Lot | None) -> list[Line]:
    """The lines of a package's week at the agreed rates of its first day. Refused for what has no
    rate, and for a service that is closed or not on the lot."""
    is_on_it = lot is not None and service.lots.filter(pk=lot.pk).exists()
    if service.scheme_id != package.scheme_id or not is_on_it:
        raise Refused("Choose a lot of the service", field="lot")
    if service.state != ServiceState.CURRENT:
        raise Refused("This service is closed")
    found = prices.quote(service, lot, pattern_of(package), package.starts_on)
    if found.gaps:
        raise Refused(f"There is no agreed rate for: {'; '.join(found.gaps)}")
    return list(found.price.lines)


@action
def start(placement: Placement, *, by) -> Placement:
    """Put on record that the support has begun, on its day or later.

    No placement starts under an unsigned agreement: the provider's admission to the lot is in
    force that day. Nor while the provider is suspended.
    """
    placement = lock(placement)
    require(policies.start_placement, by, placement)
    if placement.state != S.ACCEPTED:
        raise Refused(f"This placement is now {placement.get_state_display().lower()}")
    if today() < placement.starts_on:
        raise Refused(f"It starts on {short_date(placement.starts_on)}, not before")
    check_standing(placement.lot, placement.organisation)
    in_force = Admission.objects.in_force(today())
    if not in_force.filter(lot=placement.lot, organisation=placement.organisation).exists():
        raise Refused("No placement starts under an unsigned agreement")
    move(placement, S.STARTED, by=by)
    return placement


@action
def change_terms(
    placement: Placement, *, units: list[Decimal], from_on: date, why: str, by
) -> PlacementTerm:
    """Change how much support a week there is, from a day on, at the placement's rates: `units` has
    a number for each line of the terms in force. What held before stays (rule 8). Refused over the
    budget without approval, before the terms in force began, and when nothing differs."""
    package = lock(placement.package)
    placement = lock(placement)
    require(policies.run_placement, by, placement)
    if placement.state not in (S.ACCEPTED, S.STARTED):
        raise Refused(f"This placement is {placement.get_state_display().lower()}")
    if not why.strip():
        raise Refused("Enter a reason", field="why")
    anonymous.check(package, by=by, why=why)
    current = placement.terms.order_by("from_on", "number").last()
    if from_on < current.from_on:
        raise Refused(
            f"The terms in force began on {short_date(current.from_on)}: choose that day or later",
            field="from_on",
        )
    before = [(line, Decimal(line["units"])) for line in current.lines]
    if [said for _, said in before] == list(units):
        raise Refused("Nothing has changed")
    lines = [
        Line(line["what"], wanted, Decimal(line["rate"]))
        for (line, _), wanted in zip(before, units, strict=True)
        if wanted
    ]
    if not lines:
        raise Refused("Some support must remain. To stop it, end the placement")
    check_budget(package, weekly_cost(lines))
    term = write_term(placement, lines, from_on, by=by, why=why)
    note(
        placement,
        "packages.placement.terms changed",
        by=by,
        why=why,
        from_on=from_on.isoformat(),
        weekly_cost=str(term.weekly_cost),
    )
    promise("packages.change", placement, str(term.number))
    return term


@action
def end(placement: Placement, *, ends_on: date, why: str, by) -> Placement:
    """Set the last day of support, with the reason. When it is past or today the placement ends now
    and with it the provider's access to the identity; a later one ends it on its own."""
    package = lock(placement.package)
    placement = lock(placement)
    require(policies.run_placement, by, placement)
    if placement.state not in (S.STARTED, S.COSTED):
        raise Refused(f"This placement is {placement.get_state_display().lower()}")
    if not why.strip():
        raise Refused("Enter a reason", field="why")
    if ends_on < placement.starts_on:
        raise Refused("The last day is before the first", field="ends_on")
    placement.ends_on = ends_on
    placement.save(update_fields=["ends_on"])
    note(placement, "packages.placement.last day set", by=by, why=why, ends_on=ends_on.isoformat())
    if ends_on <= today():
        finished(package, placement, why, by=by)
    if placement.ordered_at:
        promise("packages.ending", placement, ends_on.isoformat())
    return placement


@action
def finish(placement: Placement, *, by) -> Placement:
    """End a placement whose last day is past."""
    package = lock(placement.package)
    placement = lock(placement)
    require(policies.start_placement, by, placement)
    if placement.ends_on is None or placement.ends_on >= today():
        raise Refused("Its last day is not past")
    return finished(package, placement, "", by=by)


@part
def finished(package: Package, placement: Placement, why: str, *, by) -> Placement:
    """End it, both held; the package can be placed again, or closed."""
    move(placement, S.ENDED, by=by, why=why)
    move(package, PackageState.READY, by=by)
    return placement


@action
def release(placement: Placement, *, lawful_basis: str, by) -> Release:
    """Give the chosen provider the person's identity, on a lawful basis, once it has accepted. It
    may read it while the placement lasts, and each reading is on record (rule 5)."""
    package = lock(placement.package)
    placement = lock(placement)
    require(policies.run_placement, by, placement)
    if placement.state not in (S.ACCEPTED, S.STARTED):
        raise Refused("The identity goes to the chosen provider once it has accepted the order")
    if not lawful_basis.strip():
        raise Refused("Enter the lawful basis", field="lawful_basis")
    identity = getattr(package, "identity", None)
    if identity is None:
        raise Refused("Nothing is written of who the person is")
    if placement.releases.exists():
        raise Refused("It was released already")
    made = Release.objects.create(
        identity=identity,
        placement=placement,
        organisation=placement.organisation,
        lawful_basis=lawful_basis,
        by=by,
        at=now(),
    )
    note(identity, "packages.identity.released", by=by, why=lawful_basis)
    note(placement, "packages.placement.identity released", by=by, why=lawful_basis)
    promise("packages.released", placement)
    return made
