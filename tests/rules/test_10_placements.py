"""Rule 10, of placements: the tick starts and ends each once, however often it runs."""

from datetime import timedelta

import pytest
import time_machine

from dps.models import Event
from packages.actions import orders, placements
from packages.models import Placement
from packages.tasks import finish_placements, start_placements
from providers.models import Admission
from tests.factories import NOON
from tests.packages.world import START, accepted, build, ordered

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def world():
    return build()


def states():
    return list(Placement.objects.values_list("state", flat=True))


def count(verb):
    return Event.objects.filter(verb=verb).count()


def test_the_tick_starts_what_was_accepted_on_its_day_once(world, clock):
    accepted(world)
    clock.move_to(START - timedelta(days=1))
    start_placements()
    assert states() == ["accepted"]
    clock.move_to(START)
    start_placements()
    start_placements()
    assert states() == ["started"]
    assert count("packages.placement.started") == 1
    assert count("packages.placements.start refused") == 0


def test_a_tick_that_was_missed_starts_it_late(world, clock):
    accepted(world)
    clock.move_to(START + timedelta(days=9))
    start_placements()
    assert states() == ["started"]


def test_the_tick_starts_nothing_that_was_not_accepted_or_has_no_agreement_in_force(world, clock):
    """And puts no refusal on record, tick by tick: it starts once the agreement is in force."""
    ordered(world)
    clock.move_to(START)
    start_placements()
    assert states() == ["ordered"]
    Admission.objects.update(agreement_from=START.date() + timedelta(days=2))
    orders.accept(Placement.objects.get(), by=world.owner)
    start_placements()
    assert states() == ["accepted"]
    assert count("packages.placements.start refused") == 0
    clock.move_to(START + timedelta(days=2))
    start_placements()
    assert states() == ["started"]


def test_the_tick_ends_what_ran_to_its_last_day_once(world, clock):
    placement = accepted(world)
    clock.move_to(START)
    placements.start(placement, by=world.practitioner)
    last = START.date() + timedelta(days=3)
    placements.end(placement, ends_on=last, why="Moves away", by=world.practitioner)
    for days, state in [(3, "started"), (4, "ended"), (5, "ended")]:
        clock.move_to(START + timedelta(days=days))
        finish_placements()
        assert states() == [state]
    assert count("packages.placement.ended") == 1
    world.package.refresh_from_db()
    assert world.package.state == "ready"
