"""A section of a draft: what is typed is kept, what is wrong is said, and nobody is overwritten."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from dps.models import Event
from providers.actions import applications
from providers.models import Section
from tests.factories import NOON, member_of
from tests.providers.pages import errors_of, words
from tests.providers.world import BEFORE, certificate, completed, said, section_of, started

pytestmark = pytest.mark.django_db
AMOUNT = "Your answer to “Up to which amount?”"
HELP = "“How do you help people decide what they do with their week?”"


@pytest.fixture(autouse=True)
def before_the_deadline():
    with time_machine.travel(BEFORE, tick=False):
        yield


@pytest.fixture
def begun(client):
    """A draft for lot A with nothing said, its owner signed in."""
    application, owner = started()
    said(application, Section.LOTS, {"lots": ["A"]})
    client.force_login(owner)
    return application, owner


def kept(section, by):
    return applications.open_section(section, by=by)


def test_every_kind_of_question_is_answered_kept_and_shown_again(client, begun):
    application, owner = begun
    document = certificate(application.organisation, owner)
    section = section_of(application, "standing")
    sent = {
        "q-bankrupt": "yes",
        "q-bankrupt-how": "In 2009, a bad year.",
        "q-framework": "small",
        "q-cover": ["public", "employer"],
        "q-cover-amount": "£10,000,000",
        "q-renewed_day": "31",
        "q-renewed_month": "Jan",
        "q-renewed_year": "2026",
        "q-certificate": str(document.pk),
        "seen": "1",
    }
    response = client.post(section.get_absolute_url(), sent)
    following = section_of(application, "quality")
    assert response.url == following.get_absolute_url()
    assert kept(section, owner)["answers"] == {
        "bankrupt": "yes",
        "bankrupt-how": "In 2009, a bad year.",
        "framework": "small",
        "cover": ["public", "employer"],
        "cover-amount": "10000000.00",
        "renewed": "2026-01-31",
        "certificate": str(document.pk),
    }
    form = client.get(section.get_absolute_url()).context["form"]
    shown = {name: form[name].value() for name in form.fields if name != "seen"}
    assert shown["q-renewed"] == date(2026, 1, 31)
    assert shown["q-cover"] == ["public", "employer"]

    last = section_of(application, "declarations")
    sent = {"q-terms": "yes", "q-else": "", "seen": "1"}
    assert client.post(last.get_absolute_url(), sent).status_code == 302
    assert kept(last, owner)["answers"] == {"terms": "yes"}


def test_malformed_and_missing_answers_are_said_at_their_field_and_the_rest_is_saved(client, begun):
    application, owner = begun
    section = section_of(application, "standing")
    sent = {
        "q-bankrupt": "no",
        "q-cover-amount": "10.005",
        "q-renewed_day": "31",
        "q-renewed_month": "2",
        "q-renewed_year": "2026",
        "seen": "1",
    }
    response = client.post(section.get_absolute_url(), sent)
    assert response.status_code == 422
    assert errors_of(response) == {
        "q-framework": ["Choose an answer to “Which accounts do you publish?”"],
        "q-cover": ["Choose at least one answer to “Which insurance do you hold?”"],
        "q-cover-amount": [f"{AMOUNT} must have two figures after the point at most, like 24.50"],
        "q-renewed": ["Your answer to “When was it last renewed?” must be a real date"],
        "q-certificate": ["Choose a document for “Your insurance certificate”"],
    }
    page = response.content.decode()
    assert 'value="10.005"' in page  # all that was typed is there
    assert "<title>Error: Money and insurance" in page
    assert "Saved at 12 noon, but for the answers that are not in the right form" in words(response)
    assert kept(section, owner)["answers"] == {"bankrupt": "no"}
    assert response.context["seen"] == 2

    sent |= {"seen": "2", "later": "yes"}  # what cannot be kept is not left behind unsaid
    assert client.post(section.get_absolute_url(), sent).status_code == 422
    sent |= {"q-cover-amount": "10", "q-renewed_month": "1", "seen": "3"}
    response = client.post(section.get_absolute_url(), sent)
    assert response.url == application.get_absolute_url()


def test_too_many_words_are_kept_and_counted_as_the_calculation_counts(client, begun):
    application, owner = begun
    section = section_of(application, "quality")
    answer = "one two-three 4 five\n six seven eight nine ten  eleven twelve"  # 11: a hyphen joins
    response = client.post(section.get_absolute_url(), {"q-choice": answer, "seen": "1"})
    assert errors_of(response) == {"q-choice": [f"Your answer to {HELP} is 1 word too long"]}
    assert "You have 1 word too many" in words(response)
    assert "Saved at 12 noon, all that you typed" in words(response)
    assert kept(section, owner)["answers"]["choice"].split() == answer.split()
    tasks = words(client.get(application.get_absolute_url()))
    assert f"100% of the marks. Your answer to {HELP} is 1 word too long Has an error" in tasks

    exactly = " ".join(["word"] * 10)
    sent = {"q-choice": exactly, "seen": "2"}
    assert client.post(section.get_absolute_url(), sent).status_code == 302


def test_a_question_alone_is_the_heading_with_why_guidance_and_how_it_is_marked(client, begun):
    application, _ = begun
    response = client.get(section_of(application, "quality").get_absolute_url())
    page = words(response)
    for part in (
        "Questions, section 3 of 5",
        "How do you help people decide what they do with their week?",
        "Tell us how choices are offered.",
        "Why we ask People told us that choosing matters most.",
        "Weight 100%. Two people mark it 0 to 5 without seeing each other",
        "The pass mark is 2. Choice is real and recorded. What each mark means 0 Nothing 5 Excell",
        "You can enter up to 10 words",
        "Wednesday 17 June 2026 at 12 noon, 8 working days left",
    ):
        assert part in page
    assert response.content.decode().count("<h1") == 1
    assert 'data-maxwords="10"' in response.content.decode()


def test_a_follow_up_stands_under_its_question_and_is_asked_by_its_answer_alone(client, begun):
    application, _ = begun
    section = section_of(application, "standing")
    page = client.get(section.get_absolute_url())
    assert "Yes No If “Yes”: What happened, and when?" in words(page)
    assert 'data-asked-if="q-bankrupt" data-answer="yes"' in page.content.decode()

    url = section.get_absolute_url()
    response = client.post(url, {"q-bankrupt": "yes", "seen": "1"})
    assert errors_of(response)["q-bankrupt-how"] == [
        "Enter an answer to “What happened, and when?”"
    ]
    response = client.post(url, {"q-bankrupt": "no", "seen": "2"})
    assert "q-bankrupt-how" not in errors_of(response)


def test_what_is_asked_follows_from_lots_and_size(client, begun):
    application, owner = begun
    tasks = words(client.get(application.get_absolute_url()))
    assert "Your building" not in tasks
    indoors = section_of(application, "indoors")
    assert "Nothing to answer" in words(client.get(indoors.get_absolute_url()))
    standing = section_of(application, "standing").get_absolute_url()
    assert "How many sites have you?" not in words(client.get(standing))

    said(application, Section.LOTS, {"lots": ["A", "B"]})
    application.organisation.size = "large"
    application.organisation.save()
    assert "Your building" in words(client.get(application.get_absolute_url()))
    assert "How many rooms has it?" in words(client.get(indoors.get_absolute_url()))
    assert "How many sites have you?" in words(client.get(standing))

    sent = {"q-building": "In Dover", "q-rooms": "1,200", "seen": "1"}
    assert client.post(indoors.get_absolute_url(), sent).status_code == 302
    said(application, Section.LOTS, {"lots": ["A"]})
    draft = applications.open_draft(application, by=owner)
    assert "building" not in draft["answers"]  # not asked, so not submitted
    assert kept(indoors, owner)["answers"] == {"building": "In Dover", "rooms": "1200"}


def test_a_save_over_somebody_elses_is_refused_and_shows_both(client, begun):
    application, owner = begun
    colleague = member_of(application.organisation)
    section = section_of(application, "quality")
    url = section.get_absolute_url()
    client.force_login(colleague)
    before = set(Event.objects.all())
    assert client.post(url, {"q-choice": "Theirs", "seen": "1"}).status_code == 302
    assert set(Event.objects.all()) == before  # saving a draft notes nothing

    client.force_login(owner)
    response = client.post(url, {"q-choice": "Mine", "seen": "1"})
    page = words(response)
    assert response.status_code == 422
    assert "Someone has saved this section since. Compare, then save" in page
    assert f"Saved meanwhile by {colleague}, at 12 noon on 7 June 2026" in page
    assert "Theirs" in page
    assert ">\nMine</textarea>" in response.content.decode()
    assert kept(section, owner)["answers"] == {"choice": "Theirs"}
    assert response.context["seen"] == 2
    assert client.post(url, {"q-choice": "Mine", "seen": "2"}).status_code == 302
    assert kept(section, owner)["answers"] == {"choice": "Mine"}
    assert f"Saved at 12 noon on 7 June 2026 by {owner}" in words(client.get(url))


def test_lots_are_chosen_and_a_choice_over_somebody_elses_is_refused(client, begun):
    application, owner = begun
    section = section_of(application, Section.LOTS)
    url = section.get_absolute_url()
    a, b = application.scheme.lots.order_by("position")
    response = client.post(url, {"seen": "2"})
    assert errors_of(response) == {"lots": ["Choose at least one lot"]}
    assert client.post(url, {"lots": [str(a.pk), str(b.pk)], "seen": "2"}).status_code == 302
    response = client.post(url, {"lots": [str(b.pk)], "seen": "2"})
    assert "Someone has saved this section since" in words(response)
    assert "Lot A, Lot B" in words(response)
    assert kept(section, owner)["lots"] == ["A", "B"]


def test_to_add_a_document_one_saves_first_and_comes_back(client, begun):
    application, owner = begun
    section = section_of(application, "standing")
    url = section.get_absolute_url()
    assert "Your library is empty. Save and add a document" in words(client.get(url))
    response = client.post(url, {"q-bankrupt": "no", "seen": "1", "document": "certificate"})
    library = reverse("providers:document_add", args=[application.organisation_id])
    assert response.url == f"{library}?next={url.replace('/', '%2F')}"
    assert kept(section, owner)["answers"] == {"bankrupt": "no"}
    document = certificate(application.organisation, owner)
    assert "Public liability certificate.pdf, valid until 31 January 2027" in words(client.get(url))

    with time_machine.travel(BEFORE, tick=False):
        certificate(application.organisation, owner, expires_on=BEFORE.date())
    with time_machine.travel(BEFORE + timedelta(days=1), tick=False):
        client.force_login(owner)
        expired = application.organisation.documents.exclude(pk=document.pk).get()
        response = client.post(url, {"q-certificate": str(expired.pk), "seen": "2"})
    assert errors_of(response)["q-certificate"] == [
        "Public liability (certificate.pdf) was valid until 7 June 2026. Choose one that still is"
    ]


def test_another_organisations_document_cannot_be_chosen(client, begun):
    application, _ = begun
    stranger, _ = completed()
    theirs = stranger.organisation.documents.get()
    url = section_of(application, "standing").get_absolute_url()
    response = client.post(url, {"q-certificate": str(theirs.pk), "seen": "1"})
    assert errors_of(response)["q-certificate"] == ["Select your insurance certificate"]


@pytest.mark.parametrize("sent", [{}, {"seen": "x"}, {"seen": ""}])
def test_a_form_that_does_not_say_what_it_changes_saves_nothing(client, begun, sent):
    application, owner = begun
    section = section_of(application, "quality")
    response = client.post(section.get_absolute_url(), {"q-choice": "Blind"} | sent)
    assert response.status_code == 422
    assert "Open this page again" in words(response)
    assert kept(section, owner) == {"seen": 1}


@pytest.mark.parametrize(("seconds", "status"), [(-1, 302), (0, 302), (1, 422)])
def test_one_second_late_nothing_is_saved_and_the_draft_is_readable(client, begun, seconds, status):
    application, owner = begun
    section = section_of(application, "quality")
    url = section.get_absolute_url()
    applications.save(section, contents={"answers": {"choice": "Early"}}, seen=1, by=owner)
    with time_machine.travel(NOON + timedelta(seconds=seconds), tick=False):
        client.force_login(owner)
        response = client.post(url, {"q-choice": "Later", "seen": "2"})
        assert response.status_code == status
        page = client.get(url)
    late = "The deadline was Wednesday 17 June 2026 at 12 noon. Your draft has been kept."
    assert (late in words(response)) == (status == 422)
    assert (late in words(page)) == (status == 422)
    assert ("Save and continue" in words(page)) == (status == 302)
    assert kept(section, owner)["answers"] == {"choice": "Later" if status == 302 else "Early"}
    if status == 422:
        assert "Early" in page.content.decode()
        assert "Later" in response.content.decode()  # nothing typed is lost


def test_a_stranger_finds_no_section(client, begun):
    application, _ = begun
    _, stranger = started()
    client.force_login(stranger)
    for section in application.sections.all():
        for name in ("section", "section_service", "section_remove_service"):
            url = reverse(f"providers:{name}", args=[section.pk])
            assert client.get(url).status_code == 404
            assert client.post(url, {}).status_code == 404
