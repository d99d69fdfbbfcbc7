"""Rule 9, of placements: the weekly cost is the sum of its lines as shown, each to the penny,
halves up; choice, order, register and lists agree."""

from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from dps.money import pounds
from lots.models import Unit
from packages.actions import packages, placements
from tests.factories import NOON, rate_of
from tests.packages.world import START, accepted, build, chosen, signed_in
from tests.providers.pages import words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def world():
    """Three lines whose exact costs end in half a penny, or more: £5.0025, £12.345 and £30.125."""
    world = build()
    one, few = world.lot.tiers.get(key="one"), world.lot.tiers.get(key="few")
    rate_of(world.service, one, "20.01", from_on=NOON.date())
    rate_of(world.service, few, "8.23", unit=Unit.HALF_DAY)
    rate_of(world.service, one, "60.25", unit=Unit.DAY)
    lines = [("hour", "0.25", 1), ("half_day", "1.5", 3), ("day", "0.5", 1)]
    packages.set_pattern(
        world.package,
        lines=[
            {"unit": unit, "quantity": Decimal(n), "supported": people, "mode": "face_to_face"}
            for unit, n, people in lines
        ],
        by=world.practitioner,
    )
    return world


COSTS = ["5.00", "12.35", "30.13"]
SUM = Decimal("47.48")  # £47.47 were the exact costs summed first


def test_a_placement_costs_the_sum_of_its_lines_to_the_penny(world):
    client = signed_in(world.practitioner)
    found = client.get(reverse("packages:search"), {"package": world.package.pk})
    term = chosen(world).terms.get()
    assert [line["cost"] for line in term.lines] == COSTS
    assert term.weekly_cost == SUM == sum(Decimal(line["cost"]) for line in term.lines)
    assert found.context["cards"][0].cost == SUM


def test_the_order_and_the_lists_say_the_same_sum(world):
    placement = accepted(world)
    for user, name, ids in (
        (world.owner, "packages:order", [placement.pk]),
        (world.owner, "packages:orders", []),
        (world.practitioner, "packages:placement", [placement.pk]),
        (world.finance, "packages:placements", []),
    ):
        assert pounds(SUM) in words(signed_in(user).get(reverse(name, args=ids))), name


def test_changed_terms_are_summed_alike(world, clock):
    placement = accepted(world)
    clock.move_to(START)
    placements.start(placement, by=world.practitioner)
    term = placements.change_terms(
        placement,
        units=[Decimal("0.5"), Decimal(0), Decimal("1.25")],
        from_on=START.date(),
        why="More days",
        by=world.practitioner,
    )
    assert [(line["units"], line["cost"]) for line in term.lines] == [
        ("0.5", "10.01"),
        ("1.25", "75.31"),
    ]
    assert term.weekly_cost == Decimal("85.32")
