"""Evaluations as lists and pages show them."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from awards import policies
from awards.models import (
    AgreedMark,
    Assignment,
    AssignmentState,
    Check,
    Evaluation,
    EvaluationState,
    Mark,
    last_of,
)
from awards.queries import questions as asking
from dps.clock import now
from dps.words import count_words
from lots.models import Question, Scheme
from providers.models import (
    Application,
    Declaration,
    Organisation,
    has_conflict,
    is_clear,
)
from providers.policies import view_application, view_declaration
from providers.queries.answers import by_section


@dataclass(frozen=True)
class Line:
    """A question of the rail: its mark so far, and what is said of it."""

    number: int
    question: Question
    mark: int | None
    says: str
    is_here: bool


@dataclass(frozen=True)
class Level:
    """A mark with its meaning; `ends` where the pass line stands under it."""

    mark: int
    means: str
    ends: bool


def for_list(user):
    """The evaluations that the person sees, with what a row shows: how many have handed in, the
    outcome, and whether it is theirs to mark."""
    handed_in = Count(
        "assignments", filter=Q(assignments__state=AssignmentState.HANDED_IN), distinct=True
    )
    mine = Assignment.objects.filter(
        evaluation=OuterRef("pk"), evaluator=user.pk, state=AssignmentState.MARKING
    )
    rows = policies.view_evaluation.rows(user).with_outcome()
    return rows.select_related(
        "application__organisation", "application__round", "application__scheme", "lot__scheme"
    ).annotate(
        handed_in=handed_in,
        my_assignment=Subquery(mine.values("pk")[:1]),
        is_undeclared=~Exists(
            Declaration.objects.standing(user).filter(
                organisation=OuterRef("application__organisation"),
                scheme=OuterRef("application__scheme"),
            )
        ),
    )


def chosen(questions: list[Question], key: str) -> Question:
    """The question with this key; the first where there is none."""
    return next((q for q in questions if q.key == key), questions[0])


def following(questions: list[Question], question: Question) -> Question | None:
    place = questions.index(question) + 1
    return questions[place] if place < len(questions) else None


def rail(questions: list[Question], here: Question, marks: dict, unfinished: str) -> list[Line]:
    """The questions with what there is of each: `marks` maps ids to a draft or an agreed mark."""
    return [
        Line(
            number,
            question,
            getattr(marks.get(question.pk), "mark", None),
            said_of(marks.get(question.pk), unfinished),
            question == here,
        )
        for number, question in enumerate(questions, 1)
    ]


def said_of(mark, unfinished: str) -> str:
    if mark is None:
        return "not marked"
    if mark.mark is None:
        return "mark missing"
    return "saved" if mark.reason.strip() else unfinished


def drafts(assignment: Assignment) -> dict:
    return {draft.question_id: draft for draft in assignment.drafts.all()}


def note_of(user, assignment: Assignment, question: Question) -> str:
    """What the person wrote down for themself about an answer."""
    own = policies.view_private_note.rows(user).filter(assignment=assignment, question=question)
    return own.values_list("text", flat=True).first() or ""


def notes_of(user, assignment: Assignment):
    """What the person wrote down for themself while they marked, question by question."""
    own = policies.view_private_note.rows(user).filter(assignment=assignment).exclude(text="")
    return own.select_related("question").order_by(
        "question__section__position", "question__position"
    )


def to_mark(user):
    """What the person marks, the first due first."""
    return policies.mark_assignment.rows(user).order_by(
        "evaluation__marks_due_on", "assigned_at", "pk"
    )


@dataclass(frozen=True)
class Place:
    """Where one stands in what one has to mark: the assignments before and after, if any."""

    number: int
    of: int
    before: UUID | None
    after: UUID | None


def place_in_queue(user, assignment: Assignment) -> Place:
    queue = list(to_mark(user).values_list("pk", flat=True))
    at = queue.index(assignment.pk)
    after = queue[at + 1] if at + 1 < len(queue) else None
    return Place(at + 1, len(queue), queue[at - 1] if at else None, after)


def levels(question: Question) -> list[Level]:
    """The marks from 5 to 0 with what each means and where the pass line is."""
    means = {int(mark): text for mark, text in question.descriptors.items()}
    passing = question.pass_mark
    return [
        Level(mark, means.get(mark, ""), bool(passing) and mark == passing)
        for mark in range(5, -1, -1)
    ]


def answer_to(question: Question, contents: dict) -> dict:
    """What the applicant said to a question: text in words, how many, a document."""
    sections = by_section([question], contents["answers"], contents["documents"])
    answers = [answer for each in sections for answer in each["answers"]]
    text = answers[0].text if answers else ""
    return {
        "text": text,
        "words": count_words(text),
        "document": answers[0].document if answers else "",
    }


def pairs_of_marks(user, evaluation: Evaluation) -> dict:
    """{question id: the marks that the person may see, in the order in which evaluators were
    named}."""
    rows = policies.view_mark.rows(user).filter(assignment__evaluation=evaluation)
    found: dict = {}
    for mark in rows.select_related("assignment__evaluator").order_by("assignment__assigned_at"):
        found.setdefault(mark.question_id, []).append(mark)
    return found


def agreed(evaluation: Evaluation) -> dict:
    return last_of(AgreedMark.objects.filter(evaluation=evaluation))


def score_so_far(evaluation: Evaluation) -> Decimal | None:
    """What the agreed marks earn of 100; None while one is missing."""
    marks, questions = agreed(evaluation), asking.scored(evaluation)
    if not questions or any(q.pk not in marks for q in questions):
        return None
    return sum((marks[q.pk].mark * q.weight / 5 for q in questions), Decimal(0))


def checks_with_answers(evaluation: Evaluation, contents: dict) -> list[dict]:
    """Each pass/fail question with its answer, what was said of it, and whether it passes by
    itself (None where a person has to say)."""
    last = last_of(Check.objects.filter(evaluation=evaluation))
    found = []
    for question in asking.checked(evaluation):
        value = contents["answers"].get(question.key)
        by_itself = (str(value) == question.passing) if question.passing else None
        found.append(
            {
                "question": question,
                "answer": answer_to(question, contents),
                "check": last.get(question.pk),
                "by_itself": by_itself,
            }
        )
    return found


def to_declare(user, scheme: Scheme):
    """The organisations in a scheme with something opened that is not decided yet, and of which the
    person has not declared. Never those that only write, or whose round is sealed: nobody is to
    know of them (rule 1)."""
    over = [EvaluationState.EFFECTIVE, EvaluationState.VOID]
    waiting = Evaluation.objects.filter(lot__scheme=scheme).exclude(state__in=over)
    unmarked = Application.objects.opened(now()).filter(scheme=scheme, evaluations=None)
    return (
        applicants(user, scheme)
        .filter(
            Q(applications__in=waiting.values("application"))
            | Q(applications__in=unmarked.values("pk"))
        )
        .exclude(
            pk__in=Declaration.objects.filter(scheme=scheme, by=user.pk).values("organisation")
        )
        .distinct()
    )


def declared(user, scheme: Scheme):
    """The organisations of which the person has declared, each declaration that holds."""
    rows = Declaration.objects.standing(user).filter(scheme=scheme)
    return rows.select_related("organisation").order_by("organisation__name")


def applicants(user, scheme: Scheme):
    """The organisations with an opened application to the scheme that the person sees or would see
    but for an interest."""
    evaluated = policies.view_evaluation.rows(user).filter(lot__scheme=scheme)
    assigned = Assignment.objects.filter(evaluator=user.pk).values("evaluation__application")
    found = Application.objects.filter(
        Q(pk__in=view_application.rows(user).values("pk"))
        | Q(pk__in=evaluated.values("application"))
        | Q(pk__in=assigned)
        | has_conflict(user),
        scheme=scheme,
    )
    return Organisation.objects.filter(pk__in=found.values("organisation")).order_by("name")


def is_declared(user, evaluation: Evaluation) -> bool:
    return Evaluation.objects.filter(is_clear(user, *policies.OF), pk=evaluation.pk).exists()


def marks_seen(user, evaluation: Evaluation):
    """The marks of an evaluation that the person may see."""
    rows = policies.view_mark.rows(user).filter(assignment__evaluation=evaluation)
    return rows.select_related("question__section", "assignment__evaluator")


def has_marks(evaluation: Evaluation) -> bool:
    return Mark.objects.filter(assignment__evaluation=evaluation).exists()


def to_allocate(user, scheme: Scheme):
    """The evaluations of a scheme that wait for evaluators and that the person may give some, the
    first due first."""
    may = policies.allocate_evaluation.rows(user)
    waiting = may.filter(lot__scheme=scheme, state=EvaluationState.ALLOCATING)
    return waiting.select_related("application__organisation", "lot").order_by("due_on", "pk")


def by_lot(user, round) -> list[dict]:
    """How far the evaluation of a round is, lot by lot, in what the person sees: how many there
    are, have both marks in, are decided, are in a report."""
    S = EvaluationState
    decided = [S.DECIDED, S.REPORTED, S.EFFECTIVE]
    of_round = Evaluation.objects.filter(
        application__round=round.pk, pk__in=policies.view_evaluation.rows(user).values("pk")
    ).exclude(state=S.VOID)
    found = of_round.values("lot", "lot__key", "lot__title").annotate(
        all=Count("pk"),
        to_allocate=Count("pk", filter=Q(state=S.ALLOCATING)),
        both_in=Count("pk", filter=Q(state__in=[S.MODERATING, *decided])),
        decided=Count("pk", filter=Q(state__in=decided)),
        reported=Count("pk", filter=Q(state__in=[S.REPORTED, S.EFFECTIVE])),
    )
    return list(found.order_by("lot__position"))


@dataclass(frozen=True)
class Evaluator:
    """What to know of a person before they are chosen: how many sets of marks they have yet to hand
    in; in whom they have an interest; in how many of the applicants they have not declared."""

    load: int
    interests: tuple[str, ...]
    undeclared: int


def evaluators(user, scheme: Scheme, people, waiting) -> dict:
    """{id: Evaluator} of people who may mark what waits. Their interests in any applicant to the
    scheme are told to those who may read them."""
    ids = [person.pk for person in people]
    open_ = Assignment.objects.filter(
        evaluator__in=ids,
        state=AssignmentState.MARKING,
        evaluation__state__in=[EvaluationState.ALLOCATING, EvaluationState.MARKING],
    )
    loads = dict(open_.order_by().values_list("evaluator").annotate(n=Count("pk")))
    interests: dict = {}
    for declaration in interests_of(user, scheme, ids):
        interests.setdefault(declaration.by_id, []).append(declaration.organisation.name)
    about = {evaluation.application.organisation_id for evaluation in waiting}
    declared = Declaration.objects.filter(scheme=scheme, by__in=ids, organisation__in=about)
    done = declared.order_by().values_list("by").annotate(n=Count("organisation", distinct=True))
    spoken = dict(done)
    return {
        pk: Evaluator(
            loads.get(pk, 0), tuple(interests.get(pk, ())), len(about) - spoken.get(pk, 0)
        )
        for pk in ids
    }


def interests_of(user, scheme: Scheme, people: list):
    """The interests in applicants to a scheme that these people have declared and that stand, of
    those that the user may read."""
    later = Declaration.objects.filter(
        scheme=OuterRef("scheme"),
        organisation=OuterRef("organisation"),
        by=OuterRef("by"),
        number__gt=OuterRef("number"),
    )
    rows = view_declaration.rows(user).filter(scheme=scheme, by__in=people, has_conflict=True)
    standing = rows.filter(~Exists(later)).select_related("organisation")
    return standing.order_by("organisation__name")
