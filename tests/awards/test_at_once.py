"""Of several who move an evaluation, a report, its decision or an agreement at once, one does and
the others are told; of two who want different things, one gets it."""

from datetime import timedelta

import pytest
import time_machine

from awards.actions import agreements, assignments, evaluations, reports
from awards.models import Agreement, Assignment, Evaluation, Mark, Outcome, Report, Signature
from awards.queries import questions
from dps.models import the_system
from lots.actions import decisions
from providers.models import Admission
from tests.awards import agreed, world
from tests.factories import owner_of
from tests.threads import one_of_six, one_of_two

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)
NUMBER = "26/00099"
SAID = {
    "number": NUMBER,
    "decision_maker": "The Cabinet Member",
    "title": "Admission of providers",
    "decision": "To admit.",
}


def marked(assignment, by):
    for question in questions.scored(assignment.evaluation):
        assignments.save(assignment, question=question, mark=4, reason="Says how", by=by)


def at(instant):
    return time_machine.travel(instant, tick=False)


def test_of_six_at_once_one_evaluates_and_the_others_are_told():
    evaluation, panel = world.started()
    with at(world.AFTER):
        allocate = {"evaluators": panel.evaluators, "by": panel.commissioner}
        one_of_six(evaluation, lambda: evaluations.allocate(evaluation, **allocate))
        for evaluator in panel.evaluators:
            theirs = Assignment.objects.get(evaluator=evaluator)
            marked(theirs, evaluator)
            one_of_six(evaluation, lambda a=theirs, by=evaluator: assignments.hand_in(a, by=by))
        for question in questions.scored(evaluation):
            said = {"question": question, "mark": 4, "reason": "Agreed"}
            evaluations.agree(evaluation, **said, by=panel.moderator)
        one_of_six(evaluation, lambda: evaluations.decide(evaluation, by=panel.moderator))
        again = {"why": "A mark was read wrongly", "by": panel.moderator}
        one_of_six(evaluation, lambda: evaluations.reopen(evaluation, **again))
    assert Assignment.objects.count() == 2
    assert Mark.objects.count() == 2 * len(questions.scored(evaluation))
    assert Outcome.objects.count() == 1


def test_of_six_at_once_one_reports_decides_and_agrees_and_the_others_are_told():
    evaluation, panel = world.outcome()
    scheme, held = evaluation.lot.scheme, evaluation.application.round
    officer = {"by": panel.commissioner}
    with at(world.AFTER):
        report, _ = one_of_six(scheme, lambda: reports.start(scheme, round=held, **officer))
        one_of_six(report, lambda: reports.finish(report, **officer))
        one_of_six(report, lambda: reports.amend(report, why="A date was wrong", **officer))
        reports.finish(report, **officer)
        decision, _ = one_of_six(report, lambda: reports.draft_decision(report, **SAID, **officer))
        one_of_six(decision, lambda: decisions.publish(decision, **officer))
    with at(world.AFTER + 30 * DAY):
        considered = {"recommendations": "", **officer}
        one_of_six(decision, lambda: decisions.consider(decision, **considered))
        _, told = one_of_six(report, lambda: reports.sign(report, by=panel.approver))
        assert told == ["This decision is now signed"] * 5
    decision.refresh_from_db()
    with at(decision.effective_at):
        one_of_six(report, lambda: reports.take_effect(report, by=the_system()))
    assert Report.objects.count() == Admission.objects.count() == 1

    agreement = Agreement.objects.get()
    owner, lawyer = owner_of(agreement.organisation), {"by": panel.legal}
    with at(agreement.drafted_at + DAY):
        one_of_six(agreement, lambda: agreements.send(agreement, **lawyer))
        one_of_six(agreement, lambda: agreed.sign(agreement, owner))
        seal = {"name": "L", "role": "Solicitor", **lawyer}
        _, told = one_of_six(agreement, lambda: agreements.seal(agreement, **seal))
        assert told == ["This agreement is now sealed, in force"] * 5
    assert Signature.objects.count() == 2


def test_of_two_who_want_different_things_at_once_one_gets_it():
    _, panel = world.allocated()
    first = panel.evaluators[0]
    theirs = Assignment.objects.get(evaluator=first)
    officer = {"by": panel.commissioner}
    with at(world.AFTER):
        marked(theirs, first)
        handed_in = (
            one_of_two(
                theirs,
                lambda: assignments.hand_in(theirs, by=first),
                lambda: assignments.release(theirs, why="On leave", **officer),
            )
            == 0
        )
    theirs.refresh_from_db()
    assert theirs.state == ("handed_in" if handed_in else "released")
    assert Mark.objects.exists() is handed_in


def test_a_report_is_signed_or_taken_back_never_both():
    evaluation, panel = world.outcome()
    report, _ = world.final_report(evaluation, panel)
    officer = {"by": panel.commissioner}
    with at(world.AFTER):
        decisions.publish(report.decision, **officer)
    with at(world.AFTER + 30 * DAY):
        decisions.consider(report.decision, recommendations="", **officer)
        signed = (
            one_of_two(
                report,
                lambda: reports.sign(report, by=panel.approver),
                lambda: reports.abandon(report, why="Begin again", **officer),
            )
            == 0
        )
    stands = Report.objects.get().state, Evaluation.objects.get().state
    assert stands == (("final", "reported") if signed else ("abandoned", "decided"))
