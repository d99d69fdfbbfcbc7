"""Of several who move an application, an admission or a service at once, one does and the others
are told."""

import pytest
import time_machine

from dps.models import Role
from providers.actions import admissions, applications, services
from providers.models import Admission, Application
from tests.factories import (
    NOON,
    AdmissionFactory,
    ApplicationFactory,
    OrganisationFactory,
    ServiceFactory,
    owner_of,
    staff,
)
from tests.threads import one_of_six, one_of_two

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("noon")]
WHY = {"why": "Found so at the visit"}


@pytest.fixture
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


def test_of_six_at_once_one_begins_an_application_and_one_withdraws_another():
    sent = ApplicationFactory(round__closes=NOON.replace(hour=12))
    owner = {"by": owner_of(sent.organisation)}
    applications.submit(sent, name="A", **owner)
    one_of_six(sent, lambda: applications.withdraw(sent, **owner))
    other = OrganisationFactory()
    begin = {"scheme": sent.scheme, "round": sent.round, "by": owner_of(other)}
    one_of_six(other, lambda: applications.start(other, **begin))
    assert sorted(Application.objects.values_list("state", flat=True)) == ["draft", "withdrawn"]


def test_of_six_at_once_one_moves_an_admission():
    admission = AdmissionFactory()
    officer = {"by": staff(admission.scheme.authority, Role.COMMISSIONER), **WHY}
    one_of_six(admission, lambda: admissions.suspend(admission, **officer))
    one_of_six(admission, lambda: admissions.restore(admission, **officer))
    one_of_two(
        admission,
        lambda: admissions.remove(admission, **officer),
        lambda: admissions.remove(admission, **officer),
    )
    assert Admission.objects.get().state == "removed"


def test_of_six_at_once_one_closes_a_service_and_one_opens_it_again():
    service = ServiceFactory()
    owner = {"by": owner_of(service.organisation), **WHY}
    one_of_six(service, lambda: services.close(service, **owner))
    service.refresh_from_db()
    one_of_six(service, lambda: services.reopen(service, **owner))
