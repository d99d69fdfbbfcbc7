"""What waits for those who buy support: packages, placements, mini-competitions."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.db.models import OuterRef, Subquery
from django.urls import reverse

from dps.calendar import local_day
from dps.clock import now, today
from dps.home.todo import SHOWN, ToDo, first
from dps.money import pounds
from dps.words import counted, short_date
from packages import policies
from packages.models import Approval, CallOff, PackageState, PlacementState
from packages.queries import call_offs as calling
from packages.queries import offers as offering
from packages.queries.packages import refused_over_budget

MARKING_DAYS = timedelta(days=7)
EARLY = datetime.min.replace(tzinfo=UTC)


def writing(user) -> Iterator[ToDo]:
    """Packages to finish, and those ready to be placed."""
    rows = policies.change_package.rows(user).filter(state=PackageState.DRAFT)
    for package in first(rows.order_by("starts_on")):
        yield ToDo(
            f"Finish package {package}",
            reverse("packages:package", args=[package.pk]),
            f"{package.scheme.short_title}. Support is to start {short_date(package.starts_on)}.",
            "Write",
        )
    ready = policies.place_package.rows(user).filter(state=PackageState.READY)
    for package in first(ready.select_related("scheme", "broker").order_by("starts_on")):
        yield ToDo(
            f"Place package {package}",
            reverse("packages:package", args=[package.pk]),
            f"Referred to {package.broker}" if package.broker else package.scheme.short_title,
            "Place",
            package.starts_on,
            verb="Starts",
            past="Was to start",
        )


def approving(user) -> Iterator[ToDo]:
    """Packages that were to be placed over their budget since they were last approved, and the
    rest that wait to be placed, for budget holders."""
    waiting = [PackageState.READY, PackageState.CALLED_OFF]
    tried = refused_over_budget(OuterRef("pk"))
    approved = Approval.objects.filter(package=OuterRef("pk")).order_by("-at")
    rows = policies.approve_package.rows(user).annotate(
        tried_at=Subquery(tried.values("at")[:1]),
        approved_at=Subquery(approved.values("at")[:1]),
    )
    rows = rows.filter(state__in=waiting).exclude(state=PackageState.CALLED_OFF, tried_at=None)
    for package in first(rows.select_related("team").order_by("starts_on")):
        is_asked = package.tried_at and package.tried_at > (package.approved_at or EARLY)
        budget = f"{pounds(package.weekly_budget)} a week"
        if is_asked:
            what, act = f"Approve package {package} over its budget, or not", "Decide"
            why = f"{package.team}. The choice made costs more than {budget}."
        else:
            what, act = f"Package {package}", "Look"
            why = f"{package.team}. To be placed within {budget}."
        yield ToDo(
            what,
            reverse("packages:package", args=[package.pk]),
            why,
            act,
            package.starts_on,
            verb="Starts",
            past="Was to start",
            for_others=not is_asked,
        )


def placing(user) -> Iterator[ToDo]:
    """Placements to order, and those that wait for the provider or their day."""
    rows = policies.run_placement.rows(user).select_related("package", "organisation")
    for placement in first(rows.filter(state=PlacementState.CHOSEN).order_by("starts_on")):
        yield ToDo(
            f"Order {placement}",
            reverse("packages:placement", args=[placement.pk]),
            "Chosen. The provider hears of it by the order.",
            "Order",
            placement.starts_on,
            verb="Starts",
            past="Was to start",
        )
    sent = rows.filter(state__in=[PlacementState.ORDERED, PlacementState.ACCEPTED])
    for placement in first(sent.order_by("starts_on")):
        yield ToDo(
            str(placement),
            reverse("packages:placement", args=[placement.pk]),
            f"{placement.get_state_display()}, starts by itself on its day"
            if placement.state == PlacementState.ACCEPTED
            else "Ordered. The provider is to accept it.",
            "Look",
            placement.starts_on,
            verb="Starts",
            past="Was to start",
            for_others=True,
        )


def competing(user) -> Iterator[ToDo]:
    """Offers to mark, competitions to decide, and those that are running."""
    opened = CallOff.objects.opened(now()).values("pk")
    rows = calling.for_staff(user).filter(pk__in=opened, is_awarded=False, is_not_awarded=False)
    for call_off in list(rows.order_by("deadline")[:SHOWN]):
        yield decided(user, call_off)
    taking = CallOff.objects.taking_offers(now()).values("pk")
    running = calling.for_staff(user).filter(pk__in=taking)
    for call_off in list(running.order_by("deadline")[:SHOWN]):
        yield ToDo(
            f"Mini-competition {call_off}",
            reverse("packages:competition", args=[call_off.pk]),
            f"Lot {call_off.lot.key}. Offers are sealed until the deadline.",
            "Look",
            local_day(call_off.deadline),
            verb="Closes",
            past="Closed",
            for_others=True,
        )


def decided(user, call_off: CallOff) -> ToDo:
    """What comes next with a competition whose offers are opened."""
    url = reverse("packages:competition", args=[call_off.pk])
    due = local_day(call_off.deadline) + MARKING_DAYS
    if undeclared := calling.undeclared(user, call_off):
        said = f"{counted(undeclared, 'provider')} who offered, of whom you have not said"
        return ToDo(f"Declare your interests: {call_off}", url, said, "Declare", today())
    if call_off.is_ranked:
        return ToDo(f"Award {call_off}", url, "Ranked. Record the preference first.", "Award", due)
    missing = offering.unmarked(call_off, list(offering.opened(user, call_off)))
    if missing:
        said = f"{counted(len(missing), 'offer')} to be marked"
        return ToDo(f"Mark the offers of {call_off}", url, said, "Mark", due)
    return ToDo(f"Rank the offers of {call_off}", url, "All are marked.", "Rank", due)
