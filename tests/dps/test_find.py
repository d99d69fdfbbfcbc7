"""The box at the top of the workplace: a record is found by part of its name or reference, by those
who may see it."""

import pytest
from django.urls import reverse

from tests.factories import AdmissionFactory, AuthorityFactory, OrganisationFactory, staff
from tests.packages.world import build, signed_in
from tests.providers.pages import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return build()


def found(user, sought):
    response = signed_in(user).get(reverse("admin:find"), {"q": sought})
    return response.url if response.status_code == 302 else words(response)


def admitted(world, *names):
    return [
        AdmissionFactory(
            scheme=world.scheme, lot=world.lot, organisation=OrganisationFactory(name=name)
        )
        for name in names
    ]


def test_what_is_found_is_named_with_its_kind_and_its_state(world):
    admitted(world, "Harbour House", "Harbour Lights")
    page = found(world.commissioner, "harbour")
    assert "Harbour House on " in page
    assert "Cook together" in page  # a service of Harbour Kitchen Trust
    assert "Admissions" in page
    assert "Admitted" in page
    assert "Rival Care" not in page


def test_the_only_one_found_is_opened(world):
    [only] = admitted(world, "Copper Beech")
    address = reverse("admin:providers_admission_change", args=[only.pk])
    assert found(world.commissioner, "copper b") == address
    page = reverse("packages:package", args=[world.package.pk])
    assert found(world.practitioner, world.package.reference.lower()) == page


def test_nobody_finds_what_they_may_not_see(world):
    admitted(world, "Copper Beech")
    stranger = staff(AuthorityFactory(), "contract_manager")
    nothing = "Nothing was found"
    assert nothing in found(world.other_team, world.package.reference)
    assert nothing in found(world.commissioner, world.package.reference)
    assert nothing in found(stranger, world.service.name + "x")
    assert nothing in found(world.commissioner, "%")
    assert nothing not in found(world.commissioner, "Beech")


def test_without_words_it_says_what_can_be_found(world):
    page = found(world.commissioner, "  ")
    assert "Write what you look for" in page
    assert "Nothing was found" not in page


def test_more_than_ten_of_a_kind_are_on_its_list(world):
    admitted(world, *(f"Alder {n}" for n in range(11)))
    client = signed_in(world.commissioner)
    page = client.get(reverse("admin:find"), {"q": "alder"})
    listed = f"{reverse('admin:providers_admission_changelist')}?q=alder"
    assert listed in page.content.decode()
    assert words(page).count("Alder ") == 10
    assert words(client.get(listed)).count("Alder ") == 11


@pytest.mark.parametrize("several", [1, 3])
def test_it_asks_as_much_for_three_as_for_one(world, several, django_assert_num_queries):
    admitted(world, "Alder A", *(f"Alder {n}" for n in range(1, several)), "Alder Z")
    client = signed_in(world.commissioner)
    with django_assert_num_queries(30):
        client.get(reverse("admin:find"), {"q": "alder"})
