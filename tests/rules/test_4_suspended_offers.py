"""Rule 4. A suspended provider is invited, unless the scheme's terms say otherwise, and gets no new
placement; a removed one gets neither."""

import pytest
import time_machine

from dps.actions import Refused
from packages.actions import marking
from packages.models import Placement
from packages.tasks import close_call_offs  # noqa: F401 (registers the letters)
from providers.models import Admission
from tests.lots.world import departing
from tests.packages.competing import OPENED, PUBLISHED, World

pytestmark = pytest.mark.django_db


def stands(world, name, state):
    Admission.objects.filter(pk=world.admission_of(name).pk).update(state=state)


@pytest.mark.parametrize("has_clause", [False, True])
def test_a_suspended_provider_is_invited_unless_the_terms_say_otherwise_a_removed_one_never(
    has_clause,
):
    world = World()
    stands(world, "Ash", "suspended")
    stands(world, "Beech", "removed")
    if has_clause:
        departing(
            world.scheme, "invites_suspended", notice_reference="Terms 8.3", why="None meanwhile"
        )
    with time_machine.travel(PUBLISHED, tick=False):
        call_off = world.published()
    evidence = {each.organisation.name: each.withheld for each in call_off.invitations.all()}
    clause = "Terms 8.3: None meanwhile" if has_clause else ""
    assert evidence == {"Ash": clause, "Cedar": ""}


def test_a_provider_suspended_since_it_offered_is_not_awarded():
    world = World(names=["Ash", "Beech"])
    with time_machine.travel(PUBLISHED, tick=False):
        call_off = world.published()
        offers = {name: world.submitted(call_off, name, "18.00") for name in world.owners}
    with time_machine.travel(OPENED, tick=False):
        world.declared(call_off)
        world.marked(offers["Ash"], 5, 5)
        world.marked(offers["Beech"], 4, 4)
        marking.rank(call_off, by=world.buyer)
        said = {"capacity": "person", "why": "I like it there", "by": world.buyer}
        marking.express(call_off, offer=offers["Ash"], **said)
        stands(world, "Ash", "suspended")
        with pytest.raises(Refused, match="Ash is suspended: it gets no new placements"):
            marking.award(call_off, why="As preferred", by=world.buyer)
        assert not Placement.objects.exists()
        marking.express(call_off, offer=None, **said)
        assert marking.award(call_off, why="The rest", by=world.buyer).offer == offers["Beech"]
