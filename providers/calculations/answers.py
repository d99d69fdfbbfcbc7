"""Whether what was answered is enough. Answers are as stored: text, numbers as text, dates as
ISO 8601, several choices as a list, a document as its id."""

from dataclasses import dataclass, field
from textwrap import shorten
from typing import Any

MARKED_YES = "yes"
LONGEST = 90  # characters of a question that a message names
NONE_OF_THEM = "none"  # the value of a choice that goes with no other


@dataclass(frozen=True)
class Asked:
    """A question as it is put to one applicant."""

    key: str
    text: str
    kind: str
    is_required: bool = True
    word_limit: int | None = None
    asked_if: dict[str, Any] = field(default_factory=dict)


def words(text: str) -> int:
    """How many words: runs of anything between white space, the rule that help and page state."""
    return len(text.split())


def is_asked(question: Asked, answers: dict[str, Any]) -> bool:
    """Whether a follow-up is called for by the answer that it depends on."""
    if not question.asked_if:
        return True
    given = answers.get(question.asked_if["question"])
    wanted = question.asked_if["answer"]
    return wanted in given if isinstance(given, list) else given == wanted


def standing(questions: list[Asked], answers: dict[str, Any]) -> dict[str, Any]:
    """The answers to questions that are called for. What was once said to a question that is no
    longer asked calls for nothing: a follow-up to a follow-up falls with it."""
    left = {question.key: question for question in questions}
    said = {key: answer for key, answer in answers.items() if key in left}
    while gone := [key for key in said if not is_asked(left[key], said)]:
        said = {key: answer for key, answer in said.items() if key not in gone}
    return said


def problem(question: Asked, answers: dict[str, Any]) -> str:
    """What is still wrong with the answer to a question, in plain English; "" when nothing is."""
    answer = answers.get(question.key)
    if not is_asked(question, answers):
        return ""
    if answer in (None, "", []):
        return missing(question) if question.is_required else ""
    if question.word_limit and isinstance(answer, str):
        over = words(answer) - question.word_limit
        if over > 0:
            words_over = f"{over} word{'s' * (over > 1)}"
            return f"Your answer to {quoted(question)} is {words_over} too long"
    if isinstance(answer, list) and NONE_OF_THEM in answer and len(answer) > 1:
        return "You chose none of these and another too. Choose one or the other"
    if question.kind == "declaration" and answer != MARKED_YES:
        return missing(question)
    return ""


def missing(question: Asked) -> str:
    """What to do about a question without an answer; it names it, as a page has several."""
    asks = {
        "yes_no": "Choose yes or no to",
        "choice": "Choose an answer to",
        "several": "Choose at least one answer to",
        "number": "Enter a number for",
        "money": "Enter an amount in pounds for",
        "date": "Enter a date for",
        "document": "Choose a document for",
        "declaration": "Confirm",
    }
    if question.kind == "document" and question.text.startswith("Upload "):
        return shorten(question.text, LONGEST, placeholder="…")
    return f"{asks.get(question.kind, 'Enter an answer to')} {quoted(question)}"


def quoted(question: Asked) -> str:
    """The question in quotation marks; a long one is cut at a word."""
    return f"“{shorten(question.text, LONGEST, placeholder='…')}”"


def state(questions: list[Asked], answers: dict[str, Any]) -> str:
    """A section's state: complete, error (something is wrong with what is there), in_progress or
    not_started."""
    problems = [(question, said) for question in questions if (said := problem(question, answers))]
    answered = [q for q in questions if answers.get(q.key) not in (None, "", [])]
    if not problems:
        return "complete"
    if any(answers.get(q.key) not in (None, "", []) for q, _ in problems):
        return "error"
    return "in_progress" if answered else "not_started"


def remaining(states: list[str]) -> str:
    """What is left to do, from the states of the sections: "1 error, 2 not started"; "" when
    nothing is."""
    kinds = {
        "error": ("error", "errors"),
        "in_progress": ("section in progress", "sections in progress"),
        "check": ("to confirm", "to confirm"),
        "not_started": ("not started", "not started"),
    }
    counts = {kind: states.count(kind) for kind in kinds}
    return ", ".join(f"{count} {kinds[kind][count > 1]}" for kind, count in counts.items() if count)
