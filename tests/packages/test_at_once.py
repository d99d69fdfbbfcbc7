"""Of several who move a package or a placement at once, one does and the others are told; of two
who want different things, one gets it."""

from functools import partial

import pytest
import time_machine

from packages.actions import orders, packages, placements
from packages.models import Package, Placement
from tests.factories import NOON
from tests.packages.world import BASIS, START, build, chosen
from tests.threads import one_of_six, one_of_two

pytestmark = pytest.mark.django_db(transaction=True)
WHY = {"why": "As the family asked"}
VERBS = {
    "ready": lambda w: packages.mark_ready(w.package, by=w.practitioner),
    "write again": lambda w: packages.write_again(w.package, by=w.practitioner),
    "close": lambda w: packages.close(w.package, by=w.practitioner, **WHY),
    "choose": chosen,
    "send": lambda w: orders.send(last(), by=w.practitioner),
    "accept": lambda w: orders.accept(last(), by=w.owner),
    "refuse": lambda w: orders.refuse(last(), by=w.owner, **WHY),
    "cancel": lambda w: orders.cancel(last(), by=w.practitioner, **WHY),
    "release": lambda w: placements.release(last(), lawful_basis=BASIS, by=w.practitioner),
    "start": lambda w: placements.start(last(), by=w.practitioner),
    "end": lambda w: placements.end(last(), ends_on=START.date(), by=w.practitioner, **WHY),
}
OF_PACKAGES = ("ready", "write again", "close", "choose")
# A life from verb to verb, and how the package and its placement stand after each.
ENDED = [
    ("ready", "ready", None),
    ("choose", "placed", "chosen"),
    ("send", "placed", "ordered"),
    ("accept", "placed", "accepted"),
    ("release", "placed", "accepted"),
    ("start", "placed", "started"),
    ("end", "ready", "ended"),
    ("close", "closed", "ended"),
]
REFUSED = [*ENDED[:3], ("refuse", "ready", "cancelled"), ("write again", "draft", "cancelled")]
CANCELLED = [*ENDED[:4], ("cancel", "ready", "cancelled")]


@pytest.fixture
def world():
    """A package that is being written, on the day the support starts."""
    with time_machine.travel(NOON, tick=False):
        built = build(state="draft")
    with time_machine.travel(START, tick=False):
        yield built


def last() -> Placement | None:
    return Placement.objects.order_by("chosen_at").last()


def states(world):
    made = last()
    return Package.objects.get(pk=world.package.pk).state, made and made.state


def live(world, *verbs):
    for verb in verbs:
        VERBS[verb](world)


@pytest.mark.parametrize("life", [ENDED, REFUSED, CANCELLED], ids=lambda life: life[-1][0])
def test_of_six_at_once_one_does_it_and_the_others_are_told(world, life):
    for verb, package, placement in life:
        held = world.package if verb in OF_PACKAGES else last()
        one_of_six(held, partial(VERBS[verb], world))
        assert states(world) == (package, placement)
        assert Placement.objects.count() == (placement is not None)


@pytest.mark.parametrize(
    ("before", "two", "either"),
    [
        (["ready"], ["choose", "close"], {("placed", "chosen"), ("closed", None)}),
        (["ready"], ["choose", "write again"], {("placed", "chosen"), ("draft", None)}),
        (
            ["ready", "choose", "send"],
            ["accept", "refuse"],
            {("placed", "accepted"), ("ready", "cancelled")},
        ),
        (
            ["ready", "choose", "send", "accept"],
            ["start", "cancel"],
            {("placed", "started"), ("ready", "cancelled")},
        ),
    ],
)
def test_of_two_who_want_different_things_at_once_one_gets_it(world, before, two, either):
    live(world, *before)
    one_of_two(last() or world.package, *(partial(VERBS[verb], world) for verb in two))
    assert states(world) in either
