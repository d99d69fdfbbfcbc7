"""A provider's first page: what is due, what is open to apply for, how its applications stand."""

from dataclasses import dataclass
from datetime import date, datetime

from django.shortcuts import render
from django.urls import reverse

from awards import policies as awarding
from awards.models import AgreementState
from dps.clock import now
from dps.pages import page
from dps.words import short_date
from packages import policies as buying
from packages.models import CallOff, OfferState, PlacementState
from packages.queries import call_offs as calling
from providers import policies
from providers.actions import applications
from providers.calculations.answers import remaining
from providers.models import Member
from providers.queries import applications as reading
from providers.queries import returns as returned

SHOWN = 5  # of each kind; their lists have them all


@dataclass(frozen=True)
class Waiting:
    """A line of what is to be done: what, where, why, by when (a day or an instant; none: soon)."""

    what: str
    url: str
    why: str
    due: date | datetime | None
    word: str
    kind: str
    shape: str
    verb: str = "Due"
    past: str = "Was due"


@page(policies.use_portal)
def home(request):
    """What is due, what is open to apply for, and how one's applications stand."""
    user = request.user
    begun = []
    for organisation in policies.view_organisation.rows(user):
        begun += applications.open_drafts(organisation, by=user)
    rounds = list(reading.rounds_to_apply_to(user, now()))
    schemes = list(reading.schemes_to_apply_to(user, now()))
    dues = [(each.deadline, each.scheme) for each in (*(a for a, _ in begun), *rounds)]
    clocks = iter(reading.closings(dues))
    context = {
        "due": [due(application, draft, next(clocks)) for application, draft in begun],
        "waiting": [*agreements(user), *orders(user), *call_offs(user)],
        "returns": list(returned.due_from(user)[:SHOWN]),
        "rounds": [(round, next(clocks)) for round in rounds],
        "schemes": schemes,
        "applications": list(reading.for_list(user)[:SHOWN]),
    }
    return render(request, "home/portal.html", context)


def due(application, draft, clock) -> dict:
    """A draft with its clock and what remains."""
    states = [part.state for part in draft["parts"]]
    return {
        "application": application,
        "clock": clock,
        "complete": states.count("complete"),
        "sections": len(states),
        "remaining": remaining(states),
    }


def agreements(user) -> list[Waiting]:
    """Agreements that wait for a signature of the provider's."""
    rows = awarding.view_agreement.rows(user).filter(
        state=AgreementState.SENT, organisation__in=Member.objects.organisations(user)
    )
    return [
        Waiting(
            f"Sign agreement {each.reference}",
            reverse("awards:agreement", args=[each.pk]),
            f"{each.scheme.short_title}. Sent {short_date(each.sent_at)}. A signatory signs it; no "
            "support can be placed with you before.",
            None,
            "To be signed",
            "warn",
            "look",
        )
        for each in rows.select_related("scheme").order_by("sent_at")[:SHOWN]
    ]


def orders(user) -> list[Waiting]:
    """Orders to accept or refuse."""
    rows = buying.view_order.rows(user).filter(state=PlacementState.ORDERED)
    return [
        Waiting(
            f"Answer order {each.order_number}",
            reverse("packages:order", args=[each.pk]),
            f"{each.service}. Support is to start on {short_date(each.starts_on)}.",
            each.starts_on,
            "To be answered",
            "warn",
            "look",
            "Starts",
            "Was to start",
        )
        for each in rows.select_related("service").order_by("starts_on")[:SHOWN]
    ]


def call_offs(user) -> list[Waiting]:
    """Mini-competitions that take offers, to which the provider has not offered or declined."""
    taking = CallOff.objects.taking_offers(now()).values("pk")
    open_ = calling.for_provider(user).filter(pk__in=taking)
    declined = {"declines__organisation__in": Member.objects.organisations(user)}
    rows = open_.exclude(own_state=OfferState.SUBMITTED).exclude(**declined)
    return [
        Waiting(
            f"Offer on call-off {each.title}",
            reverse("packages:call_off", args=[each.pk]),
            f"Lot {each.lot.key}. " + ("Your offer is a draft." if each.own_state else ""),
            each.deadline,
            "In progress" if each.own_state else "Not started",
            "info" if each.own_state else "",
            "half" if each.own_state else "ring",
            "Closes",
            "Closed",
        )
        for each in rows.order_by("deadline")[:SHOWN]
    ]
