"""What stands around the queue of one's first page."""

from datetime import date, datetime

import pytest
import time_machine
from django.urls import reverse

from dps.clock import UK
from dps.home.beside import around, newest
from dps.models import Excepted, Role
from tests.factories import staff
from tests.packages.test_spend import placed
from tests.packages.world import build, signed_in

pytestmark = pytest.mark.django_db
TODAY = datetime(2026, 7, 1, 9, tzinfo=UK)


@pytest.fixture
def world():
    with time_machine.travel(TODAY, tick=False):
        yield build()


def titles(user):
    return {part["title"] for parts in around(user).values() for part in parts}


def test_everyone_sees_how_the_lots_stand_and_each_role_its_own(world):
    placed(world, world.west, date(2026, 4, 1), "70.00")
    administrator = staff(world.authority, Role.ADMINISTRATOR)
    assert titles(world.finance) == {"Spend", "Lots and rounds"}
    assert titles(world.practitioner) == {"Packages and placements", "Lots and rounds"}
    assert titles(world.budget_holder) == {"Packages and placements", "Spend", "Lots and rounds"}
    assert titles(world.auditor) == {"Newest exceptions", "Newest readings", "Lots and rounds"}
    assert titles(administrator) == {"People", "Newest roles", "Lots and rounds"}
    for user in (world.finance, world.auditor, administrator, world.budget_holder):
        assert signed_in(user).get(reverse("admin:index")).status_code == 200


def test_an_auditor_sees_exceptions_of_their_own_authority_alone(world):
    for at, package in ((1, world.package), (2, world.package)):
        Excepted.objects.create(
            at=TODAY.replace(hour=at),
            by=world.practitioner,
            subject_kind="packages.package",
            subject_id=package.pk,
            rule="a_rule",
            why="A reason",
        )
    other = staff(build().authority, Role.AUDITOR)
    hours = [each.at.astimezone(UK).hour for each in newest(world.auditor, Excepted.objects.all())]
    assert hours == [2, 1]
    assert newest(other, Excepted.objects.all()) == []
