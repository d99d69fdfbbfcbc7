"""The register searched for a package: facets, prices, reasons, the comparison."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from lots.models import Activity, Locality
from providers.actions import admissions
from providers.models import Admission
from tests.factories import NOON, OrganisationFactory, ServiceFactory, rate_of
from tests.packages.world import build, signed_in
from tests.providers.pages import words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def world():
    world = build()
    world.dear = ServiceFactory(
        scheme=world.scheme,
        organisation=OrganisationFactory(name="Marsh Lantern"),
        name="Lantern table",
        description="Gardening in small groups",
        lot=world.lot,
        lot__pounds="26.00",
    )
    return world


def find(world, user=None, **asked):
    return signed_in(user or world.practitioner).get(reverse("packages:search"), asked)


def names(page):
    return [card.name for card in page.context["cards"]]


def test_each_service_shows_the_price_of_the_packages_pattern_against_its_budget(world):
    page = find(world, package=world.package.pk)
    costs = {card.name: card.cost for card in page.context["cards"]}
    assert costs == {"Cook together": Decimal("80.00"), "Lantern table": Decimal("104.00")}
    shown = words(page)
    assert "£80.00 a week; £20.00 under budget" in shown
    assert "£104.00 a week; £4.00 over budget" in shown
    assert "Does not match: not in Thanet" in shown


def test_a_price_is_that_of_the_day_the_support_starts(world):
    rate_of(world.service, world.lot.tiers.get(key="one"), "21.25", from_on=NOON.date() + DAY * 14)
    rate_of(world.service, world.lot.tiers.get(key="one"), "99.00", from_on=NOON.date() + DAY * 15)
    card = find(world, package=world.package.pk).context["cards"][0]
    assert card.cost == Decimal("85.00")
    typed = find(world, quantity="4", unit="hour", supported="1")
    assert typed.context["cards"][0].cost == Decimal("80.00")


DAY = timedelta(days=1)


@pytest.mark.parametrize("quantity", ["x", "-1", "1e99", "NaN", ""])
def test_a_pattern_that_makes_no_sense_prices_nothing(world, quantity):
    page = find(world, quantity=quantity, unit="hour")
    assert page.status_code == 200
    assert [card.cost for card in page.context["cards"]] == [None, None]


def test_what_has_no_rate_is_said_in_place_of_a_price(world):
    page = find(world, quantity="2", unit="half_day", supported="3")
    assert "no agreed rate: Half day, 3 people supported together" in words(page)
    assert page.context["cards"][0].cost is None


def test_facets_narrow_and_count_what_each_choice_would_leave(world):
    cooking = Activity.objects.create(scheme=world.scheme, key="cook", title="Cooking")
    dover = Locality.objects.create(
        scheme=world.scheme, key="dover", title="Dover", column=5, row=1
    )
    world.service.activities.add(cooking)
    world.dear.localities.add(dover, world.package.locality)
    page = find(world)
    counts = {
        facet.field: {option.label: option.count for option in facet.options}
        for facet in [*page.context["facets"], page.context["districts"]]
    }
    assert counts == {
        "lot": {"A One to one": 2},
        "activity": {"Cooking": 1},
        "locality": {"Thanet": 2, "Dover": 1},
        "client_group": {"Autistic people": 1},
        "mode": {"Face to face": 2, "Virtual or remote": 0},
        "tier": {"One to one": 2, "Small group": 0},
    }
    assert names(find(world, activity=cooking.pk)) == ["Cook together"]
    assert names(find(world, locality=dover.pk)) == ["Lantern table"]
    assert names(find(world, activity=cooking.pk, locality=dover.pk)) == []
    assert names(find(world, mode="virtual")) == []
    assert names(find(world, tier="one", lot=world.lot.pk)) == ["Cook together", "Lantern table"]
    chosen = find(world, activity=cooking.pk)
    assert {o.label: o.count for o in chosen.context["districts"].options} == {
        "Thanet": 1,
        "Dover": 0,
    }
    assert [area.url for area in chosen.context["areas"] if area.name == "Dover"] == [
        f"?activity={cooking.pk}&locality={dover.pk}"
    ]


def test_words_are_looked_for_in_names_and_descriptions_best_fit_first(world):
    page = find(world, words="gardening groups")
    assert names(page) == ["Lantern table"]
    assert "“ Gardening in small groups ”".replace(" ", "") in words(page).replace(" ", "")
    assert names(find(world, words="marsh")) == ["Lantern table"]
    assert names(find(world, words="cook lantern")) == ["Cook together", "Lantern table"]
    assert names(find(world, words="' OR 1=1 --")) == []


def test_a_suspension_is_flagged_and_a_provider_taken_off_is_not_found(world):
    first, second = Admission.objects.order_by("organisation__name")
    admissions.suspend(second, by=world.commissioner, why="Safeguarding")
    assert "Suspended: no new placements" in words(find(world))
    admissions.remove(first, by=world.commissioner, why="Left the trade")
    assert names(find(world)) == ["Lantern table"]


def test_four_services_are_compared_on_one_pattern(world):
    client = signed_in(world.practitioner)
    search = reverse("packages:search") + f"?package={world.package.pk}"
    for card in client.get(search).context["cards"]:
        response = client.post(card.compare_url)
        assert response.url == search
    compare = client.get(search).context["compare_url"]
    page = words(client.get(compare))
    assert "Compare 2 services" in page
    assert "A week £80.00 £104.00" in page
    assert "Hour, One to one 4 at £20.00 = £80.00 4 at £26.00 = £104.00" in page
    assert "£20.00 under budget £4.00 over budget" in page
    first = client.get(search).context["cards"][0]
    client.post(first.compare_url)
    assert "Compare 1 service" in words(client.get(compare))


def test_the_page_of_a_service_prices_the_package_and_leads_to_the_choice(world):
    page = signed_in(world.practitioner).get(
        reverse("packages:service", args=[world.service.pk]), {"package": world.package.pk}
    )
    assert "£80.00" in words(page)
    assert f"/packages/{world.package.pk}/choose/?service={world.service.pk}" in str(page.content)


@pytest.mark.parametrize("who", ["owner", "rival", "neighbour"])
def test_prices_are_for_the_schemes_staff_alone(world, who):
    client = signed_in(getattr(world, who))
    status = client.get(reverse("packages:service", args=[world.service.pk])).status_code
    assert status == 403
    if who == "neighbour":
        page = client.get(reverse("packages:search"), {"quantity": "4", "unit": "hour"})
        assert "£80.00" not in words(page)


def test_the_search_asks_as_much_for_three_services_as_for_one(world, django_assert_num_queries):
    client = signed_in(world.practitioner)
    asked = {"package": world.package.pk, "words": "cook"}
    with django_assert_num_queries(QUERIES):
        client.get(reverse("packages:search"), asked)
    for n in range(2):
        ServiceFactory(scheme=world.scheme, name=f"Cook {n}", lot=world.lot)
    with django_assert_num_queries(QUERIES):
        page = client.get(reverse("packages:search"), asked)
    assert len(page.context["cards"]) == 3


QUERIES = 25
