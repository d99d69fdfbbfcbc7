"""Who is on a lot: admitted, suspended for a time, removed, left."""

from datetime import date

from dps.actions import Refused, action, lock, move, note, part, require
from dps.clock import now
from lots.models import Decision, Lot
from providers import policies
from providers.models import Admission, AdmissionState, Organisation


@part
def admit(
    lot: Lot, *, organisation: Organisation, decision: Decision, application=None, by
) -> Admission:
    """Put an organisation on a lot under a decision, once: one that stands there already stays as
    it is. Nothing is placed with it before an agreement comes into force."""
    lot = lock(lot)
    standing = Admission.objects.standing().filter(lot=lot, organisation=organisation).first()
    if standing:
        return standing
    admission = Admission.objects.create(
        scheme=lot.scheme,
        lot=lot,
        organisation=organisation,
        admitted_at=now(),
        decision=decision,
        application=application,
    )
    note(admission, "providers.admission.admitted", by=by, decision=decision.number)
    return admission


@part
def bring_into_force(
    admission: Admission, *, reference: str, from_on: date, until_on: date | None, by
) -> Admission:
    """Let placements start under an agreement that both sides have signed, on the days from and
    until (both included)."""
    admission = lock(admission)
    admission.agreement_reference = reference
    admission.agreement_from, admission.agreement_until = from_on, until_on
    admission.save(update_fields=["agreement_reference", "agreement_from", "agreement_until"])
    note(admission, "providers.admission.brought into force", by=by, agreement=reference)
    return admission


@action
def suspend(admission: Admission, *, by, why: str) -> Admission:
    """No new placements until it is restored (rule 4). It stays on the register, running placements
    stay visible and flagged, and it is invited unless the scheme's terms say otherwise."""
    return _moved(admission, AdmissionState.SUSPENDED, by, why)


@action
def restore(admission: Admission, *, by, why: str) -> Admission:
    """End a suspension."""
    return _moved(admission, AdmissionState.ADMITTED, by, why)


@action
def remove(admission: Admission, *, by, why: str) -> Admission:
    """Take an organisation off the lot, for good: no placements, no invitations."""
    return _moved(admission, AdmissionState.REMOVED, by, why)


@part
def _moved(admission: Admission, to: str, by, why: str) -> Admission:
    """Change where an organisation stands, for a reason."""
    admission = lock(admission)
    require(policies.change_admission, by, admission)
    if not why.strip():
        raise Refused("Enter a reason", field="why")
    move(admission, to, by=by, why=why)
    if to == AdmissionState.REMOVED:
        admission.ended_at = now()
        admission.save(update_fields=["ended_at"])
    return admission
