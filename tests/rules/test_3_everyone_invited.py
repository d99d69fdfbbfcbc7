"""Rule 3. Every admitted provider of a lot is invited to every mini-competition of it."""

import pytest
import time_machine

from dps.actions import Refused
from packages.models import Invitation
from packages.tasks import close_call_offs  # noqa: F401 (registers the letters)
from providers.models import AdmissionState
from tests.factories import LotFactory, OrganisationFactory
from tests.packages.competing import PUBLISHED, World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_publishing():
    with time_machine.travel(PUBLISHED, tick=False):
        yield


def test_everybody_on_the_lot_at_the_instant_is_invited_and_nobody_else():
    world = World(names=[f"Provider {n:02}" for n in range(60)])
    LotFactory(scheme=world.scheme, key="B")
    OrganisationFactory(name="On no lot")
    call_off = world.published()
    world.admitted("Admitted later", None)
    invited = [each.organisation.name for each in call_off.invitations.filter(withheld="")]
    assert invited == [f"Provider {n:02}" for n in range(60)]


def test_what_a_provider_offers_or_where_takes_nobody_out():
    world = World()
    service = world.organisations["Ash"].services.get()
    service.capacity, service.vacancies = 0, 0
    service.vacancies_confirmed_at = PUBLISHED
    service.save()
    world.organisations["Beech"].services.get().localities.clear()
    call_off = world.published()
    assert call_off.invitations.filter(withheld="").count() == 3


def test_the_list_is_kept_and_cannot_be_changed():
    call_off = World().published()
    invitation = call_off.invitations.first()
    with pytest.raises(Exception, match="Cannot update or delete"):
        Invitation.objects.filter(pk=invitation.pk).delete()


def test_with_nobody_on_the_lot_nothing_is_published():
    world = World(names=["Ash"])
    admission = world.admission_of("Ash")
    type(admission).objects.update(state=AdmissionState.REMOVED)
    with pytest.raises(Refused, match="Nobody is admitted to lot A"):
        world.published()
