"""What one is given in the hand: the receipt, the PDF of all that was sent, the letters."""

from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from pypdf import PdfReader

from dps.models import Event, Role
from providers.actions import applications
from tests.factories import NOON, OrganisationFactory, assessor, member_of, owner_of
from tests.providers.pages import words
from tests.providers.world import BEFORE, PDF, completed, said, section_of

AT = BEFORE.replace(hour=13, minute=7, second=9)


@pytest.fixture
def sent(db, client, django_capture_on_commit_callbacks):
    """A submission a week and more before the deadline, its owner signed in."""
    with time_machine.travel(AT, tick=False):
        application, owner = completed(name="O'Hara & Sons")
        with django_capture_on_commit_callbacks(execute=True):
            submission = applications.submit(application, name="Joan Whitlow", by=owner)
        client.force_login(owner)
    return submission


def text_of(response) -> str:
    pages = PdfReader(BytesIO(response.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_the_receipt_has_the_exact_time_the_version_and_the_fingerprint(client, sent):
    with time_machine.travel(AT, tick=False):
        page = words(client.get(reverse("providers:submission", args=[sent.pk])))
    for part in (
        "Received 14:07:09 on 7 June 2026",
        "Version 1",
        f"Fingerprint {sent.fingerprint}",
        f"Signed in as {sent.submitted_by.name} {sent.submitted_by.email}",
        "It stays sealed until Wednesday 17 June 2026 at 12 noon: 8 working days left.",
        "Change it and submit it again",
        "Withdraw this application",
    ):
        assert part in page
    assert "With pictures" not in page
    with time_machine.travel(NOON + timedelta(seconds=1), tick=False):
        client.force_login(sent.submitted_by)
        page = words(client.get(reverse("providers:submission", args=[sent.pk])))
    assert "The deadline has passed." in page
    assert "Withdraw this application" not in page


def test_the_receipt_goes_by_letter_and_tells_nothing_of_what_was_written(sent):
    [letter] = mail.outbox
    assert letter.to == [sent.submitted_by.email]
    assert letter.subject == "Application received on 7 June 2026"
    for part in (
        "O'Hara & Sons",
        "Received: 14:07:09 on 7 June 2026",
        "Version: 1",
        f"Fingerprint: {sent.fingerprint}",
        "until Wednesday 17 June 2026 at 12 noon",
        f"/portal/submissions/{sent.pk}/",
    ):
        assert part in letter.body
    assert "With pictures" not in letter.body
    assert letter.extra_headers["Message-ID"] == f"<receipt.{sent.pk}@dps.invalid>"
    assert letter.body.count("http") == 1


def test_the_pdf_has_all_that_was_submitted_and_a_screen_reader_can_read_it(client, sent):
    with time_machine.travel(AT, tick=False):
        response = client.get(reverse("providers:submission_pdf", args=[sent.pk]))
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment")
    text = text_of(response)
    for part in (
        "O'Hara & Sons",
        "14:07:09 on 7 June 2026",
        sent.fingerprint,
        "Declared by Joan Whitlow",
        "Lot A: One to one",
        "Choice and control 100% of the marks",
        "How do you help people decide what they do with their week?",
        "With pictures, every Friday, with the same worker.",
        "£10,000,000.00",
        "Public liability (certificate.pdf)",
        "One to one A Hour Face to face £18.50",
        "Page 1 of 3",
    ):
        assert part in text
    reader = PdfReader(BytesIO(response.content))
    assert reader.metadata.title == ("Application of O'Hara & Sons to Everyday Life Activities")
    root = reader.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("en-GB", True)
    assert b'pdfuaid:part="1"' in root["/Metadata"].get_data()


def test_markup_in_an_answer_is_text_and_fetches_nothing(client, db):
    with time_machine.travel(AT, tick=False):
        application, owner = completed()
        planted = '<img src="file:///etc/passwd"> <b>bold</b>'
        said(application, "quality", {"answers": {"choice": planted}})
        submission = applications.submit(application, name="<i>Jo</i>", by=owner)
        client.force_login(owner)
        text = text_of(client.get(reverse("providers:submission_pdf", args=[submission.pk])))
    assert planted in text
    assert "<i>Jo</i>" in text


def test_a_submission_keeps_the_document_it_was_sent_with(client, sent):
    application = sent.application
    document = application.organisation.documents.get()
    with time_machine.travel(AT, tick=False):
        client.force_login(sent.submitted_by)
        client.post(reverse("providers:document_remove", args=[document.pk]))
        url = reverse("providers:submission_document", args=[sent.pk])
        response = client.get(f"{url}?document={document.pk}")
        assert response.content == PDF
        assert 'filename="certificate.pdf"' in response["Content-Disposition"]
        for other in ("", "?document=nonsense"):
            refused = client.get(url + other)
            assert refused.status_code == 422
            assert "This submission has no such document" in words(refused)


def test_earlier_versions_stay_beside_the_last(client, sent):
    with time_machine.travel(AT + timedelta(hours=1), tick=False):
        application = sent.application
        said(application, "quality", {"answers": {"choice": "Differently"}})
        second = applications.submit(application, name="Jo", by=sent.submitted_by)
        client.force_login(sent.submitted_by)
        page = words(client.get(reverse("providers:submission", args=[second.pk])))
        assert "Other versions" in page
        assert f"Version 1 14:07:09 on 7 June 2026 {sent.submitted_by}" in page
        texts = [
            text_of(client.get(reverse("providers:submission_pdf", args=[each.pk])))
            for each in (sent, second)
        ]
    assert ["Differently" in text for text in texts] == [False, True]


@pytest.mark.parametrize("name", ["submission", "submission_pdf", "submission_document"])
def test_what_was_sent_is_its_applicants_alone_until_it_is_opened(client, sent, name):
    rival = owner_of(OrganisationFactory())
    evaluator = assessor(sent.application, Role.EVALUATOR)
    contributor = member_of(sent.application.organisation)
    document = sent.application.organisation.documents.get()
    url = reverse(f"providers:{name}", args=[sent.pk]) + f"?document={document.pk}"
    statuses = {}
    for when, at in (("sealed", NOON), ("opened", NOON + timedelta(seconds=1))):
        with time_machine.travel(at, tick=False):
            for who, person in (("rival", rival), ("own", contributor), ("evaluator", evaluator)):
                client.force_login(person)
                found = client.get(url).status_code
                statuses[who, when] = "no" if found == 404 else "may"
    assert statuses == {
        ("rival", "sealed"): "no",
        ("own", "sealed"): "may",
        ("evaluator", "sealed"): "no",
        ("rival", "opened"): "no",
        ("own", "opened"): "may",
        ("evaluator", "opened"): "may",
    }
    opened = Event.objects.filter(verb="providers.submission.opened")
    assert {event.by for event in opened} == ({evaluator} if name != "submission" else set())


def test_the_owners_are_told_of_a_withdrawal(client, sent, django_capture_on_commit_callbacks):
    application = sent.application
    other = owner_of(application.organisation)
    member_of(application.organisation)
    mail.outbox.clear()
    with (
        time_machine.travel(AT, tick=False),
        django_capture_on_commit_callbacks(execute=True),
    ):
        applications.withdraw(application, by=sent.submitted_by)
    [letter] = mail.outbox
    assert set(letter.to) == {sent.submitted_by.email, other.email}
    assert letter.subject == "Application withdrawn on 7 June 2026"
    assert "Until Wednesday 17 June 2026 at 12 noon it may be submitted again." in letter.body


def test_the_page_of_a_draft_is_untouched_by_what_was_sent(client, sent):
    """A draft goes on being the applicant's own after it was submitted."""
    with time_machine.travel(AT, tick=False):
        client.force_login(sent.submitted_by)
        page = client.get(section_of(sent.application, "quality").get_absolute_url())
    assert "Save and continue" in words(page)
