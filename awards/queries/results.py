"""What an applicant is told of a decision on its application."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from awards import policies
from awards.models import Evaluation, last_of
from awards.queries import questions
from dps.clock import now
from lots.calculations.scoring import shown
from lots.models import Lot, Question
from lots.queries.lots import Standing, with_standing


@dataclass(frozen=True)
class Marked:
    """A question with the mark that was agreed, what that mark means, and why."""

    question: Question
    mark: int
    reason: str

    @property
    def meaning(self) -> str:
        return self.question.descriptors.get(str(self.mark), "")

    @property
    def passes(self) -> bool:
        return self.mark >= self.question.pass_mark


@dataclass(frozen=True)
class Failed:
    """A question that passes or fails, and why the answer failed."""

    question: Question
    reason: str


def of_organisations(user) -> QuerySet:
    """The decisions on the applications of a person's organisations, the newest first, each with
    its outcome."""
    rows = policies.read_result.rows(user).with_outcome()
    rows = rows.select_related(
        "application__organisation", "application__scheme", "lot", "report__decision"
    )
    return rows.order_by("-report__effective_at", "lot__position", "pk")


def laid_out(user, evaluation: Evaluation) -> dict:
    """What the page and the PDF of a decision say: its outcome, every agreed mark with its meaning
    and reason, what failed. Never who marked, nor what each evaluator gave."""
    marks, checks = last_of(evaluation.agreed_marks), last_of(evaluation.checks)
    outcome = evaluation.outcomes.latest("number")
    checked = [(q, checks[q.pk]) for q in questions.checked(evaluation)]
    report = evaluation.report
    agreements = policies.view_agreement.rows(user).filter(
        report=report, organisation=evaluation.application.organisation_id
    )
    return {
        "evaluation": evaluation,
        "application": evaluation.application,
        "organisation": evaluation.application.organisation,
        "scheme": evaluation.lot.scheme,
        "lot": evaluation.lot,
        "report": report,
        "decision": report.decision,
        "outcome": outcome,
        "score": score_said(outcome.score),
        "marks": [
            Marked(q, marks[q.pk].mark, marks[q.pk].reason) for q in questions.scored(evaluation)
        ],
        "passed": sum(check.passes for _, check in checked),
        "failed": [Failed(q, check.reason) for q, check in checked if not check.passes],
        "agreement": agreements.first() if outcome.admits else None,
        "standing": standing_of(evaluation.lot),
    }


def score_said(score: Decimal | None) -> str:
    """A score of 100 to two places; "" where nothing is marked."""
    return "" if score is None else f"{shown(score)}"


def standing_of(lot: Lot) -> Standing:
    """Whether the lot takes applications now, or when next."""
    return with_standing(Lot.objects.filter(pk=lot.pk), now())[0].standing
