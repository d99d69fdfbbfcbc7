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


def a_round(of):
    """A round of so many applicants, each planted with a name, a service, a rate and a reason; all
    are decided, and all but the first admitted. The round, its commissioner and its approver."""
    bank_holidays()
    round = RoundFactory()
    with_headings(round.scheme)
    roles = Role.COMMISSIONER, Role.APPROVER
    commissioner, approver = [staff(round.scheme.authority, role) for role in roles]
    lot = round.round_lots.get().lot
    for number in range(of):
        planted = {"services": [service_for(lot, f"{SERVICE} {number}", RATE)]}
        organisation = OrganisationFactory(name=f"{NAME} {number}")
        application = submitted(round=round, organisation=organisation, contents=planted)
        decide(application, lot, mark=4 if number else 1, by=approver)
        with time_machine.travel(AFTER, tick=False):
            for person in (commissioner, approver):
                world.clear(person, application)
    return round, commissioner, approver


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


def report_on(round, by):
    """A final report, with its decision drafted."""
    with time_machine.travel(AFTER, tick=False):
        made = reports.start(round.scheme, round=round, by=by)
        reports.finish(made, by=by)
        made.refresh_from_db()
        reports.draft_decision(
            made,
            number="26/1",
            decision_maker="The Cabinet Member",
            title="Admission",
            decision="To admit.",
            by=by,
        )
    made.refresh_from_db()
    return made


def pdf_of(client, url):
    response = client.get(url)
    assert response["Content-Type"] == "application/pdf"
    return response, PdfReader(BytesIO(response.content))


def said_on(reader) -> list[str]:
    """What each page says."""
    return [re.sub(r"\s+", " ", page.extract_text()) for page in reader.pages]


def test_the_public_part_tells_of_no_applicant(client, db):
    round, commissioner, _ = a_round(of=8)
    report = report_on(round, by=commissioner)
    client.force_login(commissioner)
    with time_machine.travel(AFTER, tick=False):
        page = client.get(reverse("awards:report", args=[report.pk])).content.decode()
        response, reader = pdf_of(client, reverse("awards:report_pdf", args=[report.pk]))
    paper = " ".join([*said_on(reader), str(reader.metadata), str(response.headers)])
    for planted in (NAME, SERVICE, RATE, REASON):
        assert planted not in page
        assert planted not in paper
        assert planted.encode() not in response.content
    assert not reader.attachments
    assert re.search(r"Admitted\D+7\b", page)  # as a number


def test_the_appendix_tells_of_all_forty_and_that_it_was_read_is_on_record(client, db):
    round, commissioner, approver = a_round(of=40)
    appendix = report_on(round, by=commissioner).versions.get().appendix
    client.force_login(approver)
    with time_machine.travel(AFTER, tick=False):
        page = client.get(reverse("admin:appendix", args=[appendix.pk])).content.decode()
        _, reader = pdf_of(client, reverse("admin:appendix_pdf", args=[appendix.pk]))
    paper = said_on(reader)
    for number in range(40):
        name = re.compile(rf"{NAME} {number}\b")
        assert name.search(page)
        assert name.search(" ".join(paper))
    has_heads_and_numbers(paper)
    read = Event.objects.filter(verb="awards.report.appendix read", by=approver)
    assert read.count() == 2


def has_heads_and_numbers(pages):
    """It runs over pages that say what they are of, the heads of its tables on each."""
    assert len(pages) > 4
    for number, text in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in text
        assert "Version 1" in text
    assert "EXEMPT" in pages[-1]
    rates = [text for text in pages if f"£{RATE}" in text]
    assert len(rates) > 1
    assert all("Level of payment" in text for text in rates)


def test_the_signed_out_see_the_public_part_once_its_decision_is_out(client, db):
    round, commissioner, _ = a_round(of=2)
    report = report_on(round, by=commissioner)
    url = reverse("awards:report", args=[report.pk])
    with time_machine.travel(AFTER, tick=False):
        assert client.get(url).status_code == 302
        assert str(report) not in client.get(reverse("awards:reports")).content.decode()
    with time_machine.travel(AFTER, tick=False):
        world.decisions.publish(report.decision, by=commissioner)
        assert client.get(url).status_code == 200
        assert str(report) in client.get(reverse("awards:reports")).content.decode()


def test_a_round_is_not_reported_while_an_evaluation_is_undecided(db):
    round, commissioner, _ = a_round(of=2)
    application = submitted(round=round)
    with time_machine.travel(AFTER, tick=False):
        world.evaluations.start(application.submissions.get(), by=world.the_system())
        with pytest.raises(Refused, match="1 evaluation of this round must be decided first"):
            reports.start(round.scheme, round=round, by=commissioner)
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


def test_an_abandoned_report_gives_its_evaluations_back(db):
    round, by, _ = a_round(of=2)
    with time_machine.travel(AFTER + timedelta(days=1), tick=False):
        made = reports.start(round.scheme, round=round, by=by)
        reports.abandon(made, why="The numbers were wrong", by=by)
        again = reports.start(round.scheme, round=round, by=by)
    assert again.evaluations.count() == 2
    assert not made.evaluations.exists()


def test_no_provider_reads_an_appendix(client, db):
    round, commissioner, _ = a_round(of=2)
    appendix = report_on(round, by=commissioner).versions.get().appendix
    applicant = round.applications.first().organisation
    client.force_login(owner_of(applicant))
    with time_machine.travel(AFTER, tick=False):
        answer = client.get(reverse("admin:appendix", args=[appendix.pk]))
    assert answer.status_code == 302  # to the workplace's sign-in
