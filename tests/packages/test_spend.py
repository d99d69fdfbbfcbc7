"""What placements cost in a financial year, by whom it may be seen."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from dps.clock import UK
from dps.models import Directorate, Role
from packages.models import Placement, PlacementState, PlacementTerm
from packages.queries import spend
from tests.factories import OrganisationFactory, PackageFactory, TeamFactory, staff
from tests.packages.world import build, signed_in

pytestmark = pytest.mark.django_db

TODAY = datetime(2026, 7, 1, 9, tzinfo=UK)
APRIL = date(2026, 4, 1)


@pytest.fixture
def world():
    world = build()
    world.children = TeamFactory(
        authority=world.authority, name="Transition", directorate=Directorate.CHILDREN
    )
    return world


def placed(world, team, starts_on, weekly, *, lot=None, ends_on=None, state="started", more=()):
    """A placement with its terms: `more` are (from, pounds a week) that follow the first."""
    package = PackageFactory(
        team=team, scheme=world.scheme, made_by=world.practitioner, state="placed"
    )
    placement = Placement.objects.create(
        package=package,
        organisation=OrganisationFactory(),
        lot=lot,
        payment_route="council",
        state=state,
        starts_on=starts_on,
        ends_on=ends_on,
        why="Agreed",
        chosen_at=TODAY,
        chosen_by=world.practitioner,
    )
    for number, (from_on, pounds) in enumerate([(starts_on, weekly), *more], 1):
        PlacementTerm.objects.create(
            placement=placement,
            number=number,
            from_on=from_on,
            lines=[],
            weekly_cost=Decimal(pounds),
            set_at=TODAY,
            set_by=world.practitioner,
        )
    return placement


def said(rows):
    return {row.label: (row.placements, row.this, row.before) for row in rows}


def test_a_year_is_the_sum_of_each_weekly_cost_for_its_days(world):
    """By hand, from 1 April to 1 July: 92 days."""
    # 70 a week from before the year: 92 days at 10; the year before, from 2 March to 31 March: none
    # of 1 April to 1 July 2025
    placed(world, world.west, date(2026, 3, 2), "70.00", lot=world.lot)
    # 100 a week for 10 days of April (142.857...), then 105 for 4 (60.00), then it ended
    placed(
        world,
        world.west,
        date(2026, 4, 1),
        "100.00",
        ends_on=date(2026, 4, 14),
        state=PlacementState.ENDED,
        more=[(date(2026, 4, 11), "105.00")],
    )
    # off the scheme, all of last year and this: 92 days at 1 in both
    placed(world, world.children, date(2024, 4, 1), "7.00")
    # corrected from the same day: only the last counts, 92 days at 3
    placed(world, world.children, date(2026, 4, 1), "700.00", more=[(APRIL, "21.00")])
    # not begun, or never started: nothing
    placed(world, world.west, date(2026, 7, 2), "700.00", lot=world.lot)
    placed(world, world.west, date(2026, 5, 1), "700.00", state=PlacementState.CANCELLED)

    found = spend.tables(world.finance, APRIL, TODAY.date())

    (_, _, directorates), (_, _, lots), (_, _, teams) = found["tables"]
    west = Decimal("920.00") + Decimal("142.86") + Decimal("60.00")
    assert said(directorates) == {
        "Adults": (2, west, 0),
        "Children": (2, Decimal("368.00"), Decimal("92.00")),
    }
    assert said(lots) == {
        f"Lot A: {world.lot.title}": (1, Decimal("920.00"), 0),
        "Off the scheme": (3, Decimal("570.86"), Decimal("92.00")),
    }
    assert said(teams) == {
        "Transition": (2, Decimal("368.00"), Decimal("92.00")),
        "West": (2, west, 0),
    }
    assert said(found["total"]) == {"Total": (4, Decimal("1490.86"), Decimal("92.00"))}
    assert found["total"][0].more == "+£1,398.86"


def test_a_whole_year_that_is_over_and_its_leap_day(world):
    """2023 to 2024 has 366 days, the year before 365."""
    placed(world, world.west, date(2022, 1, 1), "7.00", lot=world.lot)
    found = spend.tables(world.finance, date(2023, 4, 1), date(2024, 3, 31))
    assert said(found["total"]) == {"Total": (1, Decimal("366.00"), Decimal("365.00"))}


def test_who_sees_the_spend_of_which_teams(world):
    placed(world, world.west, APRIL, "70.00")
    placed(world, world.east, APRIL, "7.00")

    def teams(user):
        return list(said(spend.tables(user, APRIL, TODAY.date())["tables"][2][2]))

    manager = staff(world.authority, Role.CONTRACT_MANAGER)
    for user in (world.finance, world.commissioner, world.auditor, manager):
        assert teams(user) == ["East", "West"]
    assert teams(world.budget_holder) == ["West"]
    for user in (world.practitioner, world.broker, world.neighbour, world.owner):
        assert teams(user) == []


@time_machine.travel(TODAY, tick=False)
def test_the_page_shows_a_year_that_is_asked_for(world):
    placed(world, world.west, date(2025, 3, 1), "7.00", lot=world.lot)
    page = signed_in(world.finance).get(reverse("admin:spend"))
    assert page.status_code == 200
    assert "To Wednesday 1 July 2026" in page.text
    assert "£92.00" in page.text
    last = signed_in(world.finance).get(reverse("admin:spend"), {"year": "2024"})
    assert "Spend, 2024 to 2025" in last.text
    assert "£31.00" in last.text
    for unknown in ("2023", "2027", "words"):
        asked = signed_in(world.finance).get(reverse("admin:spend"), {"year": unknown})
        assert "Spend, 2026 to 2027" in asked.text


@time_machine.travel(TODAY, tick=False)
def test_the_page_is_for_those_who_pay_and_oversee(world):
    for user in (world.finance, world.commissioner, world.auditor, world.budget_holder):
        assert signed_in(user).get(reverse("admin:spend")).status_code == 200
    for user in (world.practitioner, world.broker):
        assert signed_in(user).get(reverse("admin:spend")).status_code == 403


@time_machine.travel(TODAY, tick=False)
def test_the_page_asks_as_much_for_five_placements_as_for_one(world, django_assert_num_queries):
    placed(world, world.west, APRIL, "70.00", lot=world.lot)
    client = signed_in(world.finance)
    client.get(reverse("admin:spend"))
    with django_assert_num_queries(QUERIES):
        client.get(reverse("admin:spend"))
    for team in (world.west, world.east, world.children):
        placed(world, team, APRIL - timedelta(days=400), "70.00")
    with django_assert_num_queries(QUERIES):
        client.get(reverse("admin:spend"))


QUERIES = 10
