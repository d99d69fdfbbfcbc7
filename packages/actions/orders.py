"""Orders: what tells a provider to start a placement, and its answer."""

import secrets

from dps.actions import Refused, action, lock, move, part, promise, require
from dps.clock import now
from packages import policies
from packages.actions import anonymous
from packages.actions.placements import check_standing
from packages.models import Package, PackageState, PaymentRoute, Placement, PlacementState

S = PlacementState
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is read as another


@action
def send(placement: Placement, *, by) -> Placement:
    """Order the support from the provider, which is told, and accepts or refuses. The order has a
    random number. Refused for a direct payment, and while the provider is suspended."""
    package = lock(placement.package)
    placement = lock(placement)
    require(policies.run_placement, by, placement)
    if package.payment_route == PaymentRoute.DIRECT_PAYMENT:
        raise Refused("A direct payment has no order: the contract is the person's own")
    check_standing(placement.lot, placement.organisation)
    move(placement, S.ORDERED, by=by)
    placement.order_number = f"O-{''.join(secrets.choice(LETTERS) for _ in range(8))}"
    placement.ordered_at = now()
    placement.save(update_fields=["order_number", "ordered_at"])
    promise("packages.order", placement)
    return placement


@action
def accept(placement: Placement, *, by) -> Placement:
    """Take the order on, for the provider."""
    placement = lock(placement)
    require(policies.answer_order, by, placement)
    move(placement, S.ACCEPTED, by=by)
    promise("packages.answer", placement, S.ACCEPTED)
    return placement


@action
def refuse(placement: Placement, *, by, why: str) -> Placement:
    """Refuse the order, for the provider, with the reason. The package can be placed again."""
    package = lock(placement.package)
    placement = lock(placement)
    require(policies.answer_order, by, placement)
    if placement.state != S.ORDERED:
        raise Refused(f"This placement is now {placement.get_state_display().lower()}")
    taken_back(package, placement, why, by=by)
    promise("packages.answer", placement, S.CANCELLED)
    return placement


@action
def cancel(placement: Placement, *, by, why: str) -> Placement:
    """Take the choice back before the support starts, with the reason. A provider that was sent
    the order is told. The package can be placed again."""
    package = lock(placement.package)
    placement = lock(placement)
    require(policies.run_placement, by, placement)
    anonymous.check(package, by=by, why=why)
    taken_back(package, placement, why, by=by)
    if placement.ordered_at:
        promise("packages.withdrawn_order", placement)
    return placement


@part
def taken_back(package: Package, placement: Placement, why: str, *, by) -> Placement:
    """Cancel it, both held, with the reason."""
    if not why.strip():
        raise Refused("Enter a reason", field="why")
    move(placement, S.CANCELLED, by=by, why=why)
    move(package, PackageState.READY, by=by)
    return placement
