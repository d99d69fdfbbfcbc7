"""Rule 6. A practitioner sees the packages of the teams where they hold the role, of the rest of
the authority counts only; a broker those referred to them; a neighbour nothing; a provider the
orders that were sent to it."""

import pytest
import time_machine
from django.urls import reverse

from packages.models import PackageState
from tests.factories import NOON, OrganisationFactory, PackageFactory, owner_of
from tests.packages.world import build, ordered, signed_in
from tests.providers.pages import words

pytestmark = pytest.mark.django_db

WITHIN = ("package", "package_about", "package_need", "package_pattern", "package_check", "choose")


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def world():
    world = build()
    world.theirs = PackageFactory(
        team=world.east, scheme=world.scheme, made_by=world.other_team, need="PLANTED-NEED"
    )
    return world


def test_a_practitioner_sees_the_packages_of_their_teams_and_of_the_rest_counts_alone(world):
    PackageFactory(team=world.east, scheme=world.scheme, state=PackageState.CLOSED)
    page = signed_in(world.practitioner).get(reverse("packages:packages"))
    assert [row.record for row in page.context["table"].rows] == [world.package]
    assert page.context["elsewhere"] == [{"team__name": "East", "number": 1}]
    body = page.content.decode()
    for planted in (world.theirs.reference, str(world.theirs.pk), "PLANTED-NEED"):
        assert planted not in body


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", WITHIN)
@pytest.mark.parametrize("who", ["practitioner", "broker", "neighbour", "owner", "commissioner"])
def test_no_page_of_another_teams_package_is_there(world, who, name, method):
    url = reverse(f"packages:{name}", args=[world.theirs.pk])
    assert getattr(signed_in(getattr(world, who)), method)(url).status_code == 404
    assert getattr(signed_in(world.other_team), method)(url).status_code in (200, 302, 422)


def test_a_search_is_never_priced_for_another_teams_package(world):
    asked = {"package": world.theirs.pk}
    for name in ("packages:search", "packages:compare"):
        page = signed_in(world.practitioner).get(reverse(name), asked)
        assert page.context["wanted"].package is None
        assert world.theirs.reference not in page.content.decode()


def test_a_broker_sees_the_packages_that_were_referred_to_them(world):
    world.theirs.broker = world.broker
    world.theirs.save()
    page = signed_in(world.broker).get(reverse("packages:packages"))
    assert [row.record for row in page.context["table"].rows] == [world.theirs]


@pytest.mark.parametrize(
    ("who", "number"),
    [("auditor", 2), ("budget_holder", 1), ("other_team", 1), ("neighbour", 0)],
)
def test_who_else_sees_packages(world, who, number):
    page = signed_in(getattr(world, who)).get(reverse("packages:packages"))
    assert len(page.context["table"].rows) == number


@pytest.mark.parametrize("who", ["finance", "commissioner"])
def test_who_has_no_list_of_packages(world, who):
    client = signed_in(getattr(world, who))
    assert client.get(reverse("packages:packages")).status_code == 403


def test_a_provider_sees_the_orders_that_were_sent_to_it_and_no_others(world):
    placement = ordered(world)
    rival = signed_in(world.rival)
    for name in ("order", "order_accept", "order_refuse", "order_pdf", "placement"):
        url = reverse(f"packages:{name}", args=[placement.pk])
        assert rival.get(url).status_code == rival.post(url).status_code == 404
    assert placement.order_number not in words(rival.get(reverse("packages:orders")))
    assert placement.order_number in words(signed_in(world.owner).get(reverse("packages:orders")))


def test_a_provider_sees_its_own_rates_and_nobody_elses(world):
    rival = signed_in(owner_of(OrganisationFactory()))
    for name in ("service", "service_edit", "service_vacancies", "service_close"):
        url = reverse(f"providers:{name}", args=[world.service.pk])
        assert rival.get(url).status_code == rival.post(url).status_code == 403
        assert signed_in(world.owner).get(url).status_code == 200
    public = rival.get(reverse("register_service", args=[world.service.pk]))
    assert "20.00" not in words(public)
