"""The form of a section, made from the questions that this applicant is asked."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django import forms
from django.forms.boundfield import BoundField

from dps.clock import today
from dps.forms import DateField, Form, MoneyField, WordsField, speak_plainly, without_commas
from dps.words import short_date
from lots.models import Question, QuestionKind
from providers.calculations.answers import MARKED_YES, is_asked, problem, standing
from providers.queries.answers import document_said
from providers.queries.applications import asked

K = QuestionKind
ROWS = (4, 16)  # least and greatest height of a box for words
WORDS_IN_A_ROW = 18


class Later:
    """A field that may stay empty while one writes: whether the answers are enough is asked of all
    of them together, by the same lines as before they are submitted."""

    def validate(self, value):
        if value not in self.empty_values:
            super().validate(value)


class Choice(Later, forms.ChoiceField):
    widget = forms.RadioSelect


class Several(Later, forms.MultipleChoiceField):
    widget = forms.CheckboxSelectMultiple


class Text(Later, forms.CharField):
    pass


class Words(Later, WordsField):
    """Words are counted with the rest; too many are kept."""

    def validate(self, value):
        pass


class Number(Later, forms.DecimalField):
    def to_python(self, value):
        return super().to_python(without_commas(value) if isinstance(value, str) else value)


class Money(Later, MoneyField):
    pass


class Day(Later, DateField):
    pass


def field_of(question: Question, documents: dict[str, dict]) -> forms.Field:
    """The field for a question. `documents` are those of the library, by id."""
    common = {
        "label": question.text,
        "help_text": question.guidance,
        "required": question.is_required,
    }
    if question.word_limit:
        rows = min(max(question.word_limit // WORDS_IN_A_ROW, ROWS[0]), ROWS[1])
        return Words(words=question.word_limit, rows=rows, **common)
    return MADE[question.kind](question, documents, common)


def _choices_of(question: Question) -> list[tuple[str, str]]:
    return [(str(each["value"]), str(each["label"])) for each in question.choices]


def _document_field(question, documents, common):
    field = Choice(choices=[(pk, said["title"]) for pk, said in documents.items()], **common)
    if documents and not question.is_required:
        field.choices = [*field.choices, ("", "None of these")]
    field.hints = {pk: _about(said) for pk, said in documents.items()}
    return field


def _about(document: dict) -> str:
    expires_on = document["expires_on"]
    if not expires_on:
        return document["name"]
    return f"{document['name']}, valid until {short_date(date.fromisoformat(expires_on))}"


MADE = {
    K.YES_NO: lambda q, docs, common: Choice(choices=[("yes", "Yes"), ("no", "No")], **common),
    K.CHOICE: lambda q, docs, common: Choice(choices=_choices_of(q), **common),
    K.SEVERAL: lambda q, docs, common: Several(choices=_choices_of(q), **common),
    K.SHORT_TEXT: lambda q, docs, common: Text(max_length=500, **common),
    K.LONG_TEXT: lambda q, docs, common: Text(
        max_length=50_000, widget=forms.Textarea(attrs={"rows": ROWS[1]}), **common
    ),
    K.NUMBER: lambda q, docs, common: Number(
        max_digits=15, widget=forms.NumberInput(attrs={"class": "govuk-input--width-10"}), **common
    ),
    K.MONEY: lambda q, docs, common: Money(**common),
    K.DATE: lambda q, docs, common: Day(**common),
    K.DOCUMENT: _document_field,
    K.DECLARATION: lambda q, docs, common: Several(
        choices=[(MARKED_YES, "I confirm this")], **common
    ),
}


def stored(kind: str, value):
    """A cleaned answer as it is stored; "" or [] when there is none."""
    if value in (None, "", []):
        return ""
    if kind == K.DECLARATION:
        return MARKED_YES
    if kind == K.DATE:
        return value.isoformat()
    if kind == K.MONEY:
        return f"{value:.2f}"
    if kind == K.NUMBER:
        return f"{value:f}"
    return value


def typed(kind: str, value):
    """A stored answer as a field shows it."""
    if not value:
        return None
    if kind == K.DECLARATION:
        return [value]
    if kind == K.DATE:
        return date.fromisoformat(value)
    return Decimal(value) if kind == K.MONEY else value


@dataclass(frozen=True)
class Asking:
    """A question on the page, its field, and the follow-ups that its answer may call for.
    `when` says which answer of the question above calls for this one, `name` of whose field."""

    question: Question
    field: BoundField
    follow_ups: list["Asking"]
    name: str = ""
    answer: str = ""
    when: str = ""


class AnswersForm(Form):
    """A section of a draft. It takes what is well formed and says what is missing: both at once.

    `put` are all the questions that this applicant is asked, `questions` those of the section;
    `answers` all of the draft's; `documents` the library, by id.
    """

    seen = forms.IntegerField(
        widget=forms.HiddenInput,
        error_messages={
            "required": "Open this page again, then save",
            "invalid": "Open this page again",
        },
    )

    def __init__(self, data=None, *, put, questions, answers, documents, **kwargs):
        kwargs["initial"] = kwargs.get("initial", {}) | {
            name_of(q): typed(q.kind, answers.get(q.key)) for q in questions
        }
        super().__init__(data, **kwargs)
        self.every_answer, self.documents = answers, documents
        self.put = [asked(q) for q in put]
        called_for = standing(self.put, answers)
        keys = {q.key for q in questions}
        self.questions = [
            q
            for q in questions
            if not q.asked_if or q.asked_if["question"] in keys or is_asked(asked(q), called_for)
        ]
        for question in self.questions:
            self.fields[name_of(question)] = field_of(question, documents)
        speak_plainly(self.fields)
        self.answers: dict = {}
        self.malformed: set[str] = set()

    def clean(self):
        """Put what was well formed into `answers`, then ask what is wrong with all of them."""
        cleaned = super().clean()
        self.malformed = {name_of(q) for q in self.questions} & set(self.errors)
        for question in self.questions:
            name = name_of(question)
            if name not in self.malformed:
                self.answers[question.key] = stored(question.kind, cleaned.get(name))
        unanswered = dict.fromkeys((q.key for q in self.questions), "")
        every = standing(self.put, self.every_answer | unanswered | self.answers)
        for question in self.questions:
            name = name_of(question)
            if name not in self.malformed and (wrong := self._wrong(question, every)):
                self.add_error(name, wrong)
        return cleaned

    def _wrong(self, question: Question, answers: dict) -> str:
        if question.kind == K.DOCUMENT and "document" in self.data and not answers[question.key]:
            return ""  # they are on their way to add one
        if wrong := problem(asked(question), answers):
            return wrong
        if question.kind != K.DOCUMENT or not answers.get(question.key):
            return ""
        document = self.documents[answers[question.key]]
        expires_on = document["expires_on"] and date.fromisoformat(document["expires_on"])
        if expires_on and expires_on < today():
            until = short_date(expires_on)
            return f"{document_said(document)} was valid until {until}. Choose one that still is"
        return ""

    @property
    def may_be_saved(self) -> bool:
        """Whether it says which revision it changes."""
        return "seen" in self.cleaned_data

    @property
    def is_well_formed(self) -> bool:
        """Whether all that was typed can be kept."""
        return not self.malformed

    def contents(self, kept: dict) -> dict:
        """The section to store, given what it holds: answers to questions that are not on this page
        stay; what was carried over is confirmed."""
        names = {q.key for q in self.questions}
        old = {key: value for key, value in kept.get("answers", {}).items() if key not in names}
        given = {key: value for key, value in self.answers.items() if value}
        still = [key for key in kept.get("carried", []) if key not in names]
        return {"answers": old | given, "carried": still}

    @property
    def asking(self) -> list[Asking]:
        """The questions in order, each follow-up under the one that calls for it."""
        keys = {q.key for q in self.questions}
        return [
            self._asking(q)
            for q in self.questions
            if not q.asked_if or q.asked_if["question"] not in keys
        ]

    def _asking(self, question: Question, above: Question | None = None) -> Asking:
        below = [q for q in self.questions if q.asked_if.get("question") == question.key]
        follow_ups = [self._asking(each, question) for each in below]
        if above is None:
            return Asking(question, self[name_of(question)], follow_ups)
        answer = question.asked_if["answer"]
        labels = dict([("yes", "Yes"), ("no", "No"), *_choices_of(above)])
        return Asking(
            question,
            self[name_of(question)],
            follow_ups,
            name=name_of(above),
            answer=answer,
            when=labels.get(answer, answer),
        )


def name_of(question: Question) -> str:
    return f"q-{question.key}"
