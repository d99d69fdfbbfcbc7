"""Answers as people read them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dps.money import pounds
from dps.words import short_date
from lots.models import Question, QuestionKind
from providers.calculations.answers import is_asked
from providers.queries.applications import asked

K = QuestionKind


@dataclass(frozen=True)
class Answer:
    """A question and what was said to it; `document` is the id of a document given in answer."""

    question: Question
    text: str
    document: str = ""


def by_section(questions: list[Question], answers: dict, documents: dict) -> list[dict]:
    """The questions that were called for with their answers: [{"section": , "answers": [Answer]}].
    `documents` maps an id to what a document says of itself."""
    sections: dict = {}
    for question in questions:
        if is_asked(asked(question), answers):
            value = answers.get(question.key)
            kept = sections.setdefault(question.section, [])
            is_document = question.kind == K.DOCUMENT and value in documents
            kept.append(
                Answer(question, said(question, value, documents), value if is_document else "")
            )
    return [{"section": section, "answers": kept} for section, kept in sections.items()]


def said(question: Question, value, documents: dict | None = None) -> str:
    """One stored answer in words; "" when there is none."""
    if value in (None, "", []):
        return ""
    if question.kind in SAID:
        return SAID[question.kind](value)
    if question.kind == K.DOCUMENT:
        document = (documents or {}).get(value)
        return document_said(document) if document else "A document that is not in the library"
    labels = {str(each["value"]): str(each["label"]) for each in question.choices}
    chosen = value if isinstance(value, list) else [value]
    return ", ".join(labels.get(str(each), str(each)) for each in chosen)


SAID = {
    K.YES_NO: lambda value: {"yes": "Yes", "no": "No"}.get(value, value),
    K.DECLARATION: lambda value: "Confirmed",
    K.NUMBER: lambda value: f"{Decimal(value):,}",
    K.MONEY: lambda value: pounds(Decimal(value)),
    K.DATE: lambda value: short_date(date.fromisoformat(value)),
    K.SHORT_TEXT: str,
    K.LONG_TEXT: str,
}


def document_said(document: dict) -> str:
    """What a document is called: its title and the name of its file."""
    return f"{document['title']} ({document['name']})"
