"""What stands around the queue of one's first page."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from awards.models import Evaluation
from dps.calendar import working_days_after
from dps.clock import UK
from dps.home.beside import around, newest
from dps.home.deciding import median
from dps.models import Excepted, Role
from lots.models import AdmissionMode
from lots.queries.lots import calendar_of
from tests.factories import (
    LotFactory,
    OpenApplicationFactory,
    SchemeFactory,
    UserFactory,
    staff,
    submitted,
)
from tests.lots.world import bank_holidays
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


@pytest.mark.parametrize(
    ("taken", "said"), [([7], "7"), ([9, 4, 12], "9"), ([8, 9], "8.5"), ([3, 5, 5, 9], "5")]
)
def test_the_middle_of_what_was_taken_stands_for_a_month(taken, said):
    assert str(median(taken)) == said


def test_a_commissioner_sees_how_many_working_days_the_applications_of_a_month_took(client):
    bank_holidays()
    scheme = SchemeFactory()
    lot = LotFactory(scheme=scheme, key="2", mode=AdmissionMode.OPEN)
    person = staff(scheme.authority, Role.COMMISSIONER)
    monday = datetime(2026, 9, 7, 10, tzinfo=UK)
    for received, working_days in ((0, 4), (1, 6), (28, 9)):  # days after that Monday
        decided_open(lot, monday + timedelta(days=received), working_days)
    with time_machine.travel(monday + timedelta(days=60), tick=False):
        client.force_login(person)
        page = client.get(reverse("admin:index"))
        [chart] = page.context_data["charts"]
        assert (chart["title"], chart["limit"]) == ("Lot 2: working days to decide", 10)
        assert chart["rows"] == [("Sep", 5), ("Oct", 9)]
        assert "The limit is 10." in page.content.decode()
        client.force_login(staff(scheme.authority, Role.EVALUATOR))
        assert client.get(reverse("admin:index")).context_data["charts"] == []


def decided_open(lot, received_at, working_days):
    """An application to an open lot on which an outcome was recorded so many working days on."""
    application = submitted(OpenApplicationFactory, scheme=lot.scheme)
    evaluation = Evaluation.objects.create(
        application=application,
        submission=application.submissions.get(),
        lot=lot,
        size="small",
        received_at=received_at,
        started_at=received_at,
    )
    on = working_days_after(received_at.date(), working_days, calendar_of(lot.scheme))
    evaluation.outcomes.create(
        number=1, admits=True, at=received_at.replace(month=on.month, day=on.day), by=UserFactory()
    )
