"""Rule 6. A practitioner sees the packages of the teams where they hold the role, of the rest of
the authority counts only; a broker those referred to them; a neighbour nothing; a provider the
orders that were sent to it."""

import pytest
import time_machine
from django.db import transaction
from django.urls import resolve, reverse

from packages.models import Package, PackageState
from tests.access.conftest import Visitor
from tests.factories import NOON, OrganisationFactory, PackageFactory, owner_of
from tests.packages.world import build, ordered, signed_in
from tests.providers.pages import words

pytestmark = pytest.mark.django_db

WITHIN = ("package", "package_about", "package_need", "package_pattern", "package_check", "choose")


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """For all tests: what one of them writes, it undoes."""
    with django_db_blocker.unblock(), transaction.atomic():
        with time_machine.travel(NOON, tick=False):
            world = build()
            world.theirs = PackageFactory(
                team=world.east, scheme=world.scheme, made_by=world.other_team, need="PLANTED-NEED"
            )
        yield world
        transaction.set_rollback(True)


def visitor(user) -> Visitor:
    visitor = Visitor()
    visitor.force_login(user)
    return visitor


def assert_kept_from(visitor, url, status=404):
    """Neither read nor sent a form; what takes no form is as it is for anyone: only read."""
    sent = status if resolve(url).func.posts else 405
    found = visitor.get(url).status_code, visitor.post(url).status_code
    assert found == (status, sent), url


def test_a_practitioner_sees_the_packages_of_their_teams_and_of_the_rest_counts_alone(world):
    PackageFactory(team=world.east, scheme=world.scheme, state=PackageState.CLOSED)
    page = signed_in(world.practitioner).get(reverse("packages:packages"))
    assert [row.record for row in page.context["table"].rows] == [world.package]
    assert page.context["elsewhere"] == [{"team__name": "East", "number": 1}]
    body = page.content.decode()
    for planted in (world.theirs.reference, str(world.theirs.pk), "PLANTED-NEED"):
        assert planted not in body


@pytest.mark.parametrize("name", WITHIN)
@pytest.mark.parametrize("who", ["practitioner", "broker", "neighbour", "owner", "commissioner"])
def test_no_page_of_another_teams_package_is_there(world, who, name):
    url = reverse(f"packages:{name}", args=[world.theirs.pk])
    assert_kept_from(visitor(getattr(world, who)), url)


@pytest.mark.parametrize("name", WITHIN)
def test_every_page_of_a_package_is_there_for_its_team(world, name):
    url, theirs = reverse(f"packages:{name}", args=[world.theirs.pk]), visitor(world.other_team)
    assert theirs.get(url).status_code in (200, 302)
    assert theirs.post(url).status_code in ((200, 302, 422) if resolve(url).func.posts else (405,))


def test_a_search_is_never_priced_for_another_teams_package(world):
    asked = {"package": world.theirs.pk}
    for name in ("packages:search", "packages:compare"):
        page = signed_in(world.practitioner).get(reverse(name), asked)
        assert page.context["wanted"].package is None
        assert world.theirs.reference not in page.content.decode()


def test_a_broker_sees_the_packages_that_were_referred_to_them(world):
    referred = Package.objects.get(pk=world.theirs.pk)
    referred.broker = world.broker
    referred.save()
    page = signed_in(world.broker).get(reverse("packages:packages"))
    assert [row.record for row in page.context["table"].rows] == [referred]


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
        assert_kept_from(rival, reverse(f"packages:{name}", args=[placement.pk]))
    assert placement.order_number not in words(rival.get(reverse("packages:orders")))
    assert placement.order_number in words(signed_in(world.owner).get(reverse("packages:orders")))


def test_a_provider_sees_its_own_rates_and_nobody_elses(world):
    rival = signed_in(owner_of(OrganisationFactory()))
    for name in ("service", "service_edit", "service_vacancies", "service_close"):
        url = reverse(f"providers:{name}", args=[world.service.pk])
        assert_kept_from(rival, url, 403)
        assert signed_in(world.owner).get(url).status_code == 200
    public = rival.get(reverse("register_service", args=[world.service.pk]))
    assert "20.00" not in words(public)
