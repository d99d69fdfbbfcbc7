"""How much waits for a person at each job of the rail: the rows of their to-dos, counted in one
statement."""

from collections.abc import Callable, Iterator
from functools import reduce

from django.db.models import Count, Q, QuerySet, Value

from awards import policies as awarding
from awards.models import AgreementState, EvaluationState, ReportState
from dps.clock import today
from dps.models import Grant, Role
from lots import policies as running
from lots.models import Decision, DecisionKind, DecisionState
from providers import policies as provided
from providers.models import ReturnState

CONTRACTING = (Role.CONTRACT_MANAGER, Role.COMMISSIONER)


def holds(user, *roles) -> bool:
    return bool(Grant.objects.authorities(user, *roles))


# What waits: a question each


def marking(user) -> QuerySet:
    """What one marks."""
    return awarding.mark_assignment.rows(user)


def moderating(user) -> QuerySet:
    """What one moderates."""
    return awarding.moderate_evaluation.rows(user)


def allocating(user) -> QuerySet:
    """What waits for one to choose evaluators."""
    return awarding.allocate_evaluation.rows(user).filter(state=EvaluationState.ALLOCATING)


def writing(user) -> QuerySet:
    """Award reports that are not finished, or have no decision yet."""
    unfinished = Q(state=ReportState.DRAFT) | Q(state=ReportState.FINAL, decision=None)
    return awarding.write_report.rows(user).filter(unfinished)


def ready_to_sign() -> QuerySet:
    """Decisions that may be signed."""
    by_officer = Q(kind=DecisionKind.OFFICER, state=DecisionState.DRAFT)
    return Decision.objects.filter(by_officer | Q(state=DecisionState.CONSIDERED))


def awarding_signature(user) -> QuerySet:
    """Award reports whose decision one signs."""
    ready = ready_to_sign().values("pk")
    return awarding.decide_report.rows(user).filter(state=ReportState.FINAL, decision__in=ready)


def preparing(user) -> QuerySet:
    """Decisions that wait for the forward plan or the committee."""
    waiting = [DecisionState.DRAFT, DecisionState.PUBLISHED]
    rows = running.prepare_decision.rows(user).filter(state__in=waiting)
    return rows.exclude(pk__in=ready_to_sign().values("pk"))


def signing(user) -> QuerySet:
    """Decisions that one signs and that award nothing."""
    ready = ready_to_sign().values("pk")
    return running.sign_decision.rows(user).filter(pk__in=ready, reports=None)


def sending(user) -> QuerySet:
    """Agreements that one sends."""
    rows = awarding.send_agreement.rows(user)
    return rows.filter(state=AgreementState.DRAFTED) if holds(user, *CONTRACTING) else rows.none()


def sealing(user) -> QuerySet:
    """Agreements that one seals."""
    return awarding.seal_agreement.rows(user).filter(state=AgreementState.SIGNED)


def overdue(user) -> QuerySet:
    """KPI returns that are overdue, for those who chase them."""
    late = provided.view_return.rows(user).filter(state=ReturnState.DUE, due_on__lt=today())
    return late if holds(user, *CONTRACTING) else late.none()


LEADING = (Role.COMMISSIONER,)
# Of each job of the rail: the questions, and whom alone it is worth asking them of.
RAIL: dict[str, tuple[tuple[Callable, tuple[Role, ...]], ...]] = {
    "evaluation": (
        (marking, (Role.EVALUATOR,)),
        (moderating, (Role.MODERATOR,)),
        (allocating, (Role.COMMISSIONER, Role.MODERATOR)),
    ),
    "reports": ((writing, LEADING), (awarding_signature, (Role.APPROVER,))),
    "decisions": ((preparing, LEADING), (signing, (Role.APPROVER,))),
    "contracts": ((sending, CONTRACTING), (sealing, (Role.LEGAL_OFFICER,))),
    "returns": ((overdue, CONTRACTING),),
}


def numbers(user) -> dict[str, int]:
    """{job: how many rows wait there}, of those where some do."""
    found: dict[str, int] = {}
    if counts := list(_counts(user)):
        for job, number in reduce(lambda one, other: one.union(other, all=True), counts):
            found[job] = found.get(job, 0) + number
    return {job: number for job, number in found.items() if number}


def _counts(user) -> Iterator[QuerySet]:
    """For each question that is worth asking, how many rows there are of its job."""
    for job, questions in RAIL.items():
        for question, roles in questions:
            if holds(user, *roles):
                rows = question(user).order_by().annotate(job=Value(job)).values("job")
                yield rows.annotate(number=Count("pk", distinct=True)).values_list("job", "number")
