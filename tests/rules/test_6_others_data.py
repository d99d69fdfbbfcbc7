"""Rule 6. A provider never sees another organisation's data."""

from datetime import date
from types import SimpleNamespace

import pytest
import time_machine
from django.db import transaction
from django.test import override_settings
from django.urls import reverse

from dps.clock import now
from providers.actions import applications
from providers.models import (
    Application,
    Document,
    Member,
    Organisation,
    Return,
    Section,
    Service,
    Submission,
)
from tests.access.conftest import Visitor
from tests.access.test_matrix import pages
from tests.factories import RoundFactory, member_of, owner_of
from tests.providers.world import BEFORE, applicant, completed, fill

PORTAL = [page for page in pages() if page[0].startswith("providers:")]
ABOUT_ONE = [page for page in PORTAL if page[2]]
ABOUT_NONE = [name for name, _, arguments in PORTAL if not arguments]

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def media(tmp_path_factory):
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, media):
    """Organisation A with an application submitted, and all that belongs to it; its owner, and
    two who are not of it, signed in. For all tests: what one of them writes, it undoes."""
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=media), transaction.atomic():
        with time_machine.travel(BEFORE, tick=False):
            built = build()
        yield built
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def before_the_deadline(settings, media):
    settings.MEDIA_ROOT = media
    with time_machine.travel(BEFORE, tick=False):
        yield


def build():
    application, owner = completed(name="PLANTED-ORGANISATION", company_number="09876543")
    submission = applications.submit(application, name="PLANTED-SIGNATORY", by=owner)
    rows = {
        Organisation: application.organisation,
        Application: application,
        Section: application.sections.get(key=Section.SERVICES),
        Submission: submission,
        Document: application.organisation.documents.get(),
        Member: application.organisation.members.get(),
        Service: service_of(application),
        Return: return_of(application),
    }
    b = member_of_b(rows)
    people = {"owner": owner, "member_of_b": b, "one_who_has_left": one_who_has_left(rows, b)}
    visitors = {who: Visitor() for who in people}
    for who, visitor in visitors.items():
        visitor.force_login(people[who])
    return SimpleNamespace(rows=rows, people=people, visitors=visitors)


def service_of(application):
    """One that nobody else is shown: its provider stands on no lot yet."""
    return Service.objects.create(
        scheme=application.scheme,
        organisation=application.organisation,
        name="PLANTED-SERVICE",
        modes=["face_to_face"],
        capacity=4,
        started_at=BEFORE,
    )


def return_of(application):
    return Return.objects.create(
        scheme=application.scheme,
        organisation=application.organisation,
        frequency="quarterly",
        from_on=date(2026, 1, 1),
        until_on=date(2026, 3, 31),
        due_on=date(2026, 6, 30),
        made_at=BEFORE,
    )


def member_of_b(rows):
    """An owner of another organisation that applies in the same round."""
    round = rows[Application].round
    organisation, owner = applicant(name="Organisation B")
    draft = applications.start(organisation, scheme=round.scheme, round=round, by=owner)
    fill(draft, owner)
    return owner


def one_who_has_left(rows, b):
    """Somebody of A until yesterday, who works for B now."""
    person = owner_of(Organisation.objects.get(members__user=b))
    Member.objects.create(
        organisation=rows[Organisation],
        user=person,
        is_owner=True,
        joined_at=BEFORE,
        left_at=now(),
    )
    return person


def address_of(name, callback, rows):
    url = reverse(name, args=[rows[callback.policy.model].pk])
    return f"{url}?document={rows[Document].pk}&service=one"


@pytest.mark.parametrize("who", ["member_of_b", "one_who_has_left"])
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("address", ABOUT_ONE, ids=[name for name, *_ in ABOUT_ONE])
def test_no_page_about_another_organisation_is_there(world, address, method, who):
    """Sent a form, a page that takes none is as it is for anyone: only read."""
    name, callback, _ = address
    response = getattr(world.visitors[who], method)(address_of(name, callback, world.rows))
    assert response.status_code == (404 if method == "get" or callback.posts else 405)


@pytest.mark.parametrize("address", ABOUT_ONE, ids=[name for name, *_ in ABOUT_ONE])
def test_every_page_about_an_organisation_is_there_for_its_owner(world, address):
    name, callback, _ = address
    url = address_of(name, callback, world.rows)
    assert world.visitors["owner"].get(url).status_code == 200
    sent = world.visitors["owner"].post(url).status_code
    assert sent in ((200, 302, 422) if callback.posts else (405,))


@pytest.mark.parametrize("who", ["member_of_b", "one_who_has_left"])
def test_no_page_of_ones_own_names_another_organisation(client, world, who):
    rows, owner = world.rows, world.people["owner"]
    planted = {
        "PLANTED-ORGANISATION",
        "PLANTED-SIGNATORY",
        "PLANTED-SERVICE",
        "09876543",
        owner.email,
        *(str(row.pk) for row in rows.values()),
    }
    seen = {}
    for person in (world.people[who], owner):
        client.force_login(person)
        bodies = [client.get(reverse(name), follow=True).content.decode() for name in ABOUT_NONE]
        seen[person] = {word for word in planted if any(word in body for body in bodies)}
    assert [seen.pop(owner) != set(), *seen.values()] == [True, set()]


def test_a_document_of_another_organisation_is_in_no_submission_of_ones_own(client, world):
    rows, person = world.rows, world.people["member_of_b"]
    own = Application.objects.exclude(pk=rows[Application].pk).get()
    submission = applications.submit(own, name="B", by=person)
    client.force_login(person)
    url = reverse("providers:submission_document", args=[submission.pk])
    response = client.get(f"{url}?document={rows[Document].pk}")
    assert response.status_code == 422
    assert "This submission has no such document" in response.content.decode()


def test_answers_carry_over_within_an_organisation_alone():
    earlier, theirs = completed()
    applications.submit(earlier, name="A", by=theirs)
    scheme = earlier.scheme
    later = RoundFactory(scheme=scheme, questionnaire=earlier.questionnaire)
    carried = []
    for organisation, by in ((earlier.organisation, theirs), applicant(name="Organisation B")):
        begun = applications.start(organisation, scheme=scheme, round=later, by=by)
        opened = [applications.open_section(section, by=by) for section in begun.sections.all()]
        carried.append(sum("answers" in contents for contents in opened))
    assert carried == [1, 0]


def test_a_person_of_two_organisations_sees_both_and_a_contributor_one(client, world):
    organisation = world.rows[Organisation]
    both, contributor = world.people["member_of_b"], member_of(organisation)
    Member.objects.create(organisation=organisation, user=both, joined_at=BEFORE)
    numbers = []
    for person in (both, contributor, owner_of(organisation)):
        client.force_login(person)
        page = client.get(reverse("providers:applications"))
        numbers.append(len(page.context["table"].rows))
    assert numbers == [2, 1, 1]
