"""Who is asked what, and whether what is asked weighs what it should."""

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from typing import Protocol

from lots.calculations.scoring import weights_problem


class Weighed(Protocol):
    """A scored question: the keys of the lots and sizes that are asked it, none meaning all."""

    @property
    def weight(self) -> Decimal: ...

    @property
    def lots(self) -> Collection[str]: ...

    @property
    def sizes(self) -> Collection[str]: ...


def weight_problems(
    scored: Sequence[Weighed], lots: Iterable[str], sizes: Sequence[str]
) -> list[str]:
    """A sentence for each lot whose scored questions do not weigh 100 together, as an applicant is
    asked them; it names the sizes of organisation, where it is so for some only. A lot without
    scored questions has none."""
    found = []
    for lot in lots:
        wrong: dict[str, list[str]] = {}
        for size in sizes:
            weights = [q.weight for q in scored if is_asked(q, lot, size)]
            if weights and (problem := weights_problem(weights)):
                wrong.setdefault(problem, []).append(size)
        for problem, some in wrong.items():
            of = "" if len(some) == len(sizes) else f" ({', '.join(some)} organisations)"
            found.append(f"Lot {lot}: {problem}{of}")
    return found


def is_asked(question: Weighed, lot: str, size: str) -> bool:
    of_lot = not question.lots or lot in question.lots
    return of_lot and (not question.sizes or size in question.sizes)
