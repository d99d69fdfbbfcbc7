"""Submitting: what is checked, what is left behind, and what one may still do."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import InternalError, transaction
from django.urls import reverse

from dps.actions import Refused
from dps.models import Event, Promise, Role
from lots.actions import schemes
from lots.models import AdmissionMode, LotKind
from providers.actions import applications, documents
from providers.models import ApplicationState, Section, Submission
from tests.factories import (
    NOON,
    ApplicationFactory,
    LotFactory,
    OpenApplicationFactory,
    member_of,
    owner_of,
    staff,
)
from tests.providers.pages import errors_of, words
from tests.providers.world import (
    BEFORE,
    applicant,
    completed,
    fill,
    questionnaire_of,
    said,
    scheme_to_apply_to,
    section_of,
    service,
)
from tests.threads import six_while_held

DECLARED = {"name": "Joan Whitlow", "is_my_name": "on", "declaration": "on"}


def check_of(application):
    return reverse("providers:application_check", args=[application.pk])


def submit_of(application):
    return reverse("providers:submit", args=[application.pk])


@time_machine.travel(NOON, tick=False)
def test_submitting_leaves_a_numbered_copy_an_event_and_a_receipt(
    application, owner, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        submission = applications.submit(application, name="A", by=owner)
        assert mail.outbox == []  # nothing leaves before the commit

    assert (submission.number, submission.submitted_at) == (1, NOON)
    moved = Event.objects.get(subject_id=application.pk)
    assert (moved.verb, moved.by, moved.data["start"]) == (
        "providers.application.submitted",
        owner,
        "draft",
    )
    assert [message.to for message in mail.outbox] == [[owner.email]]


@time_machine.travel(BEFORE, tick=False)
def test_the_answers_are_checked_on_one_page_each_with_the_way_to_change_it(client, db):
    application, owner = completed()
    client.force_login(owner)
    response = client.get(check_of(application))
    page = words(response)
    for part in (
        "Applying for Lot A: One to one Change your lots",
        "Have you been insolvent? No Change Have you been insolvent?",
        "Which accounts do you publish? Small company accounts",
        "Which insurance do you hold? Public liability, Employer's liability",
        "Up to which amount? £10,000,000.00",
        "When was it last renewed? 31 January 2026",
        "Your insurance certificate Public liability (certificate.pdf)",
        "How do you help people decide what they do with their week? With pictures",
        "We accept the terms of the scheme Confirmed",
        "Anything else No answer",
        "Friday cooking Description We cook together and eat it",
        "One to one A Hour Face to face £18.50",
        "It is sealed until Wednesday 17 June 2026 at 12 noon",
        "Organisation Name Invented Care",
        "Change the details of the organisation",
    ):
        assert part in page
    assert "What happened, and when?" not in page  # not called for
    anchor = f'{section_of(application, "standing").get_absolute_url()}#id_q-cover"'
    assert anchor in response.content.decode()


@time_machine.travel(BEFORE, tick=False)
def test_an_owner_declares_by_name_submits_and_gets_the_receipt(client, db):
    application, owner = completed()
    client.force_login(owner)
    response = client.post(submit_of(application), DECLARED)
    submission = Submission.objects.get()
    assert response.url == reverse("providers:submission", args=[submission.pk])
    contents = applications.open_submission(submission, by=owner)
    certificate = application.organisation.documents.get()
    assert contents["declared_by"] == "Joan Whitlow"
    receipt = words(client.get(response.url))
    assert f"Declared by Joan Whitlow Signed in as {owner.name} {owner.email}" in receipt
    assert contents["lots"] == ["A"]
    assert contents["services"] == [service(id="one")]
    assert contents["documents"][str(certificate.pk)]["file"] == certificate.file
    assert contents["organisation"]["name"] == application.organisation.name
    assert "bankrupt-how" not in contents["answers"]


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({}, {"name", "declaration"}),
        ({"name": "Joan", "is_my_name": "on"}, {"declaration"}),
        ({"name": "Joan", "declaration": "on"}, {"name"}),
        ({"name": " ", "declaration": "on"}, {"name"}),
    ],
)
@time_machine.travel(BEFORE, tick=False)
def test_nothing_is_submitted_without_a_name_and_a_declaration(client, db, sent, wrong):
    application, owner = completed()
    client.force_login(owner)
    response = client.post(submit_of(application), sent)
    assert (response.status_code, set(errors_of(response))) == (422, wrong)
    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    ("key", "contents", "message"),
    [
        (Section.LOTS, {}, "Lots you are applying for: Choose at least one lot"),
        ("standing", {}, "Money and insurance: Choose yes or no to “Have you been insolvent?”"),
        ("quality", {"answers": {"choice": "a " * 11}}, "do with their week?” is 1 word"),
        ("declarations", {"answers": {"terms": ""}}, "Declarations: Confirm “We accept the terms"),
        (Section.SERVICES, {}, "Services and rates: Add a service with a rate for lot A"),
    ],
)
@time_machine.travel(BEFORE, tick=False)
def test_what_is_missing_bars_the_button_and_is_refused_beside_the_declaration(
    client, db, key, contents, message
):
    application, owner = completed()
    said(application, key, contents)
    client.force_login(owner)
    page = client.get(check_of(application))
    assert "Not complete yet" in words(page)
    assert 'aria-disabled="true" aria-describedby="why-submit-application"' in page.content.decode()
    response = client.post(submit_of(application), DECLARED)
    assert response.status_code == 422
    assert message in errors_of(response)["declaration"][0]
    assert 'value="Joan Whitlow"' in response.content.decode()
    assert not Submission.objects.exists()


@time_machine.travel(BEFORE, tick=False)
def test_a_document_that_left_the_library_or_expired_is_not_submitted(db):
    application, owner = completed()
    certificate = application.organisation.documents.get()
    with time_machine.travel(BEFORE, tick=False), transaction.atomic():
        documents.remove(certificate, by=owner)
        with pytest.raises(
            Refused, match="Your insurance certificate: the document is no longer in"
        ):
            applications.submit(application, name="Jo", by=owner)
        transaction.set_rollback(True)
    later, owner = completed()
    assert documents.describe(later.organisation.documents.get(), by=owner)["expires_on"]
    application.round.deadlines.create(
        at=NOON + timedelta(days=365), set_at=BEFORE, set_by=owner_of(later.organisation)
    )
    owner = application.organisation.members.first().user
    day = date(2027, 2, 1)
    with (
        time_machine.travel(NOON.replace(year=day.year, month=day.month, day=day.day), tick=False),
        pytest.raises(Refused, match="“Public liability” was valid until 31 January 2027"),
    ):
        applications.submit(application, name="Jo", by=owner)


@pytest.mark.parametrize(("seconds", "status"), [(-1, 302), (0, 302), (1, 422)])
def test_one_second_late_is_refused_beside_the_form_and_the_draft_is_kept(
    client, db, seconds, status
):
    with time_machine.travel(BEFORE, tick=False):
        application, owner = completed()
    with time_machine.travel(NOON + timedelta(seconds=seconds), tick=False):
        client.force_login(owner)
        response = client.post(submit_of(application), DECLARED)
        again = client.get(check_of(application))
    assert response.status_code == status
    late = "The deadline was Wednesday 17 June 2026 at 12 noon. Your draft has been kept."
    if status == 422:
        assert errors_of(response) == {"__all__": [late]}
        assert late in words(again)
        assert "With pictures, every Friday" in words(again)  # readable
        assert "Submit application" not in words(again)
        assert not Submission.objects.exists()


@time_machine.travel(NOON, tick=False)
def test_a_contributor_may_check_but_not_submit_or_withdraw(client, db):
    with time_machine.travel(BEFORE, tick=False):
        application, _owner = completed()
    contributor = member_of(application.organisation)
    client.force_login(contributor)
    assert "An owner of your organisation submits it" in words(client.get(check_of(application)))
    withdraw = reverse("providers:application_withdraw", args=[application.pk])
    for url in (submit_of(application), withdraw):
        assert client.post(url, DECLARED).status_code == 403
    with pytest.raises(PermissionDenied):
        applications.submit(application, name="A", by=contributor)
    assert not Submission.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_six_submissions_at_once_make_one():
    with time_machine.travel(NOON):
        application = ApplicationFactory(round__closes=NOON.replace(hour=12))
        owner = owner_of(application.organisation)
        results = six_while_held(
            application, lambda: applications.submit(application, name="A", by=owner)
        )

    assert sorted(type(result).__name__ for result in results) == ["Refused"] * 5 + ["Submission"]
    assert {str(r) for r in results if isinstance(r, Refused)} == {
        "This version is already submitted"
    }
    assert Submission.objects.count() == 1
    assert len(mail.outbox) == 1
    assert Event.objects.filter(verb="providers.applications.submit refused").count() == 5


@time_machine.travel(NOON, tick=False)
def test_the_database_refuses_what_no_action_does(application, owner):
    submission = applications.submit(application, name="A", by=owner)
    for forbidden in (
        lambda: Submission.objects.filter(pk=submission.pk).update(fingerprint=""),
        submission.delete,
        lambda: Event.objects.all().delete(),
        lambda: Promise.objects.create(key=Promise.objects.get().key, made_at=NOON),
    ):
        with pytest.raises(Exception, match=r"Cannot|duplicate"), transaction.atomic():
            forbidden()
    with pytest.raises(InternalError, match="Invalid transition"), transaction.atomic():
        type(application).objects.filter(pk=application.pk).update(state="draft")


@time_machine.travel(NOON, tick=False)
def test_until_the_deadline_a_changed_draft_may_be_submitted_again(client, db):
    with time_machine.travel(BEFORE, tick=False):
        application, owner = completed()
    first = applications.submit(application, name="A", by=owner)
    section = section_of(application, "quality")
    client.force_login(owner)
    url = section.get_absolute_url()
    client.post(url, {"q-choice": "Differently", "seen": section.revision})
    application.refresh_from_db()
    assert application.state == ApplicationState.SUBMITTED  # the first one stands meanwhile
    client.post(submit_of(application), DECLARED)

    second = Submission.objects.standing().get()
    assert (first.number, second.number) == (1, 2)
    answers = [
        applications.open_submission(s, by=owner)["answers"]["choice"] for s in (first, second)
    ]
    assert answers == ["With pictures, every Friday, with the same worker.", "Differently"]
    page = words(client.get(application.get_absolute_url()))
    assert "Version 2 12:00:00 on 17 June 2026" in page
    assert "Version 1 12:00:00 on 17 June 2026" in page
    response = client.post(submit_of(application), DECLARED)
    assert errors_of(response) == {"__all__": ["This version is already submitted"]}


@time_machine.travel(NOON, tick=False)
def test_what_was_withdrawn_may_be_submitted_again_unchanged(client, db):
    with time_machine.travel(BEFORE, tick=False):
        application, owner = completed()
    applications.submit(application, name="A", by=owner)
    client.force_login(owner)
    withdraw = reverse("providers:application_withdraw", args=[application.pk])
    assert "Until the deadline you may submit it again" in words(client.get(withdraw))
    response = client.post(withdraw, follow=True)
    assert "Withdrawn. Nobody else can read it." in words(response)
    event = Event.objects.get(verb="providers.application.withdrawn")
    assert (event.by, event.why) == (owner, "")
    response = client.post(withdraw, {"why": ""})
    assert errors_of(response) == {"__all__": ["This application is now withdrawn"]}
    assert client.post(submit_of(application), DECLARED).status_code == 302
    application.refresh_from_db()
    assert (application.state, application.submissions.count()) == ("submitted", 2)


@time_machine.travel(BEFORE, tick=False)
def test_an_application_to_open_lots_is_submitted_once_and_withdrawn_to_make_another(client, db):
    organisation, owner = applicant()
    scheme = scheme_to_apply_to()
    questionnaire_of(scheme)
    LotFactory(scheme=scheme, key="C", mode=AdmissionMode.OPEN)
    application = applications.start(organisation, scheme=scheme, by=owner)
    fill(application, owner, ["C"])
    rate = {"lot": "C", "tier": "one", "unit": "hour", "mode": "face_to_face", "amount": "9.00"}
    said(application, Section.SERVICES, {"services": [service(id="1", lots=["C"], rates=[rate])]})
    client.force_login(owner)
    assert "It is opened the moment you submit it" in words(client.get(check_of(application)))
    assert client.post(submit_of(application), DECLARED).status_code == 302

    section = section_of(application, "quality")
    sent = {"q-choice": "Later", "seen": section.revision}
    response = client.post(section.get_absolute_url(), sent)
    opened = "This application was submitted and opened, so it cannot change."
    assert (response.status_code, opened in words(response)) == (422, True)
    withdraw = reverse("providers:application_withdraw", args=[application.pk])
    assert client.post(withdraw, {}).status_code == 302
    again = applications.start(organisation, scheme=scheme, by=owner)
    assert again.state == ApplicationState.DRAFT


@time_machine.travel(BEFORE, tick=False)
def test_a_lot_that_stopped_taking_applications_is_named(db):
    application = OpenApplicationFactory()
    owner = owner_of(application.organisation)
    lot = application.scheme.lots.get()
    lot.kind = LotKind.FRAMEWORK
    lot.save()
    commissioner = staff(application.scheme.authority, Role.COMMISSIONER)
    schemes.depart(
        application.scheme,
        rule="opens_throughout",
        notice_reference="II.2.4",
        why="Light touch",
        by=commissioner,
    )
    schemes.set_mode(lot, mode=AdmissionMode.CLOSED, why="The need has gone", by=commissioner)
    with pytest.raises(Refused, match=f"Lot {lot.key} takes no application from you now"):
        applications.submit(application, name="Jo", by=owner)
