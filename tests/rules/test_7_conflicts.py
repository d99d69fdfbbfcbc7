"""Rule 7. A person who has declared a conflict of interest cannot open, mark or decide the
application concerned; evaluators do not see each other's marks before both are in."""

from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from awards import policies
from awards.actions import assignments, evaluations, reports
from awards.models import Assignment, DraftMark, Mark
from awards.queries import questions
from awards.queries.evaluations import applicants, to_declare
from dps.actions import Refused
from dps.models import Event, Role
from providers.actions import applications
from providers.models import Submission
from tests.awards import agreed, world
from tests.factories import NOON, ApplicationFactory, RoundFactory, staff, submitted

AFTER = world.AFTER


@pytest.fixture
def marked(db):
    """An evaluation that two evaluators mark; the first has a reason in mind, the second is yet to
    begin."""
    evaluation, panel = world.allocated()
    with time_machine.travel(AFTER, tick=False):
        yield evaluation, panel


def opened_by(evaluation, person):
    return applications.open_submission(
        Submission.objects.get(pk=evaluation.submission_id), by=person
    )


def test_nobody_opens_an_application_before_they_have_declared(db):
    evaluation, _ = world.started()
    newcomer = staff(evaluation.lot.scheme.authority, Role.COMMISSIONER)
    with time_machine.travel(AFTER, tick=False):
        with pytest.raises(PermissionDenied):
            opened_by(evaluation, newcomer)
        world.clear(newcomer, evaluation.application)
        assert opened_by(evaluation, newcomer)["answers"]


def test_nobody_is_asked_about_who_only_writes_or_whose_round_is_still_sealed(db):
    report, _ = world.signed_report()
    agreed.in_effect(report)
    evaluation = report.evaluations.get()
    scheme, applicant = evaluation.lot.scheme, evaluation.application.organisation
    newcomer = staff(scheme.authority, Role.COMMISSIONER)
    later = RoundFactory(scheme=scheme, closes=NOON + timedelta(days=90))
    asked = partial(to_declare, newcomer, scheme)
    with time_machine.travel(NOON + timedelta(days=60), tick=False):
        assert list(applicants(newcomer, scheme)) == [applicant]
        draft = ApplicationFactory(round=later, organisation=applicant)
        assert not asked().exists()
        submitted(
            round=RoundFactory(scheme=scheme, closes=NOON + timedelta(days=90)),
            organisation=applicant,
        )
        assert not asked().exists()
    assert draft.state == "draft"
    with time_machine.travel(NOON + timedelta(days=90, seconds=1), tick=False):
        assert list(asked()) == [applicant]


def test_who_declares_an_interest_opens_nothing_from_then_on(marked):
    evaluation, panel = marked
    assert opened_by(evaluation, panel.commissioner)["answers"]
    world.conflict(panel.commissioner, evaluation.application)
    with pytest.raises(PermissionDenied):
        opened_by(evaluation, panel.commissioner)


def test_who_declares_an_interest_marks_nothing_from_then_on(marked):
    evaluation, panel = marked
    evaluator = panel.evaluators[0]
    assignment = Assignment.objects.get(evaluator=evaluator)
    question = questions.scored(evaluation)[0]
    world.conflict(evaluator, evaluation.application)
    with pytest.raises(PermissionDenied):
        assignments.save(assignment, question=question, mark=5, reason="Kin", by=evaluator)
    with pytest.raises(PermissionDenied):
        assignments.open_answers(assignment, by=evaluator)
    assert not DraftMark.objects.exists()


def test_who_has_not_declared_marks_nothing(db):
    evaluation, panel = world.started()
    newcomer = staff(evaluation.lot.scheme.authority, Role.EVALUATOR)
    with time_machine.travel(AFTER, tick=False):
        evaluators = [panel.evaluators[0], newcomer]
        evaluations.allocate(evaluation, evaluators=evaluators, by=panel.commissioner)
        assignment = Assignment.objects.get(evaluator=newcomer)
        question = questions.scored(evaluation)[0]
        with pytest.raises(PermissionDenied):
            assignments.save(assignment, question=question, mark=5, reason="?", by=newcomer)


def test_who_has_an_interest_is_not_chosen_to_mark(db):
    evaluation, panel = world.started()
    with time_machine.travel(AFTER, tick=False):
        world.conflict(panel.evaluators[1], evaluation.application)
        with pytest.raises(Refused, match="declared an interest"):
            evaluations.allocate(evaluation, evaluators=panel.evaluators, by=panel.commissioner)
    assert not Assignment.objects.exists()


def test_who_has_an_interest_does_not_moderate(db):
    evaluation, panel = world.to_moderate()
    with time_machine.travel(AFTER, tick=False):
        question = questions.scored(evaluation)[0]
        agreed = {"question": question, "mark": 5, "reason": "Kin", "by": panel.moderator}
        world.conflict(panel.moderator, evaluation.application)
        with pytest.raises(PermissionDenied):
            evaluations.agree(evaluation, **agreed)
        with pytest.raises(PermissionDenied):
            evaluations.decide(evaluation, by=panel.moderator)


def test_who_has_not_declared_does_not_moderate(db):
    evaluation, _ = world.to_moderate()
    newcomer = staff(evaluation.lot.scheme.authority, Role.MODERATOR)
    with time_machine.travel(AFTER, tick=False):
        question = questions.scored(evaluation)[0]
        agreed = {"question": question, "mark": 5, "reason": "Unread"}
        with pytest.raises(PermissionDenied):
            evaluations.agree(evaluation, **agreed, by=newcomer)


def test_who_has_an_interest_does_not_sign_the_decision(db):
    evaluation, panel = world.outcome()
    report, _ = world.final_report(evaluation, panel)
    with time_machine.travel(AFTER, tick=False):
        world.conflict(panel.approver, evaluation.application)
        with pytest.raises(PermissionDenied):
            reports.sign(report, by=panel.approver)


def test_who_has_not_declared_does_not_sign_the_decision(db):
    evaluation, panel = world.outcome()
    report, _ = world.final_report(evaluation, panel)
    newcomer = staff(evaluation.lot.scheme.authority, Role.APPROVER)
    with time_machine.travel(AFTER, tick=False), pytest.raises(Refused, match="Declare"):
        reports.sign(report, by=newcomer)


def test_who_has_an_interest_does_not_read_the_exempt_appendix(client, db):
    evaluation, panel = world.outcome()
    _, appendix = world.final_report(evaluation, panel)
    with time_machine.travel(AFTER, tick=False):
        assert reports.read_appendix(appendix, by=panel.approver)["applicants"]
        world.conflict(panel.approver, evaluation.application)
        with pytest.raises(PermissionDenied):
            reports.read_appendix(appendix, by=panel.approver)


PLANTED = "Xylophone reason"


def test_evaluators_are_blind_to_each_other_until_both_have_handed_in(marked):
    evaluation, panel = marked
    first, second = panel.evaluators
    world.hand_in(evaluation, first, mark=2)
    assert not policies.view_mark.rows(second).exists()
    assert not policies.view_mark.rows(panel.moderator).exists()
    assert policies.view_mark.rows(first).count() == Mark.objects.count()
    world.hand_in(evaluation, second, mark=4)
    for person in (first, second, panel.moderator):
        assert policies.view_mark.rows(person).count() == Mark.objects.count()


def test_no_page_tells_an_evaluator_what_the_other_gave(client, marked):
    evaluation, panel = marked
    first, second = panel.evaluators
    question = questions.scored(evaluation)[0]
    assignment = Assignment.objects.get(evaluator=first)
    assignments.save(assignment, question=question, mark=1, reason=PLANTED, by=first)
    assert all(PLANTED not in page for page in pages_of(client, second, evaluation))
    for asked in questions.scored(evaluation):
        assignments.save(assignment, question=asked, mark=1, reason=PLANTED, by=first)
    assignments.hand_in(assignment, by=first)
    assert all(PLANTED not in page for page in pages_of(client, second, evaluation))
    assert all(PLANTED not in page for page in pages_of(client, panel.moderator, evaluation))


def pages_of(client, person, evaluation):
    """What a person is shown of an evaluation, its assignments and what is on record of them."""
    client.force_login(person)
    urls = [
        reverse("admin:awards_evaluation_changelist"),
        reverse("admin:awards_evaluation_change", args=[evaluation.pk]),
        reverse("admin:awards_assignment_changelist"),
        reverse("admin:dps_event_changelist"),
        reverse("admin:index"),
    ]
    for assignment in evaluation.assignments.all():
        urls.append(reverse("admin:awards_assignment_change", args=[assignment.pk]))
        urls.append(reverse("admin:mark", args=[assignment.pk]))
    for event in Event.objects.all():
        urls.append(reverse("admin:dps_event_change", args=[event.pk]))
    return [client.get(url).content.decode() for url in urls]


def test_the_record_holds_no_mark_and_no_reason(marked):
    evaluation, panel = marked
    first, second = panel.evaluators
    for evaluator in (first, second):
        assignment = Assignment.objects.get(evaluator=evaluator)
        for question in questions.scored(evaluation):
            assignments.save(assignment, question=question, mark=1, reason=PLANTED, by=evaluator)
        assignments.hand_in(assignment, by=evaluator)
    assert all(PLANTED not in f"{event.why} {event.data}" for event in Event.objects.all())
