"""Agreements: drafted on admission, signed by the provider, sealed by the authority."""

import hashlib
import json

from awards import policies
from awards.models import (
    Agreement,
    AgreementState,
    AgreementText,
    Report,
    Side,
    Signature,
)
from awards.queries import agreements as reading
from dps.actions import Refused, action, lock, move, note, part, promise, require
from dps.clock import now, today
from lots.models import Decision, Lot
from providers.actions import admissions
from providers.models import Admission, Organisation


@part
def draft(report: Report, *, organisation: Organisation, lots: list[Lot], by) -> Agreement:
    """Draft the agreement of an admitted organisation for its lots, with the terms and rates as
    they stand, until the scheme ends."""
    scheme = report.scheme
    agreement = Agreement.objects.create(
        scheme=scheme,
        organisation=organisation,
        report=report,
        reference=reading.next_reference(scheme),
        from_on=max(today(), scheme.starts_on),
        until_on=scheme.ends_on,
        drafted_at=now(),
    )
    agreement.lots.set(lots)
    note(agreement, "awards.agreement.drafted", by=by)
    _write(agreement, by)
    return agreement


@part
def _write(agreement: Agreement, by) -> AgreementText:
    """A new version, of what there is to say now."""
    contents = reading.contents_of(agreement)
    text = json.dumps(contents, sort_keys=True, ensure_ascii=False)
    return AgreementText.objects.create(
        agreement=agreement,
        number=agreement.versions.count() + 1,
        contents=contents,
        fingerprint=hashlib.sha256(text.encode()).hexdigest(),
        at=now(),
        by=by,
    )


@action
def revise(agreement: Agreement, *, by, why: str) -> AgreementText:
    """Write it anew from the terms and rates as they stand, before the authority has sealed it. A
    provider that has signed is asked to sign the new version."""
    agreement = lock(agreement)
    require(policies.send_agreement, by, agreement)
    if agreement.state == AgreementState.SENT:
        move(agreement, AgreementState.DRAFTED, by=by, why=why)
    elif agreement.state == AgreementState.SIGNED:
        move(agreement, AgreementState.SENT, by=by, why=why)
    elif agreement.state != AgreementState.DRAFTED:
        raise Refused("It is sealed, so it stands")
    version = _write(agreement, by)
    note(agreement, "awards.agreement.revised", by=by, why=why, number=version.number)
    if agreement.state == AgreementState.SENT:
        _ask_to_sign(agreement, version)
    return version


@action
def send(agreement: Agreement, *, by) -> Agreement:
    """Send it to the provider's signatories."""
    agreement = lock(agreement)
    require(policies.send_agreement, by, agreement)
    move(agreement, AgreementState.SENT, by=by)
    _ask_to_sign(agreement, agreement.versions.latest("number"))
    return agreement


@part
def _ask_to_sign(agreement: Agreement, version: AgreementText) -> None:
    agreement.sent_at = now()
    agreement.save(update_fields=["sent_at"])
    promise("awards.agreement_to_sign", agreement, str(version.number))


@action
def sign(agreement: Agreement, *, name: str, role: str, fingerprint: str, by) -> Signature:
    """The provider's signature, by a signatory, with the fingerprint of the very document that was
    shown. Refused when the document has changed since, and when somebody has signed it."""
    agreement = lock(agreement)
    require(policies.sign_agreement, by, agreement)
    version = agreement.versions.latest("number")
    if fingerprint != version.fingerprint:
        raise Refused("The agreement has changed since you opened it. Read it again, then sign")
    move(agreement, AgreementState.SIGNED, by=by, fingerprint=fingerprint)
    return Signature.objects.create(
        version=version,
        side=Side.PROVIDER,
        by=by,
        name=name,
        role=role,
        fingerprint=fingerprint,
        at=now(),
    )


@action
def seal(agreement: Agreement, *, name: str, role: str, seal_number: str = "", by) -> Agreement:
    """The authority's signature on the version that the provider signed: the agreement comes into
    force, and from its first day placements may start under it.

    Refused where no effective decision covers sealing one of its lots today, and names it.
    """
    agreement = lock(agreement)
    require(policies.seal_agreement, by, agreement)
    decision = covering(agreement)
    agreement.in_force_at, agreement.sealed_under = now(), decision
    agreement.save(update_fields=["in_force_at", "sealed_under"])
    move(agreement, AgreementState.IN_FORCE, by=by, decision=decision.number)
    version = agreement.versions.latest("number")
    Signature.objects.create(
        version=version,
        side=Side.AUTHORITY,
        by=by,
        name=name,
        role=role,
        fingerprint=version.fingerprint,
        seal_number=seal_number,
        at=now(),
    )
    standing = Admission.objects.standing().filter(organisation=agreement.organisation_id)
    for admission in standing.filter(lot__agreements=agreement):
        admissions.bring_into_force(
            admission,
            reference=agreement.reference,
            from_on=max(agreement.from_on, today()),
            until_on=agreement.until_on,
            by=by,
        )
    promise("awards.agreement_in_force", agreement)
    return agreement


def covering(agreement: Agreement) -> Decision:
    """The decision that authorises sealing all of its lots today, the last lot's where there are
    several; refused where none does."""
    found = reading.to_seal(agreement)
    if barred := reading.why_barred(found):
        raise Refused(barred)
    return found[-1][1]


@action
def end(agreement: Agreement, *, by, why: str) -> Agreement:
    """End an agreement that is not in force yet."""
    agreement = lock(agreement)
    require(policies.send_agreement, by, agreement)
    if agreement.state == AgreementState.IN_FORCE:
        raise Refused("It is in force. Remove the admission, which says what becomes of placements")
    move(agreement, AgreementState.ENDED, by=by, why=why)
    return agreement
