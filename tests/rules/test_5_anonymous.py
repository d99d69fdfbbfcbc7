"""Rule 5. Nothing that tells who the person is reaches a provider before award; the identity lies
apart, and every reading of it is on record."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse

from dps.actions import Refused
from dps.models import Event, Promise
from packages.actions import identities, orders, packages, placements
from packages.models import Identity, Release
from tests.factories import IDENTITY, NOON
from tests.packages.world import BASIS, START, accepted, build, ordered, released, signed_in
from tests.providers.pages import errors_of

pytestmark = pytest.mark.django_db

TELLING = {
    "NHS number": "Her NHS number is [943 476 5919] in full",
    "National Insurance number": "Quote [QQ 12 34 56 C] for benefits".replace("QQ", "AB"),
    "e-mail address": "Write to [sister@example.org] first",
    "phone number": "Ring [07700 900123] in the morning",
    "full postcode": "Lives near [CT9 1AA] by the sea",
    "date of birth": "Was born on [9 March 1984] in Margate",
    "name": "Is known as [Winifred] to all",
}


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def world():
    return build()


@pytest.fixture
def identity(world):
    return Identity.objects.get()


@pytest.mark.parametrize("kind", TELLING)
def test_free_text_that_tells_who_it_is_is_refused_with_the_place_marked(world, kind):
    """What was typed is kept on the page; the record has the kind of it alone."""
    marked = TELLING[kind]
    typed = marked.replace("[", "").replace("]", "")
    url = reverse("packages:package_need", args=[world.package.pk])
    said = {"need": typed, "outcomes": [world.package.outcomes.get().pk]}
    page = signed_in(world.practitioner).post(url, said)
    assert page.status_code == 422
    (error,) = errors_of(page)["need"]
    assert kind in error
    assert marked in error
    assert page.context["form"]["need"].value() == typed
    world.package.refresh_from_db()
    assert world.package.need != typed
    refusal = Event.objects.get(verb="packages.packages.change refused")
    assert kind in refusal.why
    secret = marked.split("[")[1].split("]")[0]
    assert secret not in refusal.why


@pytest.mark.parametrize("name", ["Winifred Marlowe-Tate", "marlowe tate", "Oswin"])
def test_names_of_the_identity_and_the_family_are_looked_for(world, name):
    with pytest.raises(Refused, match="a name"):
        packages.change(world.package, need=f"Goes with {name} on Mondays", by=world.practitioner)


def test_a_name_that_is_written_before_the_identity_is_found_when_the_package_is_made_ready(world):
    packages.write_again(world.package, by=world.practitioner)
    packages.change(world.package, need="Perpetua likes to cook.", by=world.practitioner)
    identities.write(world.package, name="Perpetua Lang", by=world.practitioner)
    with pytest.raises(Refused, match=r"\[Perpetua\] likes"):
        packages.mark_ready(world.package, by=world.practitioner)


@pytest.mark.parametrize("field", ["why", "took_part"])
def test_the_reasons_of_a_choice_are_read_too(world, field):
    said = {"why": "Near home", "took_part": "Sister", "capacity": "person"}
    with pytest.raises(Refused, match="a name") as refusal:
        placements.choose(
            world.package,
            service=world.service,
            lot=world.lot,
            by=world.practitioner,
            **said | {field: "Oswin Tate said so"},
        )
    assert refusal.value.field == field


def test_a_provider_is_shown_a_reference_and_nothing_of_who_it_is_before_the_release(
    world, django_capture_on_commit_callbacks
):
    """Its pages, the order on paper, and letters; with the identity released, it reads it."""
    with django_capture_on_commit_callbacks(execute=True):
        placement = accepted(world)
    provider = signed_in(world.owner)
    order = reverse("packages:order", args=[placement.pk])
    pages = [
        reverse("packages:orders"),
        order,
        reverse("packages:order_pdf", args=[placement.pk]),
        reverse("portal"),
        reverse("providers:services"),
        reverse("providers:service", args=[world.service.pk]),
        reverse("public_register"),
    ]
    told = [provider.get(url).content.decode(errors="replace") for url in pages]
    told += [letter.subject + letter.body for letter in mail.outbox]
    planted = [IDENTITY["name"], "Winifred", "Marlowe", "Harbour Rise", "943 476", "07700", "1984"]
    assert [word for word in planted if any(word in page for page in told)] == []
    assert world.package.reference in told[1]
    identity = reverse("packages:identity", args=[Identity.objects.get().pk])
    assert provider.get(identity).status_code == 404
    placements.release(placement, lawful_basis=BASIS, by=world.practitioner)
    assert IDENTITY["name"] in provider.get(identity).content.decode()
    assert signed_in(world.rival).get(identity).status_code == 404


def test_the_identity_lies_encrypted_apart_from_the_package(world, identity):
    """No row of any table has a word of it."""
    identities.read(identity, by=world.practitioner)
    released(world)
    rows = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            rows += [row for (row,) in cursor.fetchall()]
    everything = "\n".join(rows)
    assert world.package.reference in everything
    for word in ("Winifred", "Marlowe", "Harbour Rise", "943 476 5919", "Oswin"):
        assert word not in everything
        assert word.encode().hex() not in everything


def test_who_is_written_lies_encrypted(world):
    """Again with each version, under the package's own key."""
    for name in ("Perpetua Lang", "Perpetua Longfellow"):
        identity = identities.write(world.package, name=name, by=world.practitioner)
        assert b"Perpetua" not in bytes(Identity.objects.get().sealed)
        assert identities.read(identity, by=world.practitioner)["name"] == name


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("practitioner", True),
        ("broker", False),
        ("budget_holder", False),
        ("other_team", False),
        ("auditor", False),
        ("finance", False),
        ("commissioner", False),
        ("neighbour", False),
        ("owner", False),
        ("rival", False),
    ],
)
def test_the_packages_own_team_reads_who_it_is_and_nobody_else(world, identity, who, may):
    response = signed_in(getattr(world, who)).get(reverse("packages:identity", args=[identity.pk]))
    assert (IDENTITY["name"] in response.content.decode()) == may
    assert (response.status_code == 200) == may
    readings = Event.objects.filter(verb="packages.identity.opened", subject_id=identity.pk)
    assert [event.by for event in readings] == [getattr(world, who)] * may


def test_the_broker_reads_it_once_the_package_is_referred(world, identity):
    packages.refer(world.package, broker=world.broker, by=world.practitioner)
    assert identities.read(identity, by=world.broker)["name"] == IDENTITY["name"]


def test_an_auditor_reads_it_on_the_day_of_a_recorded_reason(world, identity, at_noon):
    auditor = signed_in(world.auditor)
    url = reverse("packages:identity", args=[identity.pk])
    look = reverse("packages:identity_look", args=[identity.pk])
    assert auditor.get(url).status_code == 403
    assert auditor.post(look, {"why": ""}).status_code == 422
    assert auditor.post(look, {"why": "Sample check 14"}).url == url
    assert IDENTITY["name"] in auditor.get(url).content.decode()
    assert Event.objects.filter(by=world.auditor, why="Sample check 14").count() == 1
    at_noon.shift(timedelta(days=1))
    assert auditor.get(url).status_code == 403


def test_a_release_records_the_lawful_basis_and_who_made_it(world):
    placement = accepted(world)
    url = reverse("packages:placement_release", args=[placement.pk])
    client = signed_in(world.practitioner)
    assert client.post(url, {"lawful_basis": ""}).status_code == 422
    assert client.post(url, {"lawful_basis": BASIS}).status_code == 302
    release = Release.objects.get()
    assert (release.by, release.organisation, release.lawful_basis, release.at) == (
        world.practitioner,
        world.organisation,
        BASIS,
        NOON,
    )
    with pytest.raises(Refused, match="released already"):
        placements.release(placement, lawful_basis=BASIS, by=world.practitioner)


def test_nothing_is_released_before_the_provider_has_accepted(world):
    placement = ordered(world)
    with pytest.raises(Refused, match="once it has accepted"):
        placements.release(placement, lawful_basis=BASIS, by=world.practitioner)


def test_a_providers_access_ends_when_the_placement_ends(world, identity, at_noon):
    placement = released(world)
    assert identities.read(identity, by=world.contributor)["name"] == IDENTITY["name"]
    at_noon.move_to(START)
    placements.start(placement, by=world.practitioner)
    assert identities.read(identity, by=world.owner)["name"] == IDENTITY["name"]
    placements.end(placement, ends_on=START.date(), why="Moves away", by=world.practitioner)
    with pytest.raises(PermissionDenied):
        identities.read(identity, by=world.owner)


def test_a_providers_access_ends_with_the_last_day_whenever_the_tick_comes(
    world, identity, at_noon
):
    placement = released(world)
    at_noon.move_to(START)
    placements.start(placement, by=world.practitioner)
    placements.end(
        placement, ends_on=START.date() + timedelta(days=1), why="Moves", by=world.practitioner
    )
    at_noon.move_to(START + timedelta(days=1))
    assert identities.read(identity, by=world.owner)["name"] == IDENTITY["name"]
    at_noon.move_to(START + timedelta(days=2))
    placement.refresh_from_db()
    assert placement.state == "started"
    with pytest.raises(PermissionDenied):
        identities.read(identity, by=world.owner)


def test_a_cancelled_placement_takes_the_access_along(world, identity):
    placement = released(world)
    orders.cancel(placement, why="Found nearer", by=world.practitioner)
    with pytest.raises(PermissionDenied):
        identities.read(identity, by=world.owner)


def test_no_letter_is_owed_that_names_the_person(world):
    """A promise's key is all that the queue is told."""
    released(world)
    keys = "".join(Promise.objects.values_list("key", flat=True))
    assert "Winifred" not in keys
