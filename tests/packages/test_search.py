"""The register searched for a package: facets, prices, reasons, the comparison."""

import re
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
    assert ("Enter a number from 0.01 to 999" in words(page)) == bool(quantity)
    assert f'name="quantity" inputmode="decimal" value="{quantity}"' in re.sub(
        r' aria-[a-z]+="[^"]*"', "", page.content.decode()
    )


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
    assert "Thanet Yes No Autistic people Yes No A price for the whole pattern Yes Yes" in page
    column = client.get(compare).context["columns"][0][0]
    assert client.post(column.compare_url).url == compare
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


def test_what_fits_the_package_comes_first_then_places_then_price(world):
    """The needs outweigh places, places the price; those that differ in nothing keep their order
    from page to page."""
    place, group = world.package.locality, world.package.client_group

    def offer(name, pounds="20.00", fits=True, places=None, days_ago=0, lot=world.lot):
        made = ServiceFactory(
            scheme=world.scheme,
            organisation=OrganisationFactory(name=f"{name} Trust"),
            name=name,
            lot=lot,
            lot__pounds=pounds,
            vacancies=places,
            vacancies_confirmed_at=None if places is None else NOON - DAY * days_ago,
        )
        if fits:
            made.localities.add(place)
            made.client_groups.add(group)
        return made

    offer("A elsewhere, cheap, free", "1.00", fits=False, places=3)
    offer("B fits, full", "10.00", places=0)
    offer("C fits, free, dear", "40.00", places=1)
    offer("D fits, free", "30.00", places=2, days_ago=30)
    offer("E fits, said long ago", "19.00", places=9, days_ago=31)
    suspended = offer("F fits, suspended", "5.00", places=4)
    admissions.suspend(
        Admission.objects.get(organisation=suspended.organisation),
        by=world.commissioner,
        why="Safeguarding",
    )
    rateless = offer("G fits, no rate", None, places=5)
    rateless.client_groups.clear()
    expected = [
        "D fits, free",
        "C fits, free, dear",
        "E fits, said long ago",
        "Cook together",
        "B fits, full",
        "F fits, suspended",
        "A elsewhere, cheap, free",
        "G fits, no rate",
        "Lantern table",
    ]
    assert names(find(world, package=world.package.pk)) == expected
    for _ in range(8):
        offer("Same name", "90.00", fits=False)
    pages = [find(world, package=world.package.pk, page=number) for number in (1, 2)]
    shown = [card.service for page in pages for card in page.context["cards"]]
    assert len(shown) == len(set(shown)) == 17
    same = [service.pk for service in shown if service.name == "Same name"]
    assert same == sorted(same)


def test_a_service_with_more_of_the_pattern_priced_comes_first(world):
    few = world.lot.tiers.get(key="few")
    world.package.pattern.create(position=2, unit="half_day", quantity=2, supported=3)
    rate_of(world.dear, few, "30.00", unit="half_day")
    world.dear.localities.add(world.package.locality)
    world.dear.client_groups.add(world.package.client_group)
    page = find(world, package=world.package.pk)
    assert names(page) == ["Lantern table", "Cook together"]
    assert [card.cost for card in page.context["cards"]] == [Decimal("164.00"), None]
    shown = words(page)
    assert "Half day, Small group" in shown
    assert "no agreed rate: Half day" in shown
    typed = find(world, quantity="2", unit="half_day", supported="3")
    assert names(typed) == ["Lantern table", "Cook together"]
    assert "Best fit first: priced in full" in words(typed)


def test_a_package_is_searched_for_in_its_own_scheme(world):
    other = ServiceFactory(lot__pounds="20.00")
    other.scheme.partners.add(world.authority)
    page = find(world, package=world.package.pk, scheme=other.scheme.pk)
    assert page.context["scheme"] == world.scheme
