"""Marks, weights, pass marks and prices. Marks are whole numbers from 0 to 5, weights are
percentages, scores are out of 100 and unrounded until they are shown."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

HIGHEST_MARK = 5
WHOLE = Decimal(100)
TWO_PLACES = Decimal("0.01")


@dataclass(frozen=True)
class Scored:
    """The agreed mark of one question, its weight, and the least mark that passes it."""

    question: str
    mark: int
    weight: Decimal
    pass_mark: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.mark <= HIGHEST_MARK or not 0 <= self.pass_mark <= HIGHEST_MARK:
            raise ValueError(f"A mark is from 0 to {HIGHEST_MARK}: {self.question}")
        if self.weight < 0:
            raise ValueError(f"A weight is not less than 0: {self.question}")

    @property
    def score(self) -> Decimal:
        """What the mark earns of the weight, unrounded."""
        return self.mark * self.weight / HIGHEST_MARK

    @property
    def passes(self) -> bool:
        return self.mark >= self.pass_mark


@dataclass(frozen=True)
class Result:
    """Whether every pass mark is met, the unrounded score out of 100, and a reason for each that is
    not. The reasons are sentences without a full stop."""

    passes: bool
    score: Decimal
    reasons: tuple[str, ...]

    @property
    def shown(self) -> Decimal:
        return shown(self.score)


def shown(score: Decimal) -> Decimal:
    """A score as people see it: to two places, halves up."""
    return score.quantize(TWO_PLACES, ROUND_HALF_UP)


def weights_problem(weights: Collection[Decimal], total: Decimal = WHOLE) -> str | None:
    """Why weights cannot stand: one is below 0, or they do not add up to the total."""
    if any(weight < 0 for weight in weights):
        return "A weight is below 0. Enter weights from 0 to 100"
    if (added := sum(weights, Decimal(0))) != total:
        return f"The weights add up to {_plain(added)}, not {_plain(total)}. Change them"
    return None


def weighted_score(scored: Collection[Scored]) -> Decimal:
    """The score out of 100, unrounded: each mark as a share of 5, times its weight. ValueError
    where the weights do not add up to 100."""
    if problem := weights_problem([each.weight for each in scored]):
        raise ValueError(problem)
    return sum((each.score for each in scored), Decimal(0))


def result(scored: Sequence[Scored], least_score: Decimal = Decimal(0)) -> Result:
    """The marks of one applicant or offer against the pass marks: each question's own and the least
    score. The score is compared unrounded, so 59.996 does not reach 60."""
    score = weighted_score(scored)
    reasons = [
        f"{each.question}: mark {each.mark} is below the pass mark {each.pass_mark}"
        for each in scored
        if not each.passes
    ]
    if score < least_score:
        reasons.append(f"The score {_plain(score)} is below the least score {_plain(least_score)}")
    return Result(not reasons, score, tuple(reasons))


def price_score(price: Decimal, lowest: Decimal, weight: Decimal) -> Fraction:
    """What a price earns of its weight: weight times the lowest price over the price, exactly.

    A price of nothing earns the full weight, and any other beside it nothing.
    """
    if not 0 <= lowest <= price:
        raise ValueError("No price is below the lowest, nor below 0")
    if price == 0:
        return Fraction(weight)
    return Fraction(weight) * Fraction(lowest) / Fraction(price)


def as_decimal(exact: Fraction) -> Decimal:
    """A score as a Decimal, to 28 figures."""
    return Decimal(exact.numerator) / exact.denominator


def places(scores: Sequence[Fraction | Decimal]) -> tuple[int, ...]:
    """The place of each score, best first: equal scores share a place, and the next place counts
    them all (1, 2, 2, 4)."""
    ordered = sorted(scores, reverse=True)
    first = {score: ordered.index(score) + 1 for score in set(scores)}
    return tuple(first[score] for score in scores)


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
