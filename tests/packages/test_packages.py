"""Packages: begun in steps, read by their team, handed on, closed."""

from decimal import Decimal

import pytest
import time_machine
from django.core import mail
from django.urls import reverse

from dps.actions import Refused
from dps.models import Role
from packages.actions import packages
from packages.models import Identity, Package
from tests.factories import NOON, PackageFactory, staff
from tests.packages.world import build, chosen, signed_in
from tests.providers.pages import errors_of, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def world():
    return build()


def about(world, **changed):
    return {
        "legal_basis": "care_act",
        "age_band": "18_25",
        "client_group": world.package.client_group.pk,
        "locality": world.package.locality.pk,
        "starts_on_day": "1",
        "starts_on_month": "8",
        "starts_on_year": "2026",
        "weekly_budget": "120.50",
        "payment_route": "council",
    } | changed


def test_a_practitioner_starts_a_package_step_by_step(world):
    """A task list says what is left; the answers are checked; then it is ready to place."""
    client = signed_in(world.practitioner)
    start = reverse("packages:package_start")
    wrong = client.post(start, about(world, weekly_budget="much", starts_on_month=""))
    assert set(errors_of(wrong)) == {"weekly_budget", "starts_on"}
    assert 'value="much"' in wrong.content.decode()
    response = client.post(start, about(world))
    package = Package.objects.exclude(pk=world.package.pk).get()
    assert response.url == reverse("packages:package", args=[package.pk])
    assert (package.team, package.state, package.weekly_budget) == (
        world.west,
        "draft",
        Decimal("120.50"),
    )
    page = words(client.get(response.url))
    assert "The need and the outcomes Not started" in page
    check = reverse("packages:package_check", args=[package.pk])
    missing = "the need, the outcomes, the pattern of a week, who the person is"
    assert missing in words(client.post(check))
    outcome = world.package.outcomes.get()
    parts = {
        "package_need": {"need": "Cooking, in a quiet room.", "outcomes": [outcome.pk]},
        "package_pattern": {
            "quantity-0": "2",
            "unit-0": "half_day",
            "weekday-0": "1",
            "supported-0": "3",
            "mode-0": "face_to_face",
        },
        "package_who": {"name": "Perpetua Lang", "family": "Ivo Lang"},
    }
    for name, said in parts.items():
        url = reverse(f"packages:{name.replace('who', 'identity')}", args=[package.pk])
        assert client.post(url, said).status_code == 302, name
    assert "2 half days on Tuesday, 3 people together" in words(client.get(check))
    assert client.post(check).status_code == 302
    package.refresh_from_db()
    assert package.state == "ready"


def test_a_pattern_with_a_mistake_keeps_what_was_typed_and_more_lines_are_added(world):
    client = signed_in(world.practitioner)
    url = reverse("packages:package_pattern", args=[world.package.pk])
    said = {"quantity-0": "a few", "unit-0": "hour", "mode-0": "face_to_face"}
    page = client.post(url, said)
    assert page.status_code == 422
    assert 'value="a few"' in page.content.decode()
    page = client.post(url, said | {"quantity-0": "3", "more": "1"})
    assert page.context["form"].rows == 4
    assert 'value="3"' in page.content.decode()
    assert client.post(url, said | {"quantity-0": "0"}).status_code == 422
    assert client.post(url, {}).status_code == 422
    assert world.package.pattern.get().quantity == 4


def test_a_reference_is_random(world):
    client = signed_in(world.practitioner)
    for _ in range(2):
        client.post(reverse("packages:package_start"), about(world))
    made = Package.objects.exclude(pk=world.package.pk).values_list("reference", flat=True)
    assert len(set(made)) == 2
    for reference in made:
        assert reference.startswith("P-")
        assert len(reference) == 8


def test_a_package_is_referred_to_a_broker_who_then_places_it(
    world, django_capture_on_commit_callbacks
):
    broker, page = signed_in(world.broker), reverse("packages:package", args=[world.package.pk])
    assert broker.get(page).status_code == 404
    client = signed_in(world.practitioner)
    url = reverse("packages:package_refer", args=[world.package.pk])
    assert client.post(url, {"broker": world.other_team.pk}).status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(url, {"broker": world.broker.pk}).status_code == 302
    assert [letter.to for letter in mail.outbox] == [[world.broker.email]]
    assert broker.get(page).status_code == 200
    assert chosen(world, by=world.broker).chosen_by == world.broker


def test_a_package_that_is_placed_stays_as_it_is(world):
    chosen(world)
    need = reverse("packages:package_need", args=[world.package.pk])
    said = {"need": "Something else", "outcomes": [world.package.outcomes.get().pk]}
    page = signed_in(world.practitioner).post(need, said)
    assert "This package is placed" in words(page)
    with pytest.raises(Refused, match="Its placement still runs"):
        packages.close(world.package, why="No longer needed", by=world.practitioner)


def test_a_closed_package_says_why(world):
    client = signed_in(world.practitioner)
    url = reverse("packages:package_close", args=[world.package.pk])
    assert client.post(url, {"why": ""}).status_code == 422
    assert client.post(url, {"why": "Found a job"}).status_code == 302
    page = words(client.get(reverse("packages:package", args=[world.package.pk])))
    assert "Found a job" in page


def test_a_practitioner_of_all_teams_sees_the_packages_of_all(world):
    everywhere = staff(world.authority, Role.PRACTITIONER)
    PackageFactory(team=world.east, scheme=world.scheme)
    page = signed_in(everywhere).get(reverse("packages:packages"))
    assert len(page.context["table"].rows) == 2
    assert page.context["elsewhere"] == []


def test_who_it_is_for_is_written_again_at_a_new_revision(world):
    client = signed_in(world.practitioner)
    url = reverse("packages:package_identity", args=[world.package.pk])
    assert "Winifred Marlowe-Tate" in client.get(url).content.decode()
    born = {"born_on_day": "3", "born_on_month": "2", "born_on_year": "2103"}
    refused = client.post(url, {"name": "Winifred", "nhs_number": "943 476 5918", **born})
    assert refused.status_code == 422
    assert errors_of(refused) == {
        "born_on": ["Date of birth must be today or earlier"],
        "nhs_number": ["NHS number must be ten figures, the last of which fits"],
    }
    assert client.post(url, {"name": "Winifred Marlowe"}).status_code == 302
    assert Identity.objects.get().revision == 2
    page = client.get(reverse("packages:identity", args=[Identity.objects.get().pk]))
    assert "Winifred Marlowe-Tate" not in page.content.decode()


def test_the_list_asks_as_much_for_three_packages_as_for_one(world, django_assert_num_queries):
    client = signed_in(world.practitioner)
    url = reverse("packages:packages")
    with django_assert_num_queries(QUERIES):
        client.get(url)
    PackageFactory.create_batch(2, team=world.west, scheme=world.scheme)
    with django_assert_num_queries(QUERIES):
        page = client.get(url)
    assert len(page.context["table"].rows) == 3


QUERIES = 8
