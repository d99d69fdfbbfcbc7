"""From an opened application to an agreement in force."""

from datetime import timedelta

import pytest
import time_machine

from awards.actions import agreements
from awards.models import Agreement, AgreementState, EvaluationState, ReportState
from awards.tasks import take_effect
from dps.actions import Refused
from dps.clock import today
from providers.models import Admission, Rate, Service
from tests.awards import world
from tests.factories import owner_of


def test_an_application_becomes_an_admission_at_the_effective_instant(db):
    report, panel = world.signed_report()
    decision = report.decision
    with time_machine.travel(decision.effective_at - timedelta(seconds=1), tick=False):
        take_effect()
        assert not Admission.objects.exists()
    with time_machine.travel(decision.effective_at, tick=False):
        take_effect()
        take_effect()
    report.refresh_from_db()
    assert report.state == ReportState.EFFECTIVE
    admission = Admission.objects.get()
    assert admission.decision == decision
    assert Service.objects.get().name == "Morning group"
    assert Rate.objects.get().pounds == 24.5
    assert report.evaluations.get().state == EvaluationState.EFFECTIVE
    agreement = Agreement.objects.get()
    assert agreement.state == AgreementState.DRAFTED
    assert not Admission.objects.in_force(decision.effective_at.date()).exists()
    with time_machine.travel(decision.effective_at + timedelta(days=1), tick=False):
        on = today()
        agreements.send(agreement, by=panel.legal)
        owner = owner_of(agreement.organisation)
        version = agreement.versions.get()
        with pytest.raises(Refused, match="changed"):
            agreements.sign(agreement, name="O", role="R", fingerprint="x", by=owner)
        agreements.sign(agreement, name="O", role="R", fingerprint=version.fingerprint, by=owner)
        assert not Admission.objects.in_force(on).exists()
        agreements.seal(agreement, name="L", role="Solicitor", by=panel.legal)
        assert Admission.objects.in_force(on).get() == admission
