"""Awards in effect: agreements drafted, sent and signed, and decisions that applicants read."""

from datetime import timedelta

import time_machine

from awards.actions import agreements
from awards.models import Agreement, AgreementState
from awards.tasks import take_effect
from dps.clock import now
from tests.awards import world
from tests.factories import owner_of

DAY = timedelta(days=1)


def in_effect(report):
    """The report at the effective instant of its decision."""
    with time_machine.travel(report.decision.effective_at, tick=False):
        take_effect()
    report.refresh_from_db()
    return report


def drafted(**kwargs):
    """An agreement that is not sent yet, and the panel."""
    report, panel = world.signed_report(**kwargs)
    in_effect(report)
    return Agreement.objects.get(report=report), panel


def sent(**kwargs):
    """One that was sent a day after the award took effect; its signatory, the panel."""
    return send(*drafted(**kwargs))


def send(agreement, panel):
    owner = owner_of(agreement.organisation)
    with time_machine.travel(agreement.drafted_at + DAY, tick=False):
        agreement = agreements.send(agreement, by=panel.legal)
    return agreement, owner, panel


def signed(**kwargs):
    """One that the provider signed a day after it was sent."""
    agreement, owner, panel = sent(**kwargs)
    sign_next_day(agreement, owner)
    return agreement, owner, panel


def sign_next_day(agreement, by):
    with time_machine.travel(agreement.sent_at + DAY, tick=False):
        sign(agreement, by)
    agreement.refresh_from_db()


def sign(agreement, by):
    """The person signs the version that holds now."""
    version = agreement.versions.latest("number")
    return agreements.sign(
        agreement, name="Olive Owner", role="Director", fingerprint=version.fingerprint, by=by
    )


def another(agreement, number, state=AgreementState.SENT):
    """An agreement like another, as lists show it."""
    made = Agreement.objects.create(
        scheme=agreement.scheme,
        organisation=agreement.organisation,
        reference=f"ANOTHER-{number}",
        state=state,
        from_on=agreement.from_on,
        until_on=agreement.until_on,
        drafted_at=now(),
        sent_at=now(),
        in_force_at=now(),
    )
    made.lots.set(agreement.lots.all())
    return made
