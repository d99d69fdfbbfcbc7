"""Evaluating one lot of one application, from its opening to an outcome."""

from django.db import transaction

from awards import policies
from awards.calculations import outcomes
from awards.calculations.dates import decide_by, marks_due_on
from awards.models import (
    EVALUATORS,
    AgreedMark,
    Assignment,
    AssignmentState,
    Check,
    Evaluation,
    EvaluationState,
    Outcome,
    last_of,
)
from awards.queries import questions as reading
from dps.actions import Refused, action, lock, move, note, part, require
from dps.calendar import local_day
from dps.clock import now
from dps.models import Grant, Role, User
from dps.words import counted
from lots.calculations.scoring import Scored
from lots.models import Lot, Question, Scheme
from lots.queries.lots import calendar_of, decided_on
from providers.actions import applications
from providers.models import Application, ApplicationState, Submission, has_conflict
from providers.queries.applications import deadline_of


@action
def start(submission: Submission, *, by) -> list[Evaluation]:
    """Begin to evaluate what was opened: one evaluation for each of its lots, once. They are due in
    the working days of the scheme's regime from the close of the round, or from receipt where the
    lot takes applications at any time."""
    application = lock(submission.application)
    begun = Evaluation.objects.filter(submission=submission)
    require(policies.start_evaluations, by)
    if begun.exists():
        return list(begun)
    contents = applications.open_submission(submission, by=by)
    lots = Lot.objects.with_mode().filter(scheme=application.scheme_id, key__in=contents["lots"])
    received_at = deadline_of(application) or submission.submitted_at
    calendar = calendar_of(application.scheme)
    made = []
    for lot in lots.select_related("scheme").prefetch_related("scheme__departures"):
        due_on = decide_by(decided_on(lot, received_at, lambda parts: calendar), calendar)
        evaluation = Evaluation.objects.create(
            application=application,
            submission=submission,
            lot=lot,
            size=contents["organisation"]["size"],
            received_at=received_at,
            started_at=now(),
            due_on=due_on,
            marks_due_on=marks_due_on(local_day(received_at), due_on, calendar),
        )
        note(evaluation, "awards.evaluation.started", by=by)
        made.append(evaluation)
    return made


@action
def void(evaluation: Evaluation, *, by) -> Evaluation:
    """End the evaluation of an application that was withdrawn."""
    evaluation = lock(evaluation)
    require(policies.start_evaluations, by)
    if Application.objects.get(pk=evaluation.application_id).state != ApplicationState.WITHDRAWN:
        raise Refused("The application stands")
    move(evaluation, EvaluationState.VOID, by=by, why="The application was withdrawn")
    return evaluation


@action
def allocate(evaluation: Evaluation, *, evaluators: list[User], by) -> Evaluation:
    """Name the people who mark it, each without seeing the other's marks: as many as are missing
    from two. Refused for one who is no evaluator of the authority, marks it already, or has
    declared an interest in the applicant (rule 7)."""
    evaluation = lock(evaluation)
    require(policies.allocate_evaluation, by, evaluation)
    standing = evaluation.assignments.exclude(state=AssignmentState.RELEASED)
    taken = {assignment.evaluator_id for assignment in standing}
    wanted = EVALUATORS - len(taken)
    if len({evaluator.pk for evaluator in evaluators}) != wanted:
        raise Refused(f"Choose {counted(wanted, 'evaluator')}", field="evaluators")
    if problems := [why for each in evaluators if (why := why_not(evaluation, each, taken))]:
        raise Refused(f"{'. '.join(problems)}. Choose someone else", field="evaluators")
    for evaluator in evaluators:
        assignment = Assignment.objects.create(
            evaluation=evaluation, evaluator=evaluator, assigned_at=now(), assigned_by=by
        )
        note(assignment, "awards.assignment.made", by=by)
    if evaluation.state == EvaluationState.ALLOCATING:
        move(evaluation, EvaluationState.MARKING, by=by)
    return evaluation


@action
def allocate_many(
    scheme: Scheme, *, chosen: list[Evaluation], evaluators: list[User], by
) -> dict[Evaluation, str]:
    """Name the same people for several evaluations: for each that they can mark. The others are
    answered, each with the reason, which is on record of it too."""
    require(policies.allocate_in, by, scheme)
    if not chosen:
        raise Refused("Choose at least one evaluation", field="chosen")
    if len({evaluator.pk for evaluator in evaluators}) != EVALUATORS:
        raise Refused(f"Choose {counted(EVALUATORS, 'evaluator')}", field="evaluators")
    left = {}
    for evaluation in chosen:
        try:
            with transaction.atomic():
                allocate(evaluation, evaluators=evaluators, by=by)
        except Refused as refusal:
            note(evaluation, "awards.evaluations.allocate refused", by=by, why=refusal.message)
            left[evaluation] = refusal.message
    return left


def why_not(evaluation: Evaluation, evaluator: User, taken: set) -> str:
    """Why a person cannot mark an evaluation; "" when they can."""
    authority = evaluation.lot.scheme.authority_id
    grants = Grant.objects.in_force().filter(user=evaluator, role=Role.EVALUATOR)
    if not evaluator.is_active or not grants.filter(authority=authority).exists():
        return f"{evaluator} is not an evaluator of the authority"
    if evaluator.pk in taken:
        return f"{evaluator} marks it already"
    conflicted = Evaluation.objects.filter(has_conflict(evaluator, *policies.OF))
    if conflicted.filter(pk=evaluation.pk).exists():
        return f"{evaluator} has declared an interest in the applicant"
    return ""


@action
def check(evaluation: Evaluation, *, checks: dict[Question, tuple[bool, str]], by) -> Evaluation:
    """Put on record of each pass/fail question whether its answer passes, with a reason where it
    fails. Checking again replaces what was said (rule 8)."""
    evaluation = lock(evaluation)
    require(policies.check_evaluation, by, evaluation)
    if set(checks) != set(reading.checked(evaluation)):
        raise Refused("Say of every question whether it passes")
    last = last_of(evaluation.checks)
    for question, (passes, reason) in checks.items():
        if not passes and not reason.strip():
            raise Refused("Enter why this fails: the applicant reads it", field=question.key)
        earlier = last.get(question.pk)
        if earlier is None or (earlier.passes, earlier.reason) != (passes, reason):
            Check.objects.create(
                evaluation=evaluation,
                question=question,
                number=earlier.number + 1 if earlier else 1,
                passes=passes,
                reason=reason,
                by=by,
                at=now(),
            )
    note(evaluation, "awards.evaluation.checked", by=by)
    to_moderation(evaluation, by)
    return evaluation


@part
def to_moderation(evaluation: Evaluation, by) -> None:
    """Move a locked evaluation on once every mark and check is in."""
    handed_in = evaluation.assignments.filter(state=AssignmentState.HANDED_IN).count()
    all_checked = len(last_of(evaluation.checks)) == len(reading.checked(evaluation))
    is_marking = evaluation.state == EvaluationState.MARKING
    if is_marking and handed_in >= EVALUATORS and all_checked:
        move(evaluation, EvaluationState.MODERATING, by=by)


@action
def agree(evaluation: Evaluation, *, question: Question, mark: int, reason: str, by) -> AgreedMark:
    """Record the agreed mark of a question, with the reason that the applicant reads. Agreeing
    again replaces it, and both stay on record (rule 8)."""
    evaluation = lock(evaluation)
    require(policies.moderate_evaluation, by, evaluation)
    if question not in reading.scored(evaluation):
        raise Refused("This question is not marked for this lot")
    if not reason.strip():
        raise Refused("Enter the reason: the applicant reads it", field="reason")
    last = last_of(evaluation.agreed_marks).get(question.pk)
    agreed = AgreedMark.objects.create(
        evaluation=evaluation,
        question=question,
        number=last.number + 1 if last else 1,
        mark=mark,
        reason=reason,
        by=by,
        at=now(),
    )
    note(evaluation, "awards.evaluation.agreed", by=by, question=question.key)
    return agreed


@action
def decide(evaluation: Evaluation, *, by) -> Outcome:
    """Work out the outcome from the agreed marks and checks of this application alone: admission is
    absolute (rule 3). Refused while a mark or a check is missing."""
    evaluation = lock(evaluation)
    require(policies.moderate_evaluation, by, evaluation)
    marks, checks = last_of(evaluation.agreed_marks), last_of(evaluation.checks)
    missing = [q for q in reading.scored(evaluation) if q.pk not in marks]
    missing += [q for q in reading.checked(evaluation) if q.pk not in checks]
    if missing:
        raise Refused(f"“{missing[0]}” has no agreed mark or check yet")
    worked_out = outcomes.outcome(
        [
            Scored(q.text, marks[q.pk].mark, q.weight, q.pass_mark)
            for q in reading.scored(evaluation)
        ],
        [outcomes.Check(q.text, checks[q.pk].passes) for q in reading.checked(evaluation)],
        evaluation.lot.pass_mark,
    )
    outcome = Outcome.objects.create(
        evaluation=evaluation,
        number=evaluation.outcomes.count() + 1,
        admits=worked_out.admits,
        score=worked_out.score,
        reasons=list(worked_out.reasons),
        at=now(),
        by=by,
    )
    move(evaluation, EvaluationState.DECIDED, by=by)
    return outcome


@action
def reopen(evaluation: Evaluation, *, by, why: str) -> Evaluation:
    """Back to moderation, before it is in a report. The outcome so far stays on record."""
    evaluation = lock(evaluation)
    require(policies.reopen_evaluation, by, evaluation)
    move(evaluation, EvaluationState.MODERATING, by=by, why=why)
    return evaluation
