"""The workplace's queue of what was opened, and its reading pane."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from dps.models import Event, Role
from providers.actions import applications
from tests.factories import (
    NOON,
    AuthorityFactory,
    OpenApplicationFactory,
    assessor,
    owner_of,
    staff,
    submitted,
)
from tests.providers.pages import words
from tests.providers.world import BEFORE, PDF, completed

LATER = NOON + timedelta(seconds=1)
QUEUE = reverse("admin:queue")


@pytest.fixture
def sent(db):
    with time_machine.travel(BEFORE, tick=False):
        application, owner = completed()
        return applications.submit(application, name="Joan Whitlow", by=owner)


@pytest.fixture
def evaluator(sent):
    return assessor(sent.application, Role.EVALUATOR)


def pane_of(submission):
    return reverse("admin:reading_pane", args=[submission.pk])


def test_the_queue_shows_what_was_opened_and_nothing_before(client, sent, evaluator):
    queues = {}
    for when, at in (("sealed", NOON), ("opened", LATER)):
        with time_machine.travel(at, tick=False):
            client.force_login(evaluator)
            queues[when] = words(client.get(QUEUE))
    organisation = sent.application.organisation.name
    assert organisation not in queues["sealed"]
    assert "Nothing to read yet" in queues["sealed"]
    round = sent.application.round.title
    assert (
        f"{organisation} Everyday Life {round} 1 Sunday 7 June 2026 at 12 noon"
        in (queues["opened"])
    )


def test_a_neighbours_queue_is_its_own(client, sent):
    with time_machine.travel(LATER, tick=False):
        client.force_login(staff(AuthorityFactory(), Role.EVALUATOR))
        assert sent.application.organisation.name not in words(client.get(QUEUE))
        assert client.get(pane_of(sent)).status_code == 404


def test_an_application_to_open_lots_is_there_from_its_own_submission_on(client, db):
    application = OpenApplicationFactory()
    commissioner = assessor(application, Role.COMMISSIONER)
    with time_machine.travel(BEFORE, tick=False):
        client.force_login(commissioner)
        assert application.organisation.name not in words(client.get(QUEUE))
        owner = owner_of(application.organisation)
        applications.submit(application, name="Jo", by=owner)
        assert f"{application.organisation.name} Everyday Life Open lots" in words(
            client.get(QUEUE)
        )


def test_the_pane_shows_questions_answers_services_and_documents_in_the_workplaces_frame(
    client, sent, evaluator
):
    document = sent.application.organisation.documents.get()
    with time_machine.travel(LATER, tick=False):
        client.force_login(evaluator)
        page = words(client.get(pane_of(sent)))
        for part in (
            "To read",  # the frame's way back
            "Money and insurance",
            "Have you been insolvent? No",
            "Choice and control 100% of the marks How do you help people decide what they do",
            "with their week? With pictures, every Friday, with the same worker.",
            "Anything else No answer",
            "Friday cooking",
            "One to one A Hour Face to face £18.50",
            "Lot A: One to one",
            "Received At 12:00:00 on 7 June 2026",
            "Declared by Joan Whitlow",
            "Staff 4 full-time equivalents",
            "Public liability (certificate.pdf)",
        ):
            assert part in page
        assert "What happened, and when?" not in page  # it was not called for

        url = reverse("admin:submission_document", args=[sent.pk])
        response = client.get(f"{url}?document={document.pk}")
    assert response.content == PDF
    assert response["Content-Disposition"].startswith("attachment")
    events = Event.objects.filter(subject_id=sent.pk, by=evaluator)
    assert [event.verb for event in events] == ["providers.submission.opened"] * 2


def test_what_the_applicant_was_asked_is_judged_by_its_size_at_the_time(client, sent, evaluator):
    organisation = sent.application.organisation
    organisation.size = "large"
    organisation.save()
    with time_machine.travel(LATER, tick=False):
        client.force_login(evaluator)
        assert "How many sites have you?" not in words(client.get(pane_of(sent)))


def test_the_applicants_page_shows_the_assessor_that_it_was_submitted_and_no_more(
    client, sent, evaluator
):
    url = sent.application.get_absolute_url()
    with time_machine.travel(LATER, tick=False):
        client.force_login(evaluator)
        page = words(client.get(url))
    assert f"Version 1, received 12:00:00 on 7 June 2026, reference {sent.fingerprint[:8]}" in page
    assert "With pictures" not in page
    assert not Event.objects.filter(by=evaluator).exists()


def test_the_queue_is_sorted_and_paged(client, db):
    applications_ = [submitted() for _ in range(3)]
    with time_machine.travel(LATER, tick=False):
        client.force_login(assessor(applications_[0], Role.COMMISSIONER))
        table = client.get(f"{QUEUE}?sort=-submitted_at&per_page=1").context["table"]
    assert table.paginator.count == 1  # its own authority's
