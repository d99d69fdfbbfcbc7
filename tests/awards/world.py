"""Evaluations at each stage of their life, reached through the actions."""

from datetime import timedelta

import time_machine

from awards.actions import assignments, evaluations, reports
from awards.models import Assignment
from awards.queries import questions
from dps.models import Role, the_system
from lots.actions import decisions
from providers.actions import conflicts
from tests.factories import NOON, staff, submitted
from tests.lots.world import bank_holidays

AFTER = NOON + timedelta(seconds=1)


class Panel:
    """The people of one authority, who have declared no interest in the applicant."""

    def __init__(self, application):
        authority = application.scheme.authority
        self.commissioner = staff(authority, Role.COMMISSIONER)
        self.evaluators = [staff(authority, Role.EVALUATOR) for _ in range(2)]
        self.moderator = staff(authority, Role.MODERATOR)
        self.approver = staff(authority, Role.APPROVER)
        self.legal = staff(authority, Role.LEGAL_OFFICER)
        self.declare(application)

    @property
    def everyone(self):
        return [self.commissioner, *self.evaluators, self.moderator, self.approver, self.legal]

    def declare(self, application):
        for person in (self.commissioner, *self.evaluators, self.moderator, self.approver):
            clear(person, application)


def clear(person, application):
    """The person declares no interest in the applicant."""
    return conflicts.declare(
        application.scheme, about=[application.organisation], conflicts=[], details="", by=person
    )


def conflict(person, application, details="My sister runs it"):
    """The person declares an interest in the applicant."""
    about = [application.organisation]
    return conflicts.declare(
        application.scheme, about=about, conflicts=about, details=details, by=person
    )


def started(**kwargs):
    """An evaluation that waits for evaluators, and the panel."""
    bank_holidays()
    application = submitted(**kwargs)
    with time_machine.travel(AFTER, tick=False):
        panel = Panel(application)
        [evaluation] = evaluations.start(application.submissions.get(), by=the_system())
    return evaluation, panel


def another(evaluation, panel):
    """An evaluation like another, of another applicant in its round, about whom the panel has
    declared."""
    application = submitted(round=evaluation.application.round)
    panel.declare(application)
    [made] = evaluations.start(application.submissions.get(), by=the_system())
    return made


def allocated(**kwargs):
    """An evaluation that two evaluators mark."""
    evaluation, panel = started(**kwargs)
    with time_machine.travel(AFTER, tick=False):
        evaluation = evaluations.allocate(
            evaluation, evaluators=panel.evaluators, by=panel.commissioner
        )
    return evaluation, panel


def hand_in(evaluation, evaluator, mark=3):
    """Mark every question, and hand in."""
    assignment = Assignment.objects.get(evaluation=evaluation, evaluator=evaluator)
    for question in questions.scored(evaluation):
        assignments.save(
            assignment,
            question=question,
            mark=mark,
            reason="Says how and gives facts",
            by=evaluator,
        )
    return assignments.hand_in(assignment, by=evaluator)


def to_moderate(marks=(3, 4), **kwargs):
    """An evaluation that both evaluators have marked."""
    evaluation, panel = allocated(**kwargs)
    with time_machine.travel(AFTER, tick=False):
        for evaluator, mark in zip(panel.evaluators, marks, strict=True):
            hand_in(evaluation, evaluator, mark)
    evaluation.refresh_from_db()
    return evaluation, panel


def outcome(mark=4, **kwargs):
    """An evaluation that is decided, with this mark for every question."""
    evaluation, panel = to_moderate(**kwargs)
    with time_machine.travel(AFTER, tick=False):
        settle(evaluation, panel, mark)
    evaluation.refresh_from_db()
    return evaluation, panel


def settle(evaluation, panel, mark=4):
    for question in questions.scored(evaluation):
        evaluations.agree(
            evaluation, question=question, mark=mark, reason="Agreed", by=panel.moderator
        )
    return evaluations.decide(evaluation, by=panel.moderator)


def signed_report(mark=4, **kwargs):
    """A final report over a round of one applicant, its decision signed and not yet in effect."""
    evaluation, panel = outcome(mark=mark, **kwargs)
    return sign_report(evaluation, panel), panel


def final_report(evaluation, panel):
    """A final report over a decided evaluation, with a decision drafted; and its appendix."""
    with time_machine.travel(AFTER, tick=False):
        report = reports.start(
            evaluation.lot.scheme, round=evaluation.application.round, by=panel.commissioner
        )
        reports.finish(report, by=panel.commissioner)
        reports.draft_decision(
            report,
            number="26/00099",
            decision_maker="The Cabinet Member",
            title="Admission of providers",
            decision="To admit.",
            by=panel.commissioner,
        )
    report.refresh_from_db()
    return report, report.versions.get().appendix


def sign_report(evaluation, panel):
    """Report a decided evaluation, and sign the decision."""
    report, _ = final_report(evaluation, panel)
    decision = report.decision
    with time_machine.travel(AFTER, tick=False):
        decisions.publish(decision, by=panel.commissioner)
    with time_machine.travel(AFTER + timedelta(days=30), tick=False):
        decisions.consider(decision, recommendations="", by=panel.commissioner)
        reports.sign(report, by=panel.approver)
    report.refresh_from_db()
    return report
