"""Marking one lot of one application: who marks it, their marks, and what was agreed."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery

from dps.models.base import Entry, Random, Record, keeps_to, one_of, tracked
from lots.models import Lot, Question, Size
from providers.models import Application, Submission


class EvaluationState(models.TextChoices):
    ALLOCATING = "allocating", "To allocate"
    MARKING = "marking", "Being marked"
    MODERATING = "moderating", "To moderate"
    DECIDED = "decided", "Decided, to report"
    REPORTED = "reported", "In a report"
    EFFECTIVE = "effective", "In effect"
    VOID = "void", "Withdrawn"


S = EvaluationState
RESTS = (S.EFFECTIVE, S.VOID)  # there is nothing more to do
EVALUATION_MOVES = {
    S.ALLOCATING: [S.MARKING, S.DECIDED, S.VOID],
    S.MARKING: [S.MODERATING, S.VOID],
    S.MODERATING: [S.DECIDED, S.VOID],
    S.DECIDED: [S.REPORTED, S.MODERATING, S.VOID],
    S.REPORTED: [S.DECIDED, S.EFFECTIVE],
}
UNMARKED = [S.ALLOCATING, S.MARKING]
EVALUATORS = 2  # who mark independently, blind to each other


class EvaluationQuerySet(models.QuerySet):
    def all_in(self):
        """Those whose evaluators have all handed in: from then on the marks are seen (rule 7)."""
        marking = Assignment.objects.filter(
            evaluation=OuterRef("pk"), state=AssignmentState.MARKING
        )
        handed_in = Assignment.objects.filter(
            evaluation=OuterRef("pk"), state=AssignmentState.HANDED_IN
        )
        return self.filter(Exists(handed_in), ~Exists(marking)).exclude(state__in=UNMARKED)

    def with_outcome(self):
        """Annotate `admits` and `score` of the outcome that holds; None while there is none."""
        held = Outcome.objects.filter(evaluation=OuterRef("pk")).order_by("-number")
        return self.annotate(
            admits=Subquery(held.values("admits")[:1]), score=Subquery(held.values("score")[:1])
        )


@tracked()
class Evaluation(Record):
    """The evaluation of one lot of one application, on the submission that counted. `received_at`
    is when the clock of the decision began; it is to be decided by `due_on`, marked by
    `marks_due_on`: target days, worked out in the working days of the scheme's regime."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="evaluations")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="evaluations")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="evaluations")
    size = models.CharField(choices=Size)  # of the applicant, when it submitted
    state = models.CharField(choices=EvaluationState, default=EvaluationState.ALLOCATING)
    received_at = models.DateTimeField()
    started_at = models.DateTimeField()
    marks_due_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    report = models.ForeignKey(
        "awards.Report", models.PROTECT, null=True, related_name="evaluations"
    )

    MOVES = EVALUATION_MOVES
    objects = EvaluationQuerySet.as_manager()

    class Meta:
        triggers = [keeps_to(EVALUATION_MOVES)]
        constraints = [
            one_of("state", EvaluationState),
            one_of("size", Size),
            models.UniqueConstraint(fields=["submission", "lot"], name="evaluation_once"),
            models.CheckConstraint(
                name="evaluation_reported_is_in_a_report",
                condition=~Q(state__in=[S.REPORTED, S.EFFECTIVE]) | Q(report__isnull=False),
            ),
        ]
        ordering = ["due_on", "lot__position", "pk"]

    def __str__(self):
        return f"{self.application.organisation}, lot {self.lot.key}"


class AssignmentState(models.TextChoices):
    MARKING = "marking", "Marking"
    HANDED_IN = "handed_in", "Handed in"
    RELEASED = "released", "Taken off"


ASSIGNMENT_MOVES = {
    AssignmentState.MARKING: [AssignmentState.HANDED_IN, AssignmentState.RELEASED],
}


@tracked()
class Assignment(Record):
    """That a person marks an evaluation, and by when."""

    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="assignments")
    evaluator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="assignments"
    )
    state = models.CharField(choices=AssignmentState, default=AssignmentState.MARKING)
    assigned_at = models.DateTimeField()
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    handed_in_at = models.DateTimeField(null=True)

    MOVES = ASSIGNMENT_MOVES

    class Meta:
        triggers = [keeps_to(ASSIGNMENT_MOVES)]
        constraints = [
            one_of("state", AssignmentState),
            models.UniqueConstraint(
                fields=["evaluation", "evaluator"],
                condition=~Q(state=AssignmentState.RELEASED),
                name="assignment_once",
            ),
        ]
        ordering = ["assigned_at"]

    def __str__(self):
        return f"{self.evaluation}: {self.evaluator}"


def _marked_of_five(noun: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=f"{noun}_of_five", condition=Q(mark__gte=0, mark__lte=5) | Q(mark=None)
    )


class DraftMark(Random):
    """A mark that an evaluator is still thinking about. Nobody else ever reads it."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="drafts")
    question = models.ForeignKey(Question, models.PROTECT, related_name="+")
    mark = models.PositiveSmallIntegerField(null=True)
    reason = models.TextField(blank=True)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assignment", "question"], name="draft_mark_once"),
            _marked_of_five("draft_mark"),
        ]

    @property
    def is_done(self) -> bool:
        return self.mark is not None and bool(self.reason.strip())


class PrivateNote(Random):
    """What an evaluator writes down for themself about the answer to a question. Nobody else ever
    reads it, and nothing that anyone is told is made from it."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="notes")
    question = models.ForeignKey(Question, models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assignment", "question"], name="private_note_once")
        ]


class Mark(Entry):
    """What one evaluator gave the answer to a question, with the reason, as handed in."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="marks")
    question = models.ForeignKey(Question, models.PROTECT, related_name="+")
    mark = models.PositiveSmallIntegerField()
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta(Entry.Meta):
        constraints = [
            models.UniqueConstraint(fields=["assignment", "question"], name="mark_once"),
            models.CheckConstraint(name="mark_has_a_reason", condition=~Q(reason="")),
            _marked_of_five("mark"),
        ]
        ordering = ["question__section__position", "question__position"]


class Check(Entry):
    """Whether the answer to a question passes, by whom, and why. The last number holds."""

    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="checks")
    question = models.ForeignKey(Question, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    passes = models.BooleanField()
    reason = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Entry.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "question", "number"], name="check_numbered"
            ),
            models.CheckConstraint(
                name="check_failed_has_a_reason", condition=Q(passes=True) | ~Q(reason="")
            ),
        ]
        ordering = ["question__section__position", "question__position", "number"]


class AgreedMark(Entry):
    """The mark that a moderator recorded as agreed, with the reason. The last number holds."""

    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="agreed_marks")
    question = models.ForeignKey(Question, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    mark = models.PositiveSmallIntegerField()
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Entry.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "question", "number"], name="agreed_mark_numbered"
            ),
            models.CheckConstraint(name="agreed_mark_has_a_reason", condition=~Q(reason="")),
            _marked_of_five("agreed_mark"),
        ]
        ordering = ["question__section__position", "question__position", "number"]


class Outcome(Entry):
    """Whether the applicant is admitted to the lot, worked out from the agreed marks and checks of
    this application alone. `score` is of 100, unrounded; none where nothing is marked. `reasons`
    are sentences. The last number holds."""

    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="outcomes")
    number = models.PositiveSmallIntegerField()
    admits = models.BooleanField()
    score = models.DecimalField(max_digits=12, decimal_places=8, null=True)
    reasons = models.JSONField(default=list)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta(Entry.Meta):
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "number"], name="outcome_numbered"),
            models.CheckConstraint(
                name="outcome_refused_has_reasons", condition=Q(admits=True) | ~Q(reasons=[])
            ),
        ]


def last_of(entries):
    """The entry of each question that holds: the one with the highest number."""
    held = {}
    for entry in entries.order_by("number"):
        held[entry.question_id] = entry
    return held
