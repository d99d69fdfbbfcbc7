"""What the steps of schemes and rounds ask. The forms of set-up rows are made from their models: a
table says what each field is called and what helps to fill it in."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import slugify

from dps.forms import (
    DateField,
    Form,
    InstantField,
    MoneyField,
    PercentField,
    ReasonForm,
    read_time,
    said_time,
)
from lots import policies
from lots.calculations import regimes
from lots.calculations.regimes import Unit as Counts
from lots.calculations.scoring import HIGHEST_MARK
from lots.models import (
    Act,
    Activity,
    AdmissionMode,
    AwardRoute,
    ClientGroup,
    DecisionKind,
    Indicator,
    Locality,
    Lot,
    Mode,
    Outcome,
    Purpose,
    Question,
    QuestionKind,
    QuestionSection,
    ReportHeading,
    Schedule,
    Scheme,
    Size,
    Tier,
    Unit,
    Zone,
)

FEW = 5  # choices up to which radios show all of them


def scheme_of(record) -> Scheme:
    """The scheme that a set-up row, a round or a questionnaire belongs to."""
    steps = ("lot", "section", "questionnaire", "scheme")
    while not isinstance(record, Scheme):
        record = getattr(record, next(step for step in steps if hasattr(record, step)))
    return record


# Fields that look at the scheme


class OfScheme:
    """A field whose choices are the scheme's own: `fit` is told which scheme, and who asks."""

    def fit(self, record, user) -> None:
        raise NotImplementedError


class LotKeysField(OfScheme, forms.MultipleChoiceField):
    """Lots by their keys. Cleans to a list of keys, in the order of the lots."""

    widget = forms.CheckboxSelectMultiple

    def fit(self, record, user):
        lots = policies.view_lot.rows(user).filter(scheme=scheme_of(record))
        self.choices = [(lot.key, str(lot)) for lot in lots.order_by("position")]


class SeenField(OfScheme):
    """Rows of the scheme that the person may see."""

    def __init__(self, policy, **kwargs):
        super().__init__(policy.model._default_manager.none(), **kwargs)
        self.policy = policy

    def fit(self, record, user):
        self.queryset = self.policy.rows(user).filter(scheme=scheme_of(record))


class OneSeenField(SeenField, forms.ModelChoiceField):
    """One row of the scheme, of those that the person may see."""


class SeveralSeenField(SeenField, forms.ModelMultipleChoiceField):
    """Rows of the scheme, of those that the person may see. Cleans to a list."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value):
        return list(super().clean(value))


class TimeField(forms.CharField):
    """A time of day on the United Kingdom's clocks: "12 noon", "9am", "17:30"."""

    def clean(self, value):
        typed = super().clean(value)
        at = read_time(typed) if typed else None
        if typed and at is None:
            raise ValidationError(self.error_messages["not_a_time"], code="not_a_time")
        return at

    def prepare_value(self, value):
        return said_time(value) if hasattr(value, "hour") else value


class ChoicesField(forms.CharField):
    """The choices of a question, one a line. A choice that stays keeps the value that answers are
    stored under, which may be given before the words: "yes_all = Yes, all of them"."""

    widget = forms.Textarea

    def clean(self, value):
        choices = []
        for line in super().clean(value).splitlines():
            name, sign, label = line.partition(" = ")
            label = (label if sign else line).strip()
            if label:
                found = name.strip() if sign else slugify(label).replace("-", "_")[:60]
                choices.append({"value": found, "label": label})
        values = [choice["value"] for choice in choices]
        if "" in values or len(set(values)) < len(values):
            raise ValidationError("Each choice must have words of its own")
        return choices

    def prepare_value(self, value):
        if isinstance(value, list):
            return "\n".join(f"{choice['value']} = {choice['label']}" for choice in value)
        return value


class DescriptorsField(forms.CharField):
    """What marks 0 to 5 mean, one a line with the mark first: "5 Full and convincing evidence"."""

    widget = forms.Textarea

    def clean(self, value):
        meanings: dict[str, str] = {}
        for line in super().clean(value).splitlines():
            found = re.fullmatch(rf"\s*([0-{HIGHEST_MARK}])[\s:.-]+(\S.*)", line)
            if line.strip() and not found:
                raise ValidationError(
                    f"Begin each line with its mark, 0 to {HIGHEST_MARK}: “{line.strip()}” does not"
                )
            if found and found[1] in meanings:
                raise ValidationError(f"Mark {found[1]} is described twice")
            if found:
                meanings[found[1]] = found[2].strip()
        return meanings

    def prepare_value(self, value):
        if isinstance(value, dict):
            return "\n".join(f"{mark} {value[mark]}" for mark in sorted(value, reverse=True))
        return value


# What set-up rows are asked for


@dataclass(frozen=True)
class Ask:
    """What a field of a set-up row is called, what helps to fill it in, and, where the model does
    not say it, what it is: its choices or the form's field for it."""

    label: str
    help: str = ""
    choices: type[models.TextChoices] | tuple | None = None
    field: Callable[..., forms.Field] | None = None


KEY = Ask("Key", "Small letters, figures and hyphens. It stays the same for good.")
PLACE = Ask("Place in the list", "A number: 1 comes first.")
COUNTED = (
    ("timetable", "The timetable"),
    ("lots", "The lots"),
    ("numbers", "How many applied and were admitted"),
    ("coverage", "Where and when support is offered"),
)


def zone_field(**kwargs):
    return OneSeenField(policies.view_zone, empty_label="No zone", **kwargs)


def term(**more: Ask) -> dict[str, Ask]:
    return {"title": Ask("Title"), "key": KEY, "position": PLACE} | more


ASKS: dict[type[models.Model], dict[str, Ask]] = {
    Scheme: {
        "title": Ask("Title"),
        "short_title": Ask("Short title", "For lists and e-mails."),
        "slug": Ask("Address", "Small letters, figures and hyphens."),
        "summary": Ask("Summary", "What is bought, for whom, and who may join."),
        "regime": Ask("Law that it runs under"),
        "notice_reference": Ask("Reference of the notice"),
        "notice_on": Ask("Date of the notice"),
        "starts_on": Ask("First day"),
        "ends_on": Ask("Last day"),
        "contact_email": Ask("E-mail address for questions"),
        "is_opened_by_two": Ask("Rounds are opened by two people after their deadline"),
    },
    Lot: {
        "key": Ask("Key", "The lot's number, as in “Lot 1a”."),
        "title": Ask("Title"),
        "summary": Ask("Summary"),
        "position": PLACE,
        "kind": Ask(
            "What it is", "A lot that admits in the initial round only is a framework by law."
        ),
        "modes": Ask("How support may be delivered", choices=Mode),
        "units": Ask("Units that are priced", choices=Unit),
        "pass_mark": Ask("Pass mark", "Of 100. What an application has to reach in all."),
        "quality_weight": Ask("Weight of quality in mini-competitions", "The rest is price."),
        "needs_cqc": Ask("Providers must be registered with the Care Quality Commission"),
    },
    Tier: {
        "title": Ask("Title"),
        "key": KEY,
        "position": PLACE,
        "least": Ask("Least number supported by one worker"),
        "greatest": Ask("Greatest number supported by one worker"),
        "modes": Ask("Ways of delivery", "None ticked means every way of the lot.", choices=Mode),
        "ceiling": Ask("Ceiling", "The highest rate that may be offered, for any unit."),
    },
    AwardRoute: {
        "route": Ask("Route"),
        "notice_words": Ask("Words of the notice that allow it"),
        "notice_reference": Ask("Where they stand", "The section or page of the notice."),
    },
    Zone: term(),
    Locality: term(
        short=Ask("Short name", "For phones."),
        zone=Ask("Zone", "Localities of a zone are priced alike.", field=zone_field),
        column=Ask("Column on the map", "Counted from 0, from the left."),
        row=Ask("Row on the map", "Counted from 0, from the top."),
    ),
    Activity: term(),
    ClientGroup: term(),
    Outcome: term(text=Ask("What it means")),
    Indicator: {
        "title": Ask("Title"),
        "key": KEY,
        "guidance": Ask("How it is counted"),
        "measure": Ask("Unit", "As in “%”, “people”, “days”."),
        "target": Ask("Target"),
        "better": Ask("Which way is better"),
        "frequency": Ask("How often it is returned"),
        "lots": Ask("Lots", "None ticked means all lots.", field=LotKeysField),
        "from_on": Ask("First day", "Providers return it from the next period that begins."),
        "until_on": Ask("Last day"),
    },
    ReportHeading: {
        "title": Ask("Heading"),
        "key": KEY,
        "position": PLACE,
        "text": Ask("Opening words"),
        "computed": Ask("Tables that the report counts under it", choices=COUNTED),
    },
    Schedule: {
        "first_opens_on": Ask("First day that lots re-open"),
        "every_months": Ask("Months from one opening to the next"),
        "open_days": Ask("Days that a round is open", "The day of opening is not counted."),
        "opens_at": Ask("Opens at", "UK time, as in “9am”.", field=TimeField),
        "closes_at": Ask("Closes at", "UK time, as in “12 noon”.", field=TimeField),
        "announced_days": Ask("Announced so many days before it opens"),
    },
    QuestionSection: {
        "title": Ask("Title"),
        "key": KEY,
        "position": PLACE,
        "intro": Ask("What stands above its questions"),
        "group": Ask("Heading in the task list"),
    },
    Question: {
        "text": Ask("Question"),
        "key": KEY,
        "position": PLACE,
        "kind": Ask("Kind of answer"),
        "guidance": Ask("Guidance"),
        "why": Ask("Why it is asked"),
        "choices": Ask(
            "Choices",
            "One a line. A value that stands before “ = ” stays when the words change.",
            field=ChoicesField,
        ),
        "is_required": Ask("Has to be answered"),
        "assessment": Ask("How it counts"),
        "weight": Ask("Weight", "Of the marks of each lot that it is asked for."),
        "pass_mark": Ask("Pass mark", f"The least mark, 0 to {HIGHEST_MARK}."),
        "passing": Ask("Answer that passes", "Where the answer decides by itself."),
        "criterion": Ask("What evaluators look for"),
        "descriptors": Ask(
            "What each mark means",
            "One a line with the mark first: “5 Full and convincing evidence”.",
            field=DescriptorsField,
        ),
        "word_limit": Ask("Most words"),
        "lots": Ask("Lots", "None ticked means all lots.", field=LotKeysField),
        "sizes": Ask("Sizes of organisation", "None ticked means all sizes.", choices=Size),
        "carries_over": Ask("The answer is offered again in the next application"),
    },
}


class SettingForm(Form):
    """The fields of a set-up row: cleans to the arguments of `terms.add` or `terms.change`."""

    names: tuple[str, ...] = ()
    is_change = True

    def about(self, record, user):
        for field in self.fields.values():
            if isinstance(field, OfScheme):
                field.fit(record, user)
        if self.is_change:
            self.initial = {name: getattr(record, name) for name in self.names}


def setting_form(
    model: type[models.Model],
    *,
    change: bool,
    without: tuple[str, ...] = (),
    base: type[SettingForm] = SettingForm,
) -> type[SettingForm]:
    """The form that changes a set-up row of a kind, or asks for a new one. A change may give its
    reason."""
    there = {field.name for field in model._meta.get_fields()}
    names = tuple(n for n in ASKS[model] if n in there and n not in without)
    fields: dict[str, Any] = {n: field_for(model._meta.get_field(n), ASKS[model][n]) for n in names}
    if change and "why" not in names:  # a question's own is why it is asked
        fields["why"] = forms.CharField(
            label="Reason",
            required=False,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text="It is kept with the change.",
        )
    kind = f"{model.__name__}{'Change' if change else 'Add'}Form"
    return type(kind, (base,), fields | {"names": names, "is_change": change})


def field_for(field: models.Field, ask: Ask) -> forms.Field:
    """The form's field for a model's field, with what it is called."""
    said = {"label": ask.label, "help_text": ask.help, "required": is_asked(field)}
    if field.has_default() and not isinstance(field, ArrayField):
        said["initial"] = field.get_default()
    if ask.field:
        return ask.field(**said)
    if isinstance(field, ArrayField):
        choices = getattr(ask.choices, "choices", ask.choices)
        return forms.MultipleChoiceField(
            choices=choices, widget=forms.CheckboxSelectMultiple, **said
        )
    if field.choices:
        choices = list(field.choices)
        widget = forms.RadioSelect if len(choices) <= FEW else forms.Select
        if widget is forms.Select and not said.get("initial"):
            choices = [("", "Choose one"), *choices]
        return forms.ChoiceField(choices=choices, widget=widget, **said)
    return plain_field(field, said)


def plain_field(field: models.Field, said: dict) -> forms.Field:
    """The form's field for a model's field that is no choice: by its kind, the narrowest first."""
    if isinstance(field, models.DecimalField):
        return decimal_field(field, said)
    for kind, made in PLAIN.items():
        if isinstance(field, kind):
            return made(field, said)
    raise TypeError(f"no field of a form for {field}")


def decimal_field(field: models.DecimalField, said: dict) -> forms.Field:
    """Pounds where it is money; a share of a hundred where it has three figures before the point;
    else a number."""
    if field.name in MONEY:
        return MoneyField(**said)
    if field.max_digits == 5:
        return PercentField(**said)
    return forms.DecimalField(
        max_digits=field.max_digits, decimal_places=field.decimal_places, **said
    )


MONEY = {"ceiling"}
PLAIN: dict[type[models.Field], Callable] = {
    models.BooleanField: lambda field, said: forms.BooleanField(**said | {"required": False}),
    models.DateField: lambda field, said: DateField(**said),
    models.EmailField: lambda field, said: forms.EmailField(**said),
    models.SlugField: lambda field, said: forms.SlugField(max_length=field.max_length, **said),
    models.IntegerField: lambda field, said: forms.IntegerField(
        min_value=0, max_value=32767, **said
    ),
    models.CharField: lambda field, said: forms.CharField(max_length=field.max_length, **said),
    models.TextField: lambda field, said: forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4}), **said
    ),
}


def is_asked(field: models.Field) -> bool:
    """Whether the field has to be filled in."""
    return not field.blank and not field.null


class QuestionForm(SettingForm):
    """A question, with the answer to another that it may hang on: cleans to the arguments of
    `terms.add` or `questionnaires.reword`."""

    asked_if_question = forms.ChoiceField(
        label="Asked only after another answer", required=False, choices=()
    )
    asked_if_answer = forms.CharField(
        label="The answer that calls for it",
        required=False,
        help_text="As it is stored: “yes”, “no”, or the value of a choice.",
    )

    def about(self, record, user):
        super().about(record, user)
        questionnaire = questionnaire_of(record)
        others = Question.objects.filter(section__questionnaire=questionnaire).exclude(pk=record.pk)
        named = [(q.key, f"{q.section}: {q.text}"[:120]) for q in others.select_related("section")]
        self.fields["asked_if_question"].choices = [("", "Always asked"), *named]
        if self.is_change:
            self.initial["asked_if_question"] = record.asked_if.get("question", "")
            self.initial["asked_if_answer"] = record.asked_if.get("answer", "")

    def clean(self):
        cleaned = super().clean()
        question = cleaned.pop("asked_if_question", "")
        answer = cleaned.pop("asked_if_answer", "")
        if question and not answer:
            self.add_error("asked_if_answer", "Enter the answer that calls for it")
        cleaned["asked_if"] = {"question": question, "answer": answer} if question else {}
        chooses = cleaned.get("kind") in (QuestionKind.CHOICE, QuestionKind.SEVERAL)
        if chooses and len(cleaned.get("choices", ())) < 2:
            self.add_error("choices", "Enter at least two choices, one a line")
        return cleaned


def questionnaire_of(record):
    """The questionnaire of a section or of a question."""
    section = record if isinstance(record, QuestionSection) else record.section
    return section.questionnaire


class RemoveForm(Form):
    why = forms.CharField(label="Reason", required=False, widget=forms.Textarea(attrs={"rows": 3}))


# Rounds


class StartForm(Form):
    title = forms.CharField(
        label="Title", max_length=200, help_text="As in “Round 10, April 2027”."
    )
    opens_at = InstantField(label="Opens", help_text="UK time. Open from that instant on.")
    lots = SeveralSeenField(policies.view_lot, label="Lots that it opens")
    is_initial = forms.BooleanField(
        label="This is the initial round, under the notice", required=False
    )

    def about(self, scheme, user):
        self.fields["lots"].fit(scheme, user)


class AnnounceForm(Form):
    deadline = InstantField(label="Deadline", help_text="UK time. On the deadline is in time.")
    why = forms.CharField(
        label="Why this deadline", required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    exception = forms.CharField(
        label="Reason for a shorter window",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Only where the window is shorter than the rule that holds. "
        "It goes on the register of exceptions.",
    )


class ExtendForm(ReasonForm):
    deadline = InstantField(label="New deadline", help_text="UK time. It can only move later.")

    field_order = ["deadline", "why"]


# Schemes and lots


class ModeForm(Form):
    mode = forms.ChoiceField(label="How it admits", choices=AdmissionMode, widget=forms.RadioSelect)
    decision = OneSeenField(
        policies.view_decision,
        label="Decision that covers it",
        required=False,
        empty_label="None",
        help_text="Needed once a round has opened the lot.",
    )
    why = forms.CharField(label="Reason", required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def about(self, lot, user):
        self.fields["decision"].fit(lot, user)
        current = lot.mode_changes.order_by("number").last()
        self.initial = {"mode": current.mode} if current else {}


class DepartForm(ReasonForm):
    rule = forms.ChoiceField(label="Rule", choices=())
    number = forms.DecimalField(
        label="Number that the notice gives instead",
        required=False,
        min_value=0,
        help_text="In the rule's own unit. Leave it empty where the rule is yes or no.",
    )
    lots = LotKeysField(label="Lots", required=False, help_text="None ticked means all lots.")
    notice_reference = forms.CharField(label="Where the notice says so", max_length=100)

    field_order = ["rule", "number", "lots", "notice_reference", "why"]

    def about(self, scheme, user):
        rules = regimes.PROFILES[scheme.regime].rules.values()
        self.fields["rule"].choices = [("", "Choose one")] + [
            (rule.key, rule_said(rule)) for rule in rules if rule.may_depart
        ]
        self.fields["lots"].fit(scheme, user)


def rule_said(rule) -> str:
    """A rule with its source, and what its number counts."""
    counts = "" if rule.unit == Counts.YES_NO else f": {rule.unit}"
    return f"{rule.text} ({rule.source}){counts}"


class TextForm(Form):
    title = forms.CharField(label="Title", max_length=200)
    body = forms.CharField(
        label="Text",
        widget=forms.Textarea(attrs={"rows": 24}),
        help_text="In paragraphs with an empty line between. A line that begins with “# ” is a "
        "heading.",
    )
    why = forms.CharField(
        label="What changed and why", required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    kind = ""

    def about(self, scheme, user):
        latest = scheme.texts.filter(kind=self.kind).order_by("-number").first()
        if latest:
            self.initial = {"title": latest.title, "body": latest.body}


def text_form(kind: str) -> type[TextForm]:
    return type(f"{kind.title()}Form", (TextForm,), {"kind": kind})


class QuestionnaireForm(Form):
    purpose = forms.ChoiceField(label="What it is for", choices=Purpose, widget=forms.RadioSelect)


WRITTEN = {
    "reasons": "Reasons",
    "financial_implications": "Financial implications",
    "legal_implications": "Legal implications",
    "equality_implications": "Equality implications",
    "data_protection_implications": "Data protection implications",
    "consultation": "Committee recommendations and other consultation",
    "alternatives": "Alternatives considered and rejected",
    "interests": "Interests declared and dispensations",
}
WrittenForm = type(
    "WrittenForm",
    (Form,),
    {
        name: forms.CharField(label=label, required=False, widget=forms.Textarea(attrs={"rows": 3}))
        for name, label in WRITTEN.items()
    },
)


class DecisionForm(WrittenForm):
    """A decision that was taken: cleans to the arguments of `schemes.record_decision`, with an act
    for each lot ticked."""

    number = forms.CharField(label="Number", max_length=40)
    title = forms.CharField(label="Title", max_length=300)
    kind = forms.ChoiceField(label="Kind", choices=DecisionKind, widget=forms.RadioSelect)
    decision_maker = forms.CharField(label="Decision maker", max_length=200)
    in_consultation_with = forms.CharField(
        label="In consultation with", max_length=200, required=False
    )
    decision = forms.CharField(label="Decision", widget=forms.Textarea(attrs={"rows": 4}))
    acts = forms.MultipleChoiceField(
        label="What it authorises", choices=Act, widget=forms.CheckboxSelectMultiple
    )
    lots = SeveralSeenField(policies.view_lot, label="For which lots")
    from_on = DateField(label="First day it authorises")
    until_on = DateField(
        label="Last day it authorises", required=False, help_text="Empty: until the scheme ends."
    )
    signed_at = InstantField(label="Signed")
    effective_at = InstantField(label="Takes effect", help_text="When the call-in period is over.")
    is_for_publication = forms.BooleanField(label="For publication", required=False, initial=True)

    field_order = [
        "number",
        "title",
        "kind",
        "decision_maker",
        "in_consultation_with",
        "decision",
        "acts",
        "lots",
        "from_on",
        "until_on",
        "signed_at",
        "effective_at",
        "is_for_publication",
    ]

    def about(self, scheme, user):
        self.fields["lots"].fit(scheme, user)

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.pop("from_on", None), cleaned.pop("until_on", None)
        if first and last and last < first:
            self.add_error("until_on", "The last day must be on or after the first")
        acts, lots = cleaned.pop("acts", []), cleaned.pop("lots", [])
        cleaned["acts"] = [(act, lot, first, last) for act in acts for lot in lots]
        return cleaned
