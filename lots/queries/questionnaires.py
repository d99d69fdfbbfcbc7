"""Questionnaires as they are read: what is asked, of whom, and what it counts."""

from dataclasses import dataclass
from decimal import Decimal

from lots.models import Assessment, Lot, Question, Questionnaire, QuestionSection, Size
from lots.queries.lots import listed


@dataclass(frozen=True)
class Asked:
    """A question as it is read: whom it is asked of, how it is marked, in words."""

    question: Question
    number: int
    of_lots: str
    of_sizes: str
    only_if: str
    choices: tuple[str, ...]
    passing: str  # the answer that passes by itself
    descriptors: tuple[tuple[int, str], ...]  # the highest mark first

    @property
    def counts(self) -> str:
        """How it counts: "Scored: 25 of 100"."""
        if self.question.assessment == Assessment.SCORED:
            return f"Scored: {self.question.weight.normalize():f} of 100"
        return self.question.get_assessment_display()


@dataclass(frozen=True)
class Part:
    section: QuestionSection
    questions: tuple[Asked, ...]


@dataclass(frozen=True)
class Sheet:
    """A questionnaire: its parts, and for each lot the weight of every scored question. Where
    organisations of some sizes are asked other questions (`by_size`), the weights come to their
    `totals` for one size at a time: without a size there are none."""

    parts: tuple[Part, ...]
    lots: tuple[Lot, ...]
    weights: tuple[tuple[Asked, tuple[Decimal | None, ...]], ...]
    totals: tuple[Decimal, ...]
    by_size: bool


def sheet(questionnaire: Questionnaire, lot: str = "", size: str = "") -> Sheet:
    """What a questionnaire asks, in three queries however long it is: of all, or of applicants for
    the lot with this key, of this size."""
    sections = list(questionnaire.sections.order_by("position").prefetch_related("questions"))
    lots = list(Lot.objects.filter(scheme=questionnaire.scheme_id))
    questions = [question for section in sections for question in section.questions.all()]
    numbers = {question: number for number, question in enumerate(questions, 1)}
    texts = {question.key: question.text for question in questions}
    parts = []
    for section in sections:
        found = [
            asked(question, numbers[question], lots, texts)
            for question in section.questions.all()
            if is_of(question, lot, size)
        ]
        if found:
            parts.append(Part(section, tuple(found)))
    shown = tuple(each for each in lots if lot in ("", each.key))
    weights = tuple(
        (item, tuple(weight_for(item.question, each) for each in shown))
        for part in parts
        for item in part.questions
        if item.question.assessment == Assessment.SCORED
    )
    by_size = any(question.sizes for question in questions)
    totals = tuple(
        sum((each or Decimal(0) for each in column), Decimal(0))
        for column in zip(*(row for _, row in weights), strict=True)
    )
    return Sheet(tuple(parts), shown, weights, () if by_size and not size else totals, by_size)


def is_of(question: Question, lot: str, size: str) -> bool:
    """Whether applicants for a lot and of a size ("" for any) are asked."""
    of_lot = not lot or not question.lots or lot in question.lots
    return of_lot and (not size or not question.sizes or size in question.sizes)


def asked(question: Question, number: int, lots: list[Lot], texts: dict[str, str]) -> Asked:
    sizes = [Size(size).label for size in Size.values if size in question.sizes]
    only_if = ""
    if question.asked_if:
        other = texts.get(question.asked_if["question"], question.asked_if["question"])
        only_if = f"“{other}” is answered “{question.asked_if['answer']}”"
    labels = {choice["value"]: choice["label"] for choice in question.choices}
    marks = sorted(((int(mark), text) for mark, text in question.descriptors.items()), reverse=True)
    return Asked(
        question=question,
        number=number,
        of_lots="" if not question.lots or len(lots) == 1 else listed(sorted(question.lots)),
        of_sizes=", ".join(sizes),
        only_if=only_if,
        choices=tuple(labels.values()),
        passing=labels.get(question.passing, question.passing).capitalize(),
        descriptors=tuple(marks),
    )


def weight_for(question: Question, lot: Lot) -> Decimal | None:
    """What a scored question weighs for a lot, as a percentage; None where it is not asked."""
    return question.weight if not question.lots or lot.key in question.lots else None
