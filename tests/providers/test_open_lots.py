"""Which open lots an organisation has still to apply for: the portal offers no other."""

import pytest
import time_machine
from django.urls import reverse

from dps.actions import Refused
from lots.models import AdmissionMode
from providers.actions import applications
from providers.models import Application, Result, Section
from tests.factories import LotFactory, SchemeFactory
from tests.providers.owed import stands
from tests.providers.pages import errors_of, words
from tests.providers.world import (
    BEFORE,
    applicant,
    fill,
    questionnaire_of,
    said,
    section_of,
    service,
)

APPLY = reverse("providers:apply")
OFFERED = "Everyday Life Activities: open lots Takes applications at any time"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def before_the_deadline():
    with time_machine.travel(BEFORE, tick=False):
        yield


@pytest.fixture
def scheme():
    """A scheme with the open lots C and D."""
    scheme = SchemeFactory(title="Everyday Life Activities")
    questionnaire_of(scheme)
    for position, key in enumerate(["C", "D"], 1):
        LotFactory(scheme=scheme, key=key, mode=AdmissionMode.OPEN, position=position)
    return scheme


def applied(organisation, owner, scheme, *lots) -> Application:
    """An application for lots, submitted."""
    application = applications.start(organisation, scheme=scheme, by=owner)
    write(application, owner, *lots)
    applications.submit(application, name=owner.name, by=owner)
    return application


def write(application, owner, *lots) -> None:
    """Answer everything that is asked for lots."""
    fill(application, owner, lots)
    rate = {"tier": "one", "unit": "hour", "mode": "face_to_face", "amount": "9.00"}
    rates = [rate | {"lot": lot} for lot in lots]
    services = [service(id="1", lots=list(lots), rates=rates)]
    said(application, Section.SERVICES, {"services": services})


def test_a_lot_applied_for_is_not_offered_again_and_the_other_still_is(client, scheme):
    organisation, owner = applicant()
    first = applied(organisation, owner, scheme, "C")
    client.force_login(owner)
    page = client.get(APPLY)
    assert OFFERED in words(page)
    assert f'href="{first.get_absolute_url()}"' in page.content.decode()

    assert client.post(APPLY, {"to": str(scheme.pk)}).status_code == 302
    second = Application.objects.exclude(pk=first.pk).get()
    section = section_of(second, Section.LOTS)
    lots = client.get(section.get_absolute_url()).context["form"].fields["lots"].queryset
    assert [lot.key for lot in lots] == ["D"]
    sent = {"lots": [str(scheme.lots.get(key="C").pk)], "seen": section.revision}
    response = client.post(section.get_absolute_url(), sent)
    assert (response.status_code, list(errors_of(response))) == (422, ["lots"])
    write(second, owner, "C")
    with pytest.raises(Refused, match="Lot C takes no application from you now"):
        applications.submit(second, name="Jo", by=owner)


def test_nothing_is_offered_where_every_open_lot_is_applied_for(client, scheme):
    organisation, owner = applicant()
    application = applied(organisation, owner, scheme, "C", "D")
    client.force_login(owner)
    page = client.get(APPLY)
    assert "Nothing is open to you now" in words(page)
    assert f'href="{application.get_absolute_url()}"' in page.content.decode()
    assert OFFERED not in words(client.get(reverse("portal")))
    assert client.post(APPLY, {"to": str(scheme.pk)}).status_code == 422
    with pytest.raises(Refused, match="is on each open lot, or has applied for it"):
        applications.start(organisation, scheme=scheme, by=owner)

    _, newcomer = applicant()
    client.force_login(newcomer)
    assert OFFERED in words(client.get(APPLY))


def test_one_withdrawn_or_not_admitted_may_apply_again_and_one_admitted_may_not(client, scheme):
    organisation, owner = applicant()
    client.force_login(owner)
    withdrawn = applied(organisation, owner, scheme, "C", "D")
    applications.withdraw(withdrawn, by=owner)
    assert OFFERED in words(client.get(APPLY))

    again = applied(organisation, owner, scheme, "C", "D")
    for lot, admits in zip(again.lots.order_by("key"), (False, True), strict=True):
        Result.objects.create(application=again, lot=lot, admits=admits, at=BEFORE)
        if admits:
            stands(scheme, lot.key, organisation)
    page = client.get(APPLY)
    assert OFFERED in words(page)
    assert "under way" not in words(page)
    shown = words(client.get(again.get_absolute_url()))
    assert "It has been decided. The decisions, with the marks and reasons, are under" in shown
    assert "Withdraw this application" not in shown
    with pytest.raises(Refused, match="It has been decided, so it can no longer be withdrawn"):
        applications.withdraw(again, by=owner)
    third = applications.start(organisation, scheme=scheme, by=owner)
    lots = client.get(section_of(third, Section.LOTS).get_absolute_url())
    assert [lot.key for lot in lots.context["form"].fields["lots"].queryset] == ["C"]
