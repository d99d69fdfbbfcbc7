"""From agreed marks to an outcome: absolute, since it depends on one applicant's answers alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from lots.calculations.scoring import Scored, result


@dataclass(frozen=True)
class Check:
    """A question that is passed or failed, and which it was."""

    question: str
    passes: bool


@dataclass(frozen=True)
class Outcome:
    """Whether an applicant is admitted to a lot, and why not. `score` is out of 100 and unrounded;
    None for a lot that asks nothing to be marked. The reasons are sentences without a full stop,
    in the order of the questions."""

    admits: bool
    score: Decimal | None
    reasons: tuple[str, ...]


def outcome(
    scored: Sequence[Scored], checks: Sequence[Check] = (), least_score: Decimal = Decimal(0)
) -> Outcome:
    """Admitted, where every check is passed and every pass mark met (rule 3; PCR 2015 reg. 34(6),
    PA 2023 s. 36). There is no place here for another applicant, nor for a number to admit.

    ValueError where nothing is asked, or the weights do not add up to 100.
    """
    if not scored and not checks:
        raise ValueError("An outcome needs a mark or a check")
    failed = tuple(f"{check.question}: failed" for check in checks if not check.passes)
    if not scored:
        return Outcome(not failed, None, failed)
    marked = result(scored, least_score)
    reasons = failed + marked.reasons
    return Outcome(not reasons, marked.score, reasons)
