"""Evaluation and the award report, as people go through them."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from awards.actions import evaluations
from awards.models import Assignment, Evaluation, Mark, Outcome, Report
from awards.queries import questions
from awards.tasks import start_evaluations
from dps.models import Role, the_system
from providers.models import Declaration
from tests.awards import world
from tests.factories import ANSWERS, staff, submitted
from tests.lots.world import bank_holidays

AFTER = world.AFTER


@pytest.fixture
def application(db):
    bank_holidays()
    return submitted(answers=ANSWERS)


@pytest.fixture
def people(application):
    authority = application.scheme.authority
    return {
        role: staff(authority, role)
        for role in (Role.COMMISSIONER, Role.MODERATOR, Role.APPROVER, Role.LEGAL_OFFICER)
    } | {"one": staff(authority, Role.EVALUATOR), "two": staff(authority, Role.EVALUATOR)}


def page(client, name, *args, **data):
    url = reverse(name, args=args)
    return client.post(url, data) if data else client.get(url)


def test_from_the_opening_to_a_signed_report(client, application, people):
    scheme = application.scheme
    with time_machine.travel(AFTER, tick=False):
        start_evaluations()
        evaluation = Evaluation.objects.get()
        for who in people.values():
            client.force_login(who)
            url = reverse("admin:interests", args=[scheme.pk])
            client.post(url, {"declared": "on"})
        assert Declaration.objects.count() == 5  # not the legal officer, who assesses nothing

        client.force_login(people[Role.COMMISSIONER])
        chosen = {"evaluators": [people["one"].pk, people["two"].pk], "chosen": [evaluation.pk]}
        page(client, "admin:allocation", scheme.pk, **chosen)
        for who, mark in (("one", 3), ("two", 5)):
            client.force_login(people[who])
            assignment = Assignment.objects.get(evaluator=people[who])
            url = reverse("admin:mark", args=[assignment.pk])
            empty = client.post(url, {"reason": " "})
            assert empty.status_code == 422
            assert "Choose a mark, or write a reason" in empty.content.decode()
            for question in questions.scored(evaluation):
                shown = client.get(f"{url}?question={question.key}")
                assert ANSWERS[question.key] in shown.content.decode()
                said = {"mark": mark, "reason": f"Marked by {who}"}
                client.post(f"{url}?question={question.key}", said)
            assert page(client, "admin:hand_in", assignment.pk).status_code == 200
            client.post(reverse("admin:hand_in", args=[assignment.pk]))
        assert Mark.objects.count() == 4

        client.force_login(people[Role.MODERATOR])
        url = reverse("admin:moderate", args=[evaluation.pk])
        for question in questions.scored(evaluation):
            shown = client.get(f"{url}?question={question.key}").content.decode()
            assert "Marked by one" in shown
            assert "lie 2 apart" in shown
            client.post(f"{url}?question={question.key}", {"mark": 4, "reason": "Facts given"})
        record = reverse("admin:awards_evaluation_change", args=[evaluation.pk])
        assert client.get(record).status_code == 200
        client.post(reverse("admin:awards_evaluation_decide", args=[evaluation.pk]))
        assert Outcome.objects.get().score == 80

        client.force_login(people[Role.COMMISSIONER])
        over = {"over": str(application.round_id)}
        page(client, "admin:start_report", scheme.pk, **over)
        report = Report.objects.get()
        client.post(reverse("admin:awards_report_finish", args=[report.pk]))
        said = {
            "number": "26/1",
            "title": "Admission",
            "decision_maker": "The Cabinet Member",
            "decision": "To admit.",
        }
        page(client, "admin:awards_report_draft-decision", report.pk, **said)
        report.refresh_from_db()
        assert report.decision.number == "26/1"


def test_a_text_of_the_public_part_names_no_applicant(client, db):
    evaluation, panel = world.outcome()
    scheme = evaluation.lot.scheme
    scheme.headings.create(key="introduction", title="Introduction", position=1)
    with time_machine.travel(AFTER, tick=False):
        client.force_login(panel.commissioner)
        page(client, "admin:start_report", scheme.pk, over=str(evaluation.application.round_id))
        report = Report.objects.get()
        name = evaluation.application.organisation.name
        answer = page(
            client, "admin:awards_report_write", report.pk, introduction=f"We admit {name.upper()}."
        )
    assert answer.status_code == 422
    assert "stand in the exempt appendix only" in answer.content.decode()
    assert report.versions.count() == 1


def test_a_mark_without_a_reason_is_saved_and_not_handed_in(client, db):
    evaluation, panel = world.allocated()
    assignment = Assignment.objects.get(evaluator=panel.evaluators[0])
    with time_machine.travel(AFTER, tick=False):
        client.force_login(panel.evaluators[0])
        url = reverse("admin:mark", args=[assignment.pk])
        for question in questions.scored(evaluation):
            client.post(f"{url}?question={question.key}", {"mark": 3, "reason": ""})
        answer = client.post(reverse("admin:hand_in", args=[assignment.pk]))
    assert answer.status_code == 422
    assert "needs a mark and a reason" in answer.content.decode()
    assert not Mark.objects.exists()


def test_lists_ask_as_much_of_many_as_of_few(client, db):
    evaluation, panel = world.outcome()
    url = reverse("admin:awards_evaluation_changelist")

    def queries():
        with time_machine.travel(AFTER, tick=False):
            client.force_login(panel.moderator)
            with CaptureQueriesContext(connection) as asked:
                assert client.get(url).status_code == 200
        return len(asked)

    few = queries()
    for _ in range(3):
        application = submitted(round=evaluation.application.round)
        with time_machine.travel(AFTER, tick=False):
            panel.declare(application)
            evaluations.start(application.submissions.get(), by=the_system())
    assert queries() == few
