"""Of several who move a call-off or an offer at once, one does and the others are told; of two who
want different things, one gets it."""

import pytest
import time_machine

from dps.models import the_system
from packages.actions import call_offs, marking, offers
from packages.models import CallOff, OfferSubmission, Package, Placement, Preference, Ranking
from tests.factories import NOON
from tests.packages.competing import OPENED, PUBLISHED, World
from tests.threads import one_of_six, one_of_two

pytestmark = pytest.mark.django_db(transaction=True)
WHY = "As the family asked"


@pytest.fixture
def world():
    return World(names=["Ash", "Beech"])


def at(instant):
    return time_machine.travel(instant, tick=False)


def opened(world) -> CallOff:
    """Offers of both, opened and marked; the clock stands after the deadline."""
    with at(PUBLISHED):
        call_off = world.published(preference_decides=False)
        each = [world.submitted(call_off, name, "18.00") for name in ("Ash", "Beech")]
    with at(OPENED):
        world.declared(call_off)
        for offer in each:
            world.marked(offer, 4, 4)
    return call_off


def test_of_six_at_once_one_competes_and_the_others_are_told(world):
    buyer, owner = {"by": world.buyer}, {"by": world.owners["Ash"]}
    markers = [world.buyer, world.marker]
    with at(PUBLISHED):
        starting = {"lot": world.lot, "markers": markers, "preference_decides": True, **buyer}
        call_off, _ = one_of_six(world.package, lambda: call_offs.start(world.package, **starting))
        one_of_six(world.package, lambda: call_offs.publish(call_off, deadline=NOON, **buyer))
        ash, beech = (world.drafted(call_off, name, "18.00") for name in ("Ash", "Beech"))
        one_of_six(ash, lambda: offers.submit(ash, name="A signatory", **owner))
        offers.submit(beech, name="A signatory", by=world.owners["Beech"])
        one_of_six(beech, lambda: offers.withdraw(beech, by=world.owners["Beech"]))
    with at(OPENED):
        one_of_six(call_off, lambda: call_offs.close(call_off, by=the_system()))
        world.declared(call_off)
        world.marked(ash, 4, 4)
        one_of_six(call_off, lambda: marking.rank(call_off, **buyer))
        marking.express(call_off, offer=ash, capacity="person", why=WHY, **buyer)
        one_of_six(world.package, lambda: marking.award(call_off, why=WHY, **buyer))
    assert CallOff.objects.count() == OfferSubmission.objects.filter(offer=ash).count() == 1
    assert Ranking.objects.count() == Preference.objects.count() == Placement.objects.count() == 1


def test_of_six_who_cancel_a_call_off_at_once_one_does(world):
    with at(PUBLISHED):
        call_off = world.published()
        cancel = {"why": WHY, "by": world.buyer}
        one_of_six(world.package, lambda: call_offs.cancel(call_off, **cancel))
    assert Package.objects.get().state == "ready"


def test_a_call_off_ends_in_an_award_or_in_none(world):
    call_off = opened(world)
    with at(OPENED):
        marking.rank(call_off, by=world.buyer)
        awarded = (
            one_of_two(
                world.package,
                lambda: marking.award(call_off, why=WHY, by=world.buyer),
                lambda: marking.award_nothing(call_off, why=WHY, by=world.buyer),
            )
            == 0
        )
    assert Placement.objects.exists() is awarded
    assert Package.objects.get().state == ("placed" if awarded else "ready")
