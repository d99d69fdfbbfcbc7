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
from dps.models import Event, Role, the_system
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


def test_evaluators_are_chosen_knowing_their_load_and_interests_and_who_cannot_mark_is_named(
    client, db
):
    first, panel = world.started()
    one, two = panel.evaluators
    scheme = first.lot.scheme
    with time_machine.travel(AFTER, tick=False):
        other = world.another(first, panel)
        third = world.another(first, panel)
        evaluations.allocate(third, evaluators=[one, two], by=panel.commissioner)
        world.conflict(one, other.application)
        client.force_login(panel.commissioner)
        url = reverse("admin:allocation", args=[scheme.pk])
        hints = client.get(url).context_data["form"].fields["evaluators"].hints
        assert hints == {
            str(one.pk): "1 set of marks to hand in. "
            f"Interest in {other.application.organisation}.",
            str(two.pk): "1 set of marks to hand in.",
        }
        chosen = {"evaluators": [one.pk, two.pk], "chosen": [first.pk, other.pk]}
        answer = client.post(url, chosen)
    form = answer.context_data["form"]
    assert answer.status_code == 422
    assert form.errors == {
        "chosen": [f"{other}: {one} has declared an interest in the applicant. Choose someone else"]
    }
    assert form["evaluators"].value() == [one.pk, two.pk]
    assert form["chosen"].value() == [other.pk]
    assert "Evaluators chosen for 1 evaluation." in answer.content.decode()
    states = {each.pk: each.state for each in Evaluation.objects.all()}
    assert states == {first.pk: "marking", other.pk: "allocating", third.pk: "marking"}
    assert Event.objects.filter(
        verb="awards.evaluations.allocate refused", subject_id=other.pk
    ).exists()


def test_a_private_note_is_kept_beyond_handing_in_and_is_nobody_elses(client, db):
    evaluation, panel = world.allocated()
    one, two = panel.evaluators
    assignment = Assignment.objects.get(evaluator=one)
    auditor = staff(evaluation.lot.scheme.authority, Role.AUDITOR)
    record = reverse("admin:awards_assignment_change", args=[assignment.pk])
    secret = "Ask whether Saturdays are funded"
    with time_machine.travel(AFTER, tick=False):
        client.force_login(one)
        url = reverse("admin:mark", args=[assignment.pk])
        assert client.post(url, {"note": secret}).status_code == 302
        assert secret in client.get(url).content.decode()
        for evaluator in (one, two):
            world.hand_in(evaluation, evaluator)
        assert secret in client.get(record).content.decode()
        moderation = reverse("admin:moderate", args=[evaluation.pk])
        for person in (panel.commissioner, panel.moderator, two, auditor):
            client.force_login(person)
            for page_of_it in (record, moderation):
                assert secret not in client.get(page_of_it).content.decode()
    assert Event.objects.filter(why__contains=secret).count() == 0


def test_an_evaluator_goes_from_one_application_of_their_queue_to_the_next(client, db):
    first, panel = world.allocated()
    with time_machine.travel(AFTER, tick=False):
        for _ in range(2):
            evaluation = world.another(first, panel)
            evaluations.allocate(evaluation, evaluators=panel.evaluators, by=panel.commissioner)
        evaluator = panel.evaluators[0]
        mine = Assignment.objects.filter(evaluator=evaluator).order_by("assigned_at", "pk")
        urls = [reverse("admin:mark", args=[each.pk]) for each in mine]
        client.force_login(evaluator)
        pages = [client.get(url).content.decode() for url in urls]
    assert [f"Application {n} of 3 in my queue" in page for n, page in enumerate(pages, 1)] == (
        [True] * 3
    )
    linked = [[f'href="{url}"' in page for url in urls] for page in pages]
    assert linked == [[False, True, False], [True, False, True], [False, True, False]]


def test_the_page_of_a_round_says_how_far_its_evaluation_is_once_it_is_opened(client, db):
    first, panel = world.allocated()
    round, lot = first.application.round, first.lot
    url = reverse("admin:lots_round_change", args=[round.pk])

    def said():
        client.force_login(panel.commissioner)
        parts = {part.title: part for part in client.get(url).context["parts"]}
        return [row[1:] for row in parts["Evaluation"].rows] if "Evaluation" in parts else None

    with time_machine.travel(world.NOON, tick=False):
        assert said() is None
    with time_machine.travel(AFTER, tick=False):
        second = world.another(first, panel)
        assert said() == [["2", "1", "0 of 2", "0", "0"]]
        with CaptureQueriesContext(connection) as two:
            client.get(url)
        for evaluator in panel.evaluators:
            world.hand_in(first, evaluator)
        world.settle(first, panel)
        third = world.another(first, panel)
        assert said() == [["3", "2", "1 of 3", "1", "0"]]
        with CaptureQueriesContext(connection) as three:
            client.get(url)
        world.conflict(panel.commissioner, third.application)
        assert said() == [["2", "1", "1 of 2", "1", "0"]]
    assert (second.lot, third.lot) == (lot, lot)
    assert len(three) == len(two)


def test_who_has_an_interest_in_an_applicant_chooses_nobody_for_it(client, db):
    evaluation, panel = world.started()
    url = reverse("admin:allocation", args=[evaluation.lot.scheme_id])
    with time_machine.travel(AFTER, tick=False):
        client.force_login(panel.commissioner)
        assert list(client.get(url).context_data["waiting"]) == [evaluation]
        world.conflict(panel.commissioner, evaluation.application)
        assert not client.get(url).context_data["waiting"]


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
