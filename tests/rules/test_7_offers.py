"""Rule 7. Who has declared a conflict of interest does not open, mark or decide the offer."""

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from dps.models import Event
from lots.models import Question
from packages.actions import marking, offers
from packages.queries.offers import last_submission
from packages.tasks import close_call_offs  # noqa: F401 (registers the letters)
from tests.packages.competing import ANSWERS, OPENED, PUBLISHED, World
from tests.providers.pages import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World(names=["Ash", "Beech"])


@pytest.fixture
def opened(world):
    with time_machine.travel(PUBLISHED, tick=False):
        call_off = world.published()
        found = {name: world.submitted(call_off, name, "18.00") for name in world.owners}
    with time_machine.travel(OPENED, tick=False):
        yield call_off, found


@pytest.mark.parametrize("declares", ["nothing", "a conflict"])
def test_without_being_clear_of_the_provider_nobody_opens_or_marks_its_offer(
    client, world, opened, declares
):
    call_off, found = opened
    if declares == "a conflict":
        world.declared(call_off, world.buyer, conflicts_with=["Ash"])
    with pytest.raises(PermissionDenied):
        offers.open_offer(last_submission(found["Ash"]), by=world.buyer)
    question = Question.objects.get(key="fit")
    with pytest.raises(PermissionDenied):
        marking.mark(found["Ash"], question=question, mark=5, reason="Good", by=world.buyer)
    client.force_login(world.buyer)
    assert (
        client.get(reverse("packages:competition_mark", args=[found["Ash"].pk])).status_code == 403
    )
    assert not Event.objects.filter(verb="packages.offersubmission.opened").exists()


def test_a_conflict_with_one_leaves_the_others_to_be_marked(world, opened):
    call_off, found = opened
    world.declared(call_off, world.buyer, conflicts_with=["Ash"])
    read = offers.open_offer(last_submission(found["Beech"]), by=world.buyer)
    assert read["answers"] == ANSWERS
    [event] = Event.objects.filter(verb="packages.offersubmission.opened")
    assert event.by == world.buyer


def test_a_conflict_with_any_that_offered_bars_from_the_decision(client, world, opened):
    call_off, found = opened
    world.declared(call_off, world.marker)
    for offer in found.values():
        world.marked(offer, 4, 4, by=world.marker)
    world.declared(call_off, world.buyer, conflicts_with=["Ash"])
    for decide in (
        lambda: marking.rank(call_off, by=world.buyer),
        lambda: marking.express(
            call_off, offer=found["Beech"], capacity="person", why="Said so", by=world.buyer
        ),
        lambda: marking.award(call_off, why="Said so", by=world.buyer),
        lambda: marking.award_nothing(call_off, why="Said so", by=world.buyer),
    ):
        with pytest.raises(PermissionDenied):
            decide()
    world.declared(call_off, world.buyer)
    assert marking.rank(call_off, by=world.buyer)
    world.declared(call_off, world.buyer, conflicts_with=["Ash"])
    client.force_login(world.buyer)
    page = words(client.get(reverse("packages:competition", args=[call_off.pk])))
    assert "£180.00" not in page
