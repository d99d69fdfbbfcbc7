"""Rule 6. A provider never sees another organisation's data."""

from datetime import date

import pytest
import time_machine
from django.test import Client
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
from tests.access.test_matrix import pages
from tests.factories import member_of, owner_of
from tests.providers.world import BEFORE, applicant, completed, fill, started

PORTAL = [page for page in pages() if page[0].startswith("providers:")]
ABOUT_ONE = [page for page in PORTAL if page[2]]
ABOUT_NONE = [name for name, _, arguments in PORTAL if not arguments]


@pytest.fixture(autouse=True)
def before_the_deadline(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(BEFORE, tick=False):
        yield


@pytest.fixture
def theirs(db):
    """Organisation A with an application submitted, and all that belongs to it; and its owner."""
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
    return rows, owner


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


def member_of_b(theirs):
    """An owner of another organisation that applies in the same round."""
    round = theirs[Application].round
    organisation, owner = applicant(name="Organisation B")
    draft = applications.start(organisation, scheme=round.scheme, round=round, by=owner)
    fill(draft, owner)
    return owner


def one_who_has_left(theirs):
    """Somebody of A until yesterday, who works for B now."""
    person = member_of_b(theirs)
    organisation = theirs[Organisation]
    Member.objects.create(
        organisation=organisation, user=person, is_owner=True, joined_at=BEFORE, left_at=now()
    )
    return person


@pytest.mark.parametrize("who", [member_of_b, one_who_has_left])
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("address", ABOUT_ONE, ids=[name for name, *_ in ABOUT_ONE])
def test_no_page_about_another_organisation_is_there(client, theirs, address, method, who):
    name, callback, _ = address
    rows, owner = theirs
    url = reverse(name, args=[rows[callback.policy.model].pk])
    query = f"?document={rows[Document].pk}&service=one"
    client.force_login(who(rows))
    assert getattr(client, method)(url + query).status_code == 404
    own = Client()
    own.force_login(owner)
    assert own.get(url + query).status_code == 200


@pytest.mark.parametrize("who", [member_of_b, one_who_has_left])
def test_no_page_of_ones_own_names_another_organisation(client, theirs, who):
    rows, owner = theirs
    planted = {
        "PLANTED-ORGANISATION",
        "PLANTED-SIGNATORY",
        "PLANTED-SERVICE",
        "09876543",
        owner.email,
        *(str(row.pk) for row in rows.values()),
    }
    seen = {}
    for person in (who(rows), owner):
        client.force_login(person)
        bodies = [client.get(reverse(name), follow=True).content.decode() for name in ABOUT_NONE]
        seen[person] = {word for word in planted if any(word in body for body in bodies)}
    assert [seen.pop(owner) != set(), *seen.values()] == [True, set()]


def test_a_document_of_another_organisation_is_in_no_submission_of_ones_own(client, theirs):
    rows, _ = theirs
    person = member_of_b(rows)
    own = Application.objects.exclude(pk=rows[Application].pk).get()
    submission = applications.submit(own, name="B", by=person)
    client.force_login(person)
    url = reverse("providers:submission_document", args=[submission.pk])
    response = client.get(f"{url}?document={rows[Document].pk}")
    assert response.status_code == 422
    assert "This submission has no such document" in response.content.decode()


def test_answers_carry_over_within_an_organisation_alone(theirs):
    begun, owner = started()
    earlier = theirs[0][Application]
    Application.objects.filter(pk=begun.pk).update(scheme=earlier.scheme)
    begun.refresh_from_db()
    for section in begun.sections.all():
        assert "answers" not in applications.open_section(section, by=owner)


def test_a_person_of_two_organisations_sees_both_and_a_contributor_one(client, theirs):
    rows, _ = theirs
    both, contributor = member_of_b(rows), member_of(rows[Organisation])
    Member.objects.create(organisation=rows[Organisation], user=both, joined_at=BEFORE)
    numbers = []
    for person in (both, contributor, owner_of(rows[Organisation])):
        client.force_login(person)
        page = client.get(reverse("providers:applications"))
        numbers.append(len(page.context["table"].rows))
    assert numbers == [2, 1, 1]
