"""The forms of set-up rows, made from their models: a table says what each field is called and what
helps to fill it in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.db import models

from dps.forms import DateField, Form, MoneyField, PercentField
from lots import policies
from lots.calculations.scoring import HIGHEST_MARK
from lots.forms.fields import (
    ChoicesField,
    DescriptorsField,
    LotKeysField,
    OfScheme,
    OneSeenField,
    TimeField,
)
from lots.models import (
    Activity,
    AwardRoute,
    ClientGroup,
    Indicator,
    Locality,
    Lot,
    Mode,
    Outcome,
    Question,
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


class RemoveForm(Form):
    why = forms.CharField(label="Reason", required=False, widget=forms.Textarea(attrs={"rows": 3}))
