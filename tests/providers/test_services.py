"""Services and rates of a draft: what a lot pays for, and nothing else."""

import pytest
import time_machine
from django.urls import reverse

from providers.actions import applications
from providers.models import Section
from tests.factories import member_of
from tests.providers.pages import errors_of, words
from tests.providers.world import BEFORE, said, section_of, service, started

pytestmark = pytest.mark.django_db
SENT = {
    "name": "Friday cooking",
    "description": "We cook together and eat it",
    "lots": ["A"],
    "modes": ["face_to_face"],
    "activities": ["cooking"],
    "localities": ["thanet", "dover"],
    "client_groups": ["autism"],
    "capacity": "6",
    "rate-A-one-hour-face_to_face": "18.50",
    "rate-A-few-day-face_to_face": "£20",
}


@pytest.fixture(autouse=True)
def before_the_deadline():
    with time_machine.travel(BEFORE, tick=False):
        yield


@pytest.fixture
def begun(client):
    """A draft for both lots, its owner signed in, and its section of services."""
    application, owner = started()
    said(application, Section.LOTS, {"lots": ["A", "B"]})
    client.force_login(owner)
    return application, owner, section_of(application, Section.SERVICES)


def page_of(section, name="section_service", which=""):
    url = reverse(f"providers:{name}", args=[section.pk])
    return f"{url}?service={which}" if which else url


def kept(section, by):
    return applications.open_section(section, by=by).get("services", [])


def test_a_service_is_added_changed_and_removed(client, begun):
    _application, owner, section = begun
    assert "No services yet" in words(client.get(section.get_absolute_url()))
    assert client.post(page_of(section), SENT | {"seen": "1"}).url == section.get_absolute_url()
    [added] = kept(section, owner)
    rate = {"lot": "A", "mode": "face_to_face"}
    assert added == service(
        id=added["id"],
        localities=["thanet", "dover"],
        rates=[
            rate | {"tier": "one", "unit": "hour", "amount": "18.50"},
            rate | {"tier": "few", "unit": "day", "amount": "20.00"},
        ],
    )
    page = words(client.get(section.get_absolute_url()))
    assert "One to one A Hour Face to face £18.50 Small group A Day Face to face £20.00" in page
    assert "Where Thanet, Dover Who it is for Autistic people Capacity 6 people at one time" in page

    change = page_of(section, which=added["id"])
    form = client.get(change).context["form"]
    assert str(form["rate-A-few-day-face_to_face"].value()) == "20.00"
    client.post(change, SENT | {"name": "Friday baking", "seen": "2"})
    assert [each["name"] for each in kept(section, owner)] == ["Friday baking"]
    assert kept(section, owner)[0]["id"] == added["id"]

    remove = page_of(section, "section_remove_service", added["id"])
    assert "Remove “Friday baking”" in words(client.get(remove))
    client.post(remove, {"service": added["id"], "seen": "3"})
    assert kept(section, owner) == []


def test_the_grid_has_a_box_for_what_a_lot_pays_for_and_no_other(client, begun):
    _, _, section = begun
    form = client.get(page_of(section)).context["form"]
    assert [name for name in form.fields if name.startswith("rate-")] == [
        f"rate-A-{tier}-{unit}-{mode}"
        for mode in ("face_to_face", "virtual")
        for tier in ("one", "few")
        for unit in ("hour", "day")
    ] + ["rate-B-one-day-face_to_face"]
    page = words(client.get(page_of(section)))
    assert "Small group 2 to 4 people. No more than £20.00" in page


def test_a_rate_that_a_lot_does_not_pay_is_not_taken(client, begun):
    _, owner, section = begun
    client.post(page_of(section), SENT | {"seen": "1", "rate-B-one-hour-virtual": "99"})
    assert {rate["lot"] for rate in kept(section, owner)[0]["rates"]} == {"A"}


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"name": ""}, {"name": "Enter the name of the service"}),
        ({"lots": []}, {"lots": "Select the lots"}),
        ({"localities": []}, {"localities": "Select an answer to “Where you deliver it”"}),
        (
            {"capacity": "0"},
            {
                "capacity": "Your answer to “How many people can it support at one time?” must be "
                "1 or more"
            },
        ),
        (
            {"rate-B-one-day-face_to_face": "30"},
            {"lots": "You gave a rate for lot B: choose the lot, or clear the rate"},
        ),
        (
            {"rate-A-one-hour-virtual": "30"},
            {"modes": "You gave a rate virtual or remote: choose it, or clear the rate"},
        ),
        (
            {"rate-A-one-hour-face_to_face": "18.505"},
            {
                "rate-A-one-hour-face_to_face": "Rate for lot A, One to one, hour, face to face "
                "must have two figures after the point at most, like 24.50"
            },
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_field_with_all_that_was_typed(client, begun, changed, wrong):
    _, owner, section = begun
    response = client.post(page_of(section), SENT | changed | {"seen": "1"})
    assert response.status_code == 422
    assert {field: said[0] for field, said in errors_of(response).items()} == wrong
    assert "We cook together and eat it" in response.content.decode()
    assert kept(section, owner) == []


def test_what_breaks_a_lots_rules_is_kept_and_warned_of_until_it_is_mended(client, begun):
    application, owner, section = begun
    sent = SENT | {"rate-A-few-day-face_to_face": "20.01", "lots": ["A", "B"], "seen": "1"}
    client.post(page_of(section), sent)
    page = words(client.get(section.get_absolute_url()))
    for warning in (
        "Add a service with a rate for lot B",
        "Friday cooking: the rate of £20.01 is over the ceiling of £20.00",
        "Friday cooking: add a rate for lot B",
    ):
        assert warning in page
    assert "1 service, 2 rates. Add a service with a rate for lot B In progress" in words(
        client.get(application.get_absolute_url())
    )
    mended = SENT | {"lots": ["A", "B"], "rate-B-one-day-face_to_face": "60", "seen": "2"}
    client.post(page_of(section, which=kept(section, owner)[0]["id"]), mended)
    assert "Services and rates 1 service, 3 rates Complete" in words(
        client.get(application.get_absolute_url())
    )


def test_a_change_over_somebody_elses_is_refused_and_shows_both(client, begun):
    application, owner, section = begun
    client.post(page_of(section), SENT | {"seen": "1"})
    url = page_of(section, which=kept(section, owner)[0]["id"])
    colleague = member_of(application.organisation)
    client.force_login(colleague)
    client.post(url, SENT | {"name": "Theirs", "seen": "2"})
    client.force_login(owner)
    response = client.post(url, SENT | {"name": "Mine", "seen": "2"})
    assert response.status_code == 422
    page = words(response)
    assert "Someone has saved this section since" in page
    assert f"Saved now by {colleague}" in page
    assert "Change “Theirs”" in page
    assert 'value="Mine"' in response.content.decode()
    assert [each["name"] for each in kept(section, owner)] == ["Theirs"]

    remove = page_of(section, "section_remove_service", kept(section, owner)[0]["id"])
    response = client.post(remove, {"service": kept(section, owner)[0]["id"], "seen": "2"})
    assert response.status_code == 422
    assert len(kept(section, owner)) == 1


def test_what_was_for_a_lot_no_longer_chosen_is_not_submitted_and_comes_back_with_it(client, begun):
    application, owner, section = begun
    both = SENT | {"lots": ["A", "B"], "rate-B-one-day-face_to_face": "60", "seen": "1"}
    client.post(page_of(section), both)
    said(application, Section.LOTS, {"lots": ["A"]})
    [service] = applications.open_draft(application, by=owner)["services"]
    assert (service["lots"], {rate["lot"] for rate in service["rates"]}) == (["A"], {"A"})

    client.post(page_of(section, which=service["id"]), SENT | {"seen": "2"})
    said(application, Section.LOTS, {"lots": ["A", "B"]})
    [service] = applications.open_draft(application, by=owner)["services"]
    assert {rate["lot"]: rate["amount"] for rate in service["rates"]}["B"] == "60.00"


def test_a_service_waits_for_lots(client, begun):
    application, _, section = begun
    said(application, Section.LOTS, {})
    assert "Choose your lots first" in words(client.get(section.get_absolute_url()))
    assert "Add a service" not in words(client.get(section.get_absolute_url()))
