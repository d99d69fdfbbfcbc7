"""One evaluator's marks, from the first draft to the day they are handed in."""

from awards import policies
from awards.actions.evaluations import to_moderation
from awards.models import Assignment, AssignmentState, DraftMark, Mark, PrivateNote
from awards.queries import questions as reading
from dps.actions import Refused, action, lock, move, require
from dps.clock import now
from lots.models import Question
from providers.actions import applications
from providers.models import Submission


@action
def open_answers(assignment: Assignment, *, by) -> dict:
    """What the applicant submitted, for the person who marks it, as `open_submission` gives it.
    That it was read is on record."""
    require(policies.mark_assignment, by, assignment)
    submission = Submission.objects.get(pk=assignment.evaluation.submission_id)
    return applications.open_submission(submission, by=by)


@action
def save(
    assignment: Assignment, *, question: Question, mark: int | None, reason: str, by
) -> DraftMark:
    """Keep a mark that one is still thinking about. Nobody else ever reads it."""
    assignment = lock(assignment)
    require(policies.mark_assignment, by, assignment)
    if question not in reading.scored(assignment.evaluation):
        raise Refused("This question is not marked for this lot")
    said = {"mark": mark, "reason": reason, "saved_at": now()}
    return DraftMark.objects.update_or_create(
        assignment=assignment, question=question, defaults=said
    )[0]


@action
def keep_note(assignment: Assignment, *, question: Question, text: str, by) -> PrivateNote:
    """Keep what one writes down for oneself about an answer, beyond handing in. Nobody else ever
    reads it."""
    assignment = lock(assignment)
    require(policies.mark_assignment, by, assignment)
    if question not in reading.scored(assignment.evaluation):
        raise Refused("This question is not marked for this lot")
    return PrivateNote.objects.update_or_create(
        assignment=assignment, question=question, defaults={"text": text, "saved_at": now()}
    )[0]


@action
def hand_in(assignment: Assignment, *, by) -> Assignment:
    """Hand in one's marks, a mark and a reason for each question. They do not change after that;
    the other evaluator sees them once both are in."""
    evaluation = lock(assignment.evaluation)
    assignment = lock(assignment)
    require(policies.mark_assignment, by, assignment)
    drafts = {draft.question_id: draft for draft in assignment.drafts.all()}
    for number, question in enumerate(reading.scored(evaluation), 1):
        draft = drafts.get(question.pk)
        if draft is None or not draft.is_done:
            raise Refused(f"Question {number} needs a mark and a reason: {question}")
        Mark.objects.create(
            assignment=assignment,
            question=question,
            mark=draft.mark,
            reason=draft.reason,
            at=now(),
        )
    move(assignment, AssignmentState.HANDED_IN, by=by)
    assignment.handed_in_at = now()
    assignment.save(update_fields=["handed_in_at"])
    assignment.drafts.all().delete()
    to_moderation(evaluation, by)
    return assignment


@action
def release(assignment: Assignment, *, by, why: str) -> Assignment:
    """Take an evaluator off before they hand in; another is then to be chosen."""
    assignment = lock(assignment)
    require(policies.release_assignment, by, assignment)
    move(assignment, AssignmentState.RELEASED, by=by, why=why)
    return assignment
