"""A provider's offer on a mini-competition: sealed from the first time it is saved."""

from datetime import datetime
from decimal import Decimal

from dps import envelopes
from dps.actions import Refused, action, lock, move, note, part, promise, require
from dps.clock import now
from lots.actions import procedures
from packages import policies
from packages.calculations.offering import lines
from packages.models import CallOff, Decline, Offer, OfferDraft, OfferState, OfferSubmission
from packages.queries import offers as reading
from providers.calculations.pricing import weekly_cost
from providers.models import Organisation
from providers.policies import apply_for


@action
def start(call_off: CallOff, *, organisation: Organisation, by) -> Offer:
    """A draft for an organisation that was invited, with its own key: one for each."""
    require(policies.answer_call_off, by, call_off)
    organisation = lock(organisation)
    require(apply_for, by, organisation)
    if not call_off.invitations.filter(organisation=organisation, withheld="").exists():
        raise Refused("Your organisation was not invited to this call-off")
    procedures.in_time(call_off)
    if Offer.objects.filter(call_off=call_off, organisation=organisation).exists():
        raise Refused("Your organisation has started its offer already")
    offer = Offer.objects.create(call_off=call_off, organisation=organisation, started_at=now())
    envelopes.issue(offer, within=call_off)
    envelopes.seal(OfferDraft(offer=offer), {}).save()
    note(offer, "packages.offer.started", by=by)
    return offer


@action
def save(draft: OfferDraft, *, contents: dict, seen: int, by) -> OfferDraft:
    """Keep what was typed, over what the draft holds: "answers", "service", "rates". Nothing is
    noted, since a draft is the provider's own.

    `seen` is the revision that the person changed: refused when somebody has saved since.
    """
    draft = lock(draft)
    require(policies.edit_offer, by, draft)
    procedures.in_time(draft.offer.call_off)
    if draft.revision != seen:
        raise Refused("Someone has saved this offer since. Compare, then save")
    kept = envelopes.opened(draft, by)
    draft.revision += 1
    saved = {"at": now().isoformat(), "by": str(by)}
    envelopes.seal(draft, kept | contents | {"saved": saved}).save()
    return draft


@action
def open_draft(offer: Offer, *, by) -> dict:
    """All that the draft says, as `queries.offers.laid_out` has it, with "seen", its revision, and
    "saved", by whom and when."""
    draft = lock(offer.draft)
    contents = envelopes.opened(draft, by)
    said = reading.laid_out(offer, contents)
    return said | {"seen": draft.revision, "saved": contents.get("saved", {})}


@action
def submit(offer: Offer, *, name: str, by) -> OfferSubmission:
    """Submit what is in the draft, declared by a named person. Until the deadline the draft may be
    changed and submitted again; the earlier submission stands until then, and the last one counts.

    Refused after the deadline, while something is missing, at a rate above the one agreed, and when
    nothing has changed. Received means: whole, and the row is ours; server time.
    """
    offer = lock(offer)
    require(policies.submit_offer, by, offer)
    received_at = procedures.in_time(offer.call_off)
    contents = complete(offer, by)
    fingerprint = envelopes.fingerprint(offer, contents)
    earlier = offer.submissions.order_by("number").last()
    if offer.state != OfferState.SUBMITTED:
        move(offer, OfferState.SUBMITTED, by=by)
    elif earlier.fingerprint == fingerprint:
        raise Refused("This version is already submitted")
    else:
        note(offer, "packages.offer.submitted again", by=by)
    submission = OfferSubmission(
        offer=offer,
        number=earlier.number + 1 if earlier else 1,
        fingerprint=fingerprint,
        submitted_at=received_at,
        submitted_by=by,
    )
    envelopes.seal(submission, contents | {"declared_by": name}).save()
    promise("packages.offer_receipt", submission)
    return submission


@part
def complete(offer: Offer, by) -> dict:
    """What is to be submitted, with nothing missing: the answers, the service, its week's lines at
    the rates offered and what they come to."""
    said = open_draft(offer, by=by)
    if said["problems"]:
        raise Refused(
            said["problems"][0],
            field="declaration",
            on_record="Something in the offer is missing or wrong",
        )
    chosen = said["chosen"]
    agreed = {rated.key: rated.agreed for rated in chosen.offerable.rated}
    priced = lines(chosen.offerable.rated, said["rates"])
    return {
        "questionnaire": offer.call_off.questionnaire.number,
        "answers": said["answers"],
        "service": {"id": str(chosen.service.pk), "name": chosen.service.name},
        "lines": [
            {
                "what": line.what,
                "units": f"{line.units.normalize():f}",
                "rate": f"{line.rate:.2f}",
                "agreed": f"{pounds:.2f}",
                "cost": f"{line.cost:.2f}",
            }
            for line, pounds in zip(priced, agreed.values(), strict=True)
        ],
        "weekly_cost": f"{weekly_cost(priced):.2f}",
    }


@action
def withdraw(offer: Offer, *, by) -> Offer:
    """Take part no longer; until the deadline, submitting again undoes it. No reason is asked: it
    would lie open in the record, and what is withdrawn never opens to others."""
    offer = lock(offer)
    require(policies.submit_offer, by, offer)
    procedures.in_time(offer.call_off)
    move(offer, OfferState.WITHDRAWN, by=by)
    promise("packages.offer_withdrawal", offer, str(offer.submissions.count()))
    return offer


@action
def decline(call_off: CallOff, *, organisation: Organisation, reason: str, by) -> Decline:
    """Say that an organisation will not offer, and why, in a word from the list. Until the deadline
    nobody else is shown it, and it may offer all the same."""
    require(policies.answer_call_off, by, call_off)
    organisation = lock(organisation)
    require(apply_for, by, organisation)
    procedures.in_time(call_off)
    mine = {"call_off": call_off, "organisation": organisation}
    if Offer.objects.filter(**mine, state=OfferState.SUBMITTED).exists():
        raise Refused("Your offer is submitted. Withdraw it first")
    if Decline.objects.filter(**mine).exists():
        raise Refused("Your organisation has declined already")
    return Decline.objects.create(**mine, reason=reason, by=by, at=now())


@action
def open_offer(submission: OfferSubmission, *, by) -> dict:
    """Read what was offered. That it was read is on record before anything is shown."""
    return envelopes.opened(submission, by)


def why_shut(call_off: CallOff) -> str:
    """Why nothing in an offer can be changed any more; "" while it can."""
    try:
        procedures.in_time(call_off)
    except Refused as refusal:
        return refusal.message
    return ""


def received(said: dict) -> dict:
    """Who saved a draft and when: {"at": instant, "by": name}; {} when nobody has yet."""
    saved = said["saved"]
    return saved | {"at": datetime.fromisoformat(saved["at"])} if saved else {}


def cost_of(said: dict) -> Decimal | None:
    """Pounds a week of a draft; None while it has no whole price."""
    chosen = said["chosen"]
    if chosen is None or said["parts"][-1].state != "complete":
        return None
    return weekly_cost(lines(chosen.offerable.rated, said["rates"]))
