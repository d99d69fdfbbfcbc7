"""What falls due for placements and call-offs, and the letters they owe."""

from datetime import datetime

from dps import letters
from dps.clock import now, today
from dps.models import SealingKey
from dps.promises import effect
from dps.ticks import for_each
from dps.words import short_date
from lots.models import Deadline, ProcedureState
from packages.actions import call_offs, placements
from packages.models import (
    CallOff,
    Decline,
    Invitation,
    Marker,
    Offer,
    OfferSubmission,
    Package,
    Placement,
    PlacementState,
)
from packages.queries import call_offs as competing
from packages.queries import offers as deciding
from packages.queries import placements as placed
from providers.models import Member

LIMIT = 100  # of each kind in a tick: the rest come with the next

# Placements


def start_placements(limit=LIMIT):
    """Start what its provider accepted, on its day or late, once its agreement is in force."""
    for_each(placed.due_to_start(today())[:limit], placements.start)


def finish_placements(limit=LIMIT):
    """End placements whose last day is past."""
    for_each(placed.due_to_finish(today())[:limit], placements.finish)


@effect
def order(placement_id):
    """Tell the provider's owners that there is an order, to accept or refuse."""
    placement = _placement(placement_id)
    letters.send(
        f"order.{placement_id}",
        _owners(placement),
        f"An order was sent to you on {short_date(placement.ordered_at)}",
        "packages/letters/order.txt",
        placement=placement,
        link=letters.link("packages:order", placement.pk),
    )


@effect
def answer(placement_id, answered):
    """Tell who chose the provider that it accepted or refused; or the provider, that the order was
    taken back."""
    placement = _placement(placement_id)
    letters.send(
        f"answer.{placement_id}.{answered}",
        [placement.chosen_by.email],
        f"An order was {'accepted' if answered == PlacementState.ACCEPTED else 'cancelled'} "
        f"on {short_date(now())}",
        "packages/letters/answer.txt",
        placement=placement,
        is_accepted=answered == PlacementState.ACCEPTED,
        link=letters.link("packages:placement", placement.pk),
    )


@effect
def withdrawn_order(placement_id):
    """Tell the provider's owners that the order was taken back."""
    _tell_provider(placement_id, "withdrawn", "An order was taken back", "withdrawn_order")


@effect
def change(placement_id, number):
    """Tell the provider's owners that the terms of a placement change."""
    _tell_provider(placement_id, number, "A placement changes: letter of", "change")


@effect
def ending(placement_id, ends_on):
    """Tell the provider's owners the last day of a placement."""
    _tell_provider(placement_id, ends_on, "A placement ends: letter of", "ending")


@effect
def released(placement_id):
    """Tell the provider's owners that they may read who the person is."""
    _tell_provider(placement_id, "", "You may read who a placement is for, from", "released")


@effect
def referral(package_id, broker_id, at):
    """Tell a broker that a package was handed to them; nobody, if it was handed on since."""
    package = Package.objects.select_related("broker", "team").get(pk=package_id)
    if package.broker is None or str(package.broker_id) != broker_id:
        return
    letters.send(
        f"referral.{package_id}.{broker_id}.{at}",
        [package.broker.email],
        f"A package was referred to you on {short_date(now())}",
        "packages/letters/referral.txt",
        package=package,
        link=letters.link("packages:package", package.pk),
    )


def _tell_provider(placement_id, which: str, subject: str, template: str) -> None:
    placement = _placement(placement_id)
    on = "" if "letter of" in subject or "from" in subject else "on "
    letters.send(
        f"{template}.{placement_id}.{which}",
        _owners(placement),
        f"{subject} {on}{short_date(now())}",
        f"packages/letters/{template}.txt",
        placement=placement,
        link=letters.link("packages:order", placement.pk),
    )


def _placement(placement_id) -> Placement:
    related = ("package__authority", "organisation", "chosen_by")
    return Placement.objects.select_related(*related).get(pk=placement_id)


def _owners(placement: Placement) -> list[str]:
    """The people of the provider who are written to."""
    owners = Member.objects.filter(
        organisation=placement.organisation_id,
        left_at=None,
        is_owner=True,
        user__is_active=True,
    )
    return list(owners.order_by("joined_at").values_list("user__email", flat=True))


# Call-offs and offers


def close_call_offs(limit=LIMIT):
    """Put on record that call-offs have closed. Nobody waits for it: time has closed them."""
    for_each(competing.due_to_close(now()).order_by("deadline")[:limit], call_offs.close)


def unseal_call_offs(limit=LIMIT):
    """Keep the keys of opened call-offs where a lost master key does not take them along."""
    sealed = SealingKey.objects.filter(plain=None, within=None).values("pk")
    due = CallOff.objects.opened(now()).filter(pk__in=sealed)
    for_each(due.order_by("deadline")[:limit], call_offs.unseal)


def remind_of_call_offs(limit=LIMIT):
    """Remind those who were invited of the deadline. Missed while the worker was down, the last of
    several goes out alone."""
    for_each(competing.due_to_remind(now())[:limit], call_offs.remind)


@effect
def call_off_invitation(invitation_id):
    """Invite a provider to offer."""
    _to_invited(invitation_id, "invitation", "You are invited to offer, by {}")


@effect
def call_off_extension(invitation_id, deadline):
    """Tell a provider of the new deadline; not, when it was put off again meanwhile: it is told of
    that one."""
    if _deadline_of(invitation_id).isoformat() == deadline:
        _to_invited(invitation_id, "extension", "The deadline is now {}", deadline)


@effect
def call_off_cancelled(invitation_id):
    """Tell a provider that the call-off was cancelled."""
    _to_invited(invitation_id, "cancelled", "A call-off that was to close on {} is cancelled")


@effect
def call_off_reminder(invitation_id, days, deadline):
    """Remind a provider of the deadline; not one that has submitted or declined, nor when it was
    put off or cancelled meanwhile."""
    invitation = Invitation.objects.select_related("call_off").get(pk=invitation_id)
    mine = {"call_off": invitation.call_off_id, "organisation": invitation.organisation_id}
    answered = (
        Offer.objects.standing().filter(**mine).exists() or Decline.objects.filter(**mine).exists()
    )
    is_over = invitation.call_off.state == ProcedureState.CANCELLED
    if not (answered or is_over or _deadline_of(invitation_id).isoformat() != deadline):
        _to_invited(invitation_id, "reminder", "A call-off closes on {}", days, deadline)


def _deadline_of(invitation_id) -> datetime:
    deadlines = Deadline.objects.filter(procedure__calloff__invitations=invitation_id)
    return deadlines.latest("at").at


def _to_invited(invitation_id, kind: str, subject: str, *which: str) -> None:
    """Write to all people of an organisation that was invited."""
    invitation = Invitation.objects.select_related(
        "organisation", "call_off__scheme__authority", "call_off__lot"
    ).get(pk=invitation_id)
    deadline = _deadline_of(invitation_id)
    letters.send(
        ".".join(["call-off", kind, str(invitation_id), *(w.replace(":", "") for w in which)]),
        _addresses(invitation.organisation_id),
        subject.format(short_date(deadline)),
        f"packages/letters/call_off_{kind}.txt",
        invitation=invitation,
        call_off=invitation.call_off,
        deadlines=invitation.call_off.deadlines.order_by("-at"),
        why=competing.why_cancelled(invitation.call_off) if kind == "cancelled" else "",
        link=letters.link("packages:call_off", invitation.call_off_id),
    )


@effect
def call_off_to_mark(marker_id):
    """Tell a person who is named to mark that offers are opened, and by when marks are due."""
    marker = Marker.objects.select_related("user", "call_off__scheme").get(pk=marker_id)
    call_off = competing.whole(marker.call_off)
    letters.send(
        f"call-off.to-mark.{marker_id}",
        [marker.user.email],
        f"A call-off closed on {short_date(call_off.deadline)}",
        "packages/letters/call_off_to_mark.txt",
        marker=marker,
        call_off=call_off,
        due_on=competing.marks_due_on(call_off),
        link=letters.link("packages:competition", call_off.pk),
    )


@effect
def offer_receipt(submission_id):
    """Tell the person who submitted that the offer arrived, and when to the second."""
    submission = OfferSubmission.objects.select_related(
        "submitted_by", "offer__call_off__scheme", "offer__organisation"
    ).get(pk=submission_id)
    letters.send(
        f"offer.receipt.{submission_id}",
        [submission.submitted_by.email],
        f"Offer received on {short_date(submission.submitted_at)}",
        "packages/letters/offer_receipt.txt",
        submission=submission,
        offer=submission.offer,
        deadline=submission.offer.call_off.deadlines.latest("at").at,
        link=letters.link("packages:offer_submission", submission.pk),
    )


@effect
def offer_withdrawal(offer_id, submissions):
    """Tell the owners that their offer takes part no longer."""
    offer = Offer.objects.select_related("call_off", "organisation").get(pk=offer_id)
    letters.send(
        f"offer.withdrawal.{offer_id}.{submissions}",
        _addresses(offer.organisation_id, is_owner=True),
        f"Offer withdrawn on {short_date(now())}",
        "packages/letters/offer_withdrawal.txt",
        offer=offer,
        deadline=offer.call_off.deadlines.latest("at").at,
        link=letters.link("packages:call_off", offer.call_off_id),
    )


@effect
def offer_decision(offer_id):
    """Tell a provider how its offer came out, with its own marks and their reasons."""
    offer = Offer.objects.select_related("call_off__scheme", "organisation").get(pk=offer_id)
    letters.send(
        f"offer.decision.{offer_id}",
        _addresses(offer.organisation_id),
        f"The decision on your offer, {short_date(now())}",
        "packages/letters/offer_decision.txt",
        offer=offer,
        decision=deciding.decision_on(offer),
        link=letters.link("packages:offer_decision", offer.pk),
    )


def _addresses(organisation_id, **only) -> list[str]:
    """The people of a provider who are written to."""
    members = Member.objects.filter(
        organisation=organisation_id, left_at=None, user__is_active=True, **only
    )
    return list(members.order_by("joined_at").values_list("user__email", flat=True))
