"""Placements, as lists and pages show them, and what falls due of them."""

from datetime import date

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from packages import policies
from packages.models import Placement, PlacementState, PlacementTerm
from providers.models import Admission, AdmissionState

S = PlacementState
RELATED = (
    "package__team",
    "package__scheme",
    "package__authority",
    "package__client_group",
    "package__locality",
    "organisation",
    "service",
    "lot",
    "award_route",
    "chosen_by",
)


def with_cost(rows: QuerySet, day: date) -> QuerySet:
    """Each with its weekly cost on a day: that of its first terms before it starts."""
    terms = PlacementTerm.objects.filter(placement=OuterRef("pk"))
    held = terms.filter(from_on__lte=day).order_by("-from_on", "-number")
    first = terms.order_by("from_on", "-number")
    suspended = Admission.objects.filter(
        lot=OuterRef("lot"), organisation=OuterRef("organisation"), state=AdmissionState.SUSPENDED
    )
    return rows.annotate(
        cost_now=Subquery(held.values("weekly_cost")[:1]),
        cost_first=Subquery(first.values("weekly_cost")[:1]),
        is_suspended=Exists(suspended),
    )


def for_list(user, day: date) -> QuerySet:
    """The placements that the person may see, with their weekly cost on a day, and whether the
    provider is suspended (rule 4: they stay visible and flagged)."""
    rows = policies.view_placement.rows(user).select_related(
        "package__team", "organisation", "service", "lot"
    )
    return with_cost(rows, day)


def orders_of(user, day: date) -> QuerySet:
    """The orders that were sent to the person's organisations."""
    rows = policies.view_order.rows(user).select_related(
        "package__authority", "package__locality", "organisation", "service", "lot"
    )
    return with_cost(rows, day)


def whole(user, placement: Placement, day: date) -> Placement:
    """A placement with everything that its page shows."""
    rows = policies.view_placement.rows(user).select_related(*RELATED)
    rows = rows.prefetch_related("terms__set_by", "releases__by", "package__pattern")
    return with_cost(rows, day).get(pk=placement.pk)


def term_on(placement: Placement, day: date) -> PlacementTerm:
    """The terms that hold on a day; before the first, the first. (Its terms are fetched.)"""
    terms = sorted(placement.terms.all(), key=lambda term: (term.from_on, term.number))
    begun = [term for term in terms if term.from_on <= day]
    return begun[-1] if begun else terms[0]


def due_to_start(day: date) -> QuerySet:
    """Those that their providers accepted, on their day or late, that may start: the provider's
    admission is in force."""
    in_force = Admission.objects.in_force(day).filter(
        lot=OuterRef("lot"), organisation=OuterRef("organisation")
    )
    accepted = Placement.objects.filter(state=S.ACCEPTED, starts_on__lte=day)
    return accepted.filter(Exists(in_force)).order_by("starts_on", "pk")


def due_to_finish(day: date) -> QuerySet:
    """Those whose last day is past."""
    running = Placement.objects.filter(state__in=[S.STARTED, S.COSTED])
    return running.filter(ends_on__lt=day).order_by("ends_on", "pk")
