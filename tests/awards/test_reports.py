"""Award reports: a public part that tells of no applicant, an exempt appendix that tells of all."""

import re
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
import time_machine
from django.urls import reverse
from pypdf import PdfReader

from awards.actions import reports
from awards.models import AgreedMark, Evaluation, Outcome, Report
from awards.queries import questions
from dps.actions import Refused
from dps.models import Event, Role
from lots.models import Act
from tests.awards import world
from tests.factories import (
    NOON,
    OpenApplicationFactory,
    OrganisationFactory,
    RoundFactory,
    decided,
    owner_of,
    service_for,
    staff,
    submitted,
)
from tests.lots.world import bank_holidays

AFTER = world.AFTER
NAME, SERVICE, RATE, REASON = "Zanzibar Kites", "Quokka club", "37.91", "Verdigris and plainly so"


def with_headings(scheme):
    """The headings that the scheme's reports have, with every table that there is."""
    for place, (title, computed) in enumerate(
        [
            ("Introduction", []),
            ("Procurement process", ["timetable", "lots", "numbers"]),
            ("Coverage", ["coverage"]),
            ("Recommendations", []),
        ]
    ):
        scheme.headings.create(
            key=title.lower().replace(" ", "-"),
            position=place,
            title=title,
            text=f"What there is to say on {title.lower()}.",
            computed=computed,
        )


@pytest.fixture
def forty(db):
    """A round of forty applicants, each planted with a name, a service, a rate and a reason; all
    are decided."""
    bank_holidays()
    round = RoundFactory()
    with_headings(round.scheme)
    people = {
        role: staff(round.scheme.authority, role) for role in (Role.COMMISSIONER, Role.APPROVER)
    }
    lot = round.round_lots.get().lot
    for number in range(40):
        planted = {"services": [service_for(lot, f"{SERVICE} {number}", RATE)]}
        organisation = OrganisationFactory(name=f"{NAME} {number}")
        application = submitted(round=round, organisation=organisation, contents=planted)
        decide(application, lot, mark=4 if number else 1, by=people[Role.APPROVER])
        with time_machine.travel(AFTER, tick=False):
            for person in people.values():
                world.clear(person, application)
    return round, people


def decide(application, lot, mark, by):
    """An evaluation that is decided, with one agreed mark for each question."""
    evaluation = Evaluation.objects.create(
        application=application,
        submission=application.submissions.get(),
        lot=lot,
        size=application.organisation.size,
        state="decided",
        received_at=NOON,
        started_at=NOON,
    )
    for question in questions.scored(evaluation):
        AgreedMark.objects.create(
            evaluation=evaluation,
            question=question,
            number=1,
            mark=mark,
            reason=REASON,
            by=by,
            at=NOON,
        )
    Outcome.objects.create(
        evaluation=evaluation,
        number=1,
        admits=mark >= 3,
        score=Decimal(mark * 20),
        reasons=[] if mark >= 3 else ["The score is below the least score"],
        at=NOON,
        by=by,
    )


@pytest.fixture
def report(forty):
    round, people = forty
    with time_machine.travel(AFTER, tick=False):
        made = reports.start(round.scheme, round=round, by=people[Role.COMMISSIONER])
        reports.finish(made, by=people[Role.COMMISSIONER])
        made.refresh_from_db()
        reports.draft_decision(
            made,
            number="26/1",
            decision_maker="The Cabinet Member",
            title="Admission",
            decision="To admit.",
            by=people[Role.COMMISSIONER],
        )
    made.refresh_from_db()
    return made


def pdf_of(client, url):
    response = client.get(url)
    assert response["Content-Type"] == "application/pdf"
    return response, PdfReader(BytesIO(response.content))


def said_by(reader) -> str:
    text = "\n".join(page.extract_text() for page in reader.pages)
    return re.sub(r"\s+", " ", text)


def test_the_public_part_tells_of_no_applicant(client, forty, report):
    _, people = forty
    client.force_login(people[Role.COMMISSIONER])
    with time_machine.travel(AFTER, tick=False):
        page = client.get(reverse("awards:report", args=[report.pk])).content.decode()
        response, reader = pdf_of(client, reverse("awards:report_pdf", args=[report.pk]))
    paper = said_by(reader) + str(reader.metadata) + str(response.headers)
    for planted in (NAME, SERVICE, RATE, REASON):
        assert planted not in page
        assert planted not in paper
        assert planted.encode() not in response.content
    assert not reader.attachments
    assert "39" in page  # admitted, as a number


def test_the_appendix_tells_of_all_and_that_it_was_read_is_on_record(client, forty, report):
    _, people = forty
    approver = people[Role.APPROVER]
    appendix = report.versions.get().appendix
    client.force_login(approver)
    with time_machine.travel(AFTER, tick=False):
        page = client.get(reverse("admin:appendix", args=[appendix.pk])).content.decode()
        _, reader = pdf_of(client, reverse("admin:appendix_pdf", args=[appendix.pk]))
    paper = said_by(reader)
    for number in range(40):
        assert f"{NAME} {number}" in page
        assert f"{NAME} {number}" in paper
    assert f"£{RATE}" in paper
    assert "EXEMPT" in reader.pages[-1].extract_text()
    read = Event.objects.filter(verb="awards.report.appendix read", by=approver)
    assert read.count() == 2


def test_forty_applicants_run_over_pages_with_their_heads_and_numbers(client, forty, report):
    _, people = forty
    client.force_login(people[Role.APPROVER])
    appendix = report.versions.get().appendix
    with time_machine.travel(AFTER, tick=False):
        _, reader = pdf_of(client, reverse("admin:appendix_pdf", args=[appendix.pk]))
    pages = [page.extract_text() for page in reader.pages]
    assert len(pages) > 4
    for number, text in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in text
        assert "Version 1" in text
    rates = [text for text in pages if f"£{RATE}" in text]
    assert len(rates) > 1
    assert all("Level of payment" in text for text in rates)  # the head of the table, on each


def test_the_signed_out_see_the_public_part_once_its_decision_is_out(client, forty, report):
    url = reverse("awards:report", args=[report.pk])
    with time_machine.travel(AFTER, tick=False):
        assert client.get(url).status_code == 302
        assert str(report) not in client.get(reverse("awards:reports")).content.decode()
    with time_machine.travel(AFTER, tick=False):
        world.decisions.publish(report.decision, by=forty[1][Role.COMMISSIONER])
        assert client.get(url).status_code == 200
        assert str(report) in client.get(reverse("awards:reports")).content.decode()


def test_a_round_is_not_reported_while_an_evaluation_is_undecided(forty):
    round, people = forty
    application = submitted(round=round)
    with time_machine.travel(AFTER, tick=False):
        world.evaluations.start(application.submissions.get(), by=world.the_system())
        with pytest.raises(Refused, match="1 evaluation of this round must be decided first"):
            reports.start(round.scheme, round=round, by=people[Role.COMMISSIONER])
    assert not Report.objects.exists()


def test_open_lots_are_reported_only_under_a_standing_delegation(db):
    bank_holidays()
    application = submitted(OpenApplicationFactory)
    scheme, lot = application.scheme, application.scheme.lots.get()
    commissioner = staff(scheme.authority, Role.COMMISSIONER)
    decide(application, lot, mark=4, by=commissioner)
    with time_machine.travel(AFTER, tick=False):
        world.clear(commissioner, application)
        with pytest.raises(Refused, match=f"No standing delegation covers “Award lot {lot.key}”"):
            reports.start(scheme, by=commissioner)
        decided(scheme, [lot], act=Act.AWARD, is_standing=True)
        assert reports.start(scheme, by=commissioner).evaluations.count() == 1


def test_an_abandoned_report_gives_its_evaluations_back(forty):
    round, people = forty
    by = people[Role.COMMISSIONER]
    with time_machine.travel(AFTER + timedelta(days=1), tick=False):
        made = reports.start(round.scheme, round=round, by=by)
        reports.abandon(made, why="The numbers were wrong", by=by)
        again = reports.start(round.scheme, round=round, by=by)
    assert again.evaluations.count() == 40
    assert not made.evaluations.exists()


def test_no_provider_reads_an_appendix(client, forty, report):
    round, _ = forty
    applicant = round.applications.first().organisation
    client.force_login(owner_of(applicant))
    appendix = report.versions.get().appendix
    with time_machine.travel(AFTER, tick=False):
        answer = client.get(reverse("admin:appendix", args=[appendix.pk]))
    assert answer.status_code == 302  # to the workplace's sign-in
