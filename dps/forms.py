"""Forms: they clean what was typed and never save. Fields for days, instants, money and words as
GOV.UK lays them out, and errors in plain English."""

import re
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation

from django import forms
from django.core.exceptions import ValidationError

from dps.actions import Refused
from dps.clock import UK
from dps.words import count_words, counted, short_date

MONTHS = [date(2000, n, 1).strftime("%B").lower() for n in range(1, 13)]


def said(label: str) -> str:
    """A label inside a sentence: "the deadline", "an answer to “Who chose?”", "the CQC rating"."""
    if is_question(label):
        return f"an answer to “{label}”"
    first, rest = label[:1], label[1:]
    lowered = label if rest[:1].isupper() else first.lower() + rest
    has_its_own = lowered.split(" ")[0] in ("your", "their", "its", "the", "a", "an", "this", "any")
    return lowered if has_its_own else f"the {lowered}"


def is_question(label: str) -> bool:
    asks = ("how", "what", "when", "which", "who", "why", "where", "do", "does", "is", "are", "can")
    return label.endswith("?") or label.split(" ")[0].lower() in asks


def messages_of(field: forms.Field, label: str) -> dict[str, str]:
    """What the field says when it is wrong, from its label."""
    label = str(label).strip().rstrip(":").replace("%", "%%")
    name = said(label)
    subject = f"Your answer to “{label}”" if is_question(label) else label
    chooses = isinstance(field, forms.ChoiceField | forms.ModelChoiceField)
    verb = "Select" if chooses else "Upload" if isinstance(field, forms.FileField) else "Enter"
    sign = "£" if isinstance(field, MoneyField) else ""
    messages = {
        "required": f"{verb} {name}",
        "incomplete": f"{verb} {name}",
        "invalid": f"{subject} {_shape(field)}",
        "invalid_choice": f"{verb} {name}",
        "invalid_pk_value": f"{verb} {name}",
        "invalid_list": f"{verb} {name}",
        "max_length": f"{subject} must be %(limit_value)d characters or fewer",
        "min_length": f"{subject} must be %(limit_value)d characters or more",
        "max_value": f"{subject} must be {sign}%(limit_value)s or less",
        "min_value": f"{subject} must be {sign}%(limit_value)s or more",
        "max_digits": f"{subject} is too large",
        "max_whole_digits": f"{subject} is too large",
        "max_decimal_places": f"{subject} must have no more than %(max)s decimal places",
        "null_characters_not_allowed": f"{subject} must not have null characters in it",
        "max_words": f"{subject} must be %(limit)s words or fewer. It has %(words)s",
        "part_missing": f"{subject} must include a %(parts)s",
        "not_a_date": f"{subject} must be a real date",
        "not_a_time": f"{subject} must have a time, like 9:12am or 12 noon",
        "skipped": f"{subject} must be a time that there is: on %(day)s the clocks go forward "
        "from 1am to 2am, over %(time)s",
        "twice": f"{subject} must be a time that comes once: on %(day)s the clocks go back from "
        "2am to 1am, and %(time)s comes twice. Choose a time before 1am or from 2am",
        "not_money": f"{subject} must be an amount in pounds and pence, like 24.50",
        "not_a_share": f"{subject} must be a percentage, like 12.5",
    }
    if isinstance(field, forms.BooleanField):
        messages["required"] = f"Tick “{label}” to go on"
    if isinstance(field, MoneyField):
        most = f"{subject} must have two figures after the point at most, like 24.50"
        messages["max_decimal_places"] = most
    if isinstance(field, forms.FileField):
        messages["max_length"] = "The name of the file must be %(max)d characters or fewer"
        messages["missing"] = "The file was not sent whole. Choose it again"
        messages["empty"] = "The file is empty. Choose another"
        messages["contradiction"] = "Choose a file, or take out the one that is there, not both"
        messages["invalid_image"] = "The file must be a picture"
    return messages


def _shape(field: forms.Field) -> str:
    if isinstance(field, forms.EmailField):
        return "must be in the right format, like name@example.com"
    if isinstance(field, forms.URLField):
        return "must be a web address, like https://www.example.com"
    if isinstance(field, forms.DecimalField | forms.FloatField):
        return "must be a number"
    if isinstance(field, forms.IntegerField):
        return "must be a whole number"
    if isinstance(field, forms.FileField):
        return "must be a file"
    if isinstance(field, forms.DateField | forms.DateTimeField | forms.TimeField):
        return "must be real, like 26/11/2026"
    return "must be in the right format"


def speak_plainly(fields: dict[str, forms.Field]) -> None:
    """Give fields our messages in place of Django's own; what a form says for itself stays."""
    for name, field in fields.items():
        stock = {}
        for kind in reversed(type(field).__mro__):
            stock.update(getattr(kind, "default_error_messages", {}))
        label = field.label or name.replace("_", " ").capitalize()
        for code, message in messages_of(field, label).items():
            if field.error_messages.get(code) == stock.get(code):
                field.error_messages[code] = message


class Plain:
    """A form, of ours or of a library, whose errors are in our words."""

    use_required_attribute = False  # a browser's own bubble would come before our message

    def full_clean(self):
        speak_plainly(self.fields)  # now that the fields and their labels are as they will be
        super().full_clean()


class Form(Plain, forms.Form):
    def about(self, record, user) -> None:
        """Fit the form to the record that it is about and the person who asks: what there is to
        choose from, what stands now. Called before anything is cleaned."""

    @property
    def status(self) -> int:
        """HTTP status of the page that shows this form: 422 when it shows errors."""
        return 422 if self.errors else 200

    @contextmanager
    def refusals(self):
        """Show what an action refuses beside the field it names, keeping what was typed."""
        try:
            yield
        except Refused as refusal:
            self.add_error(refusal.field if refusal.field in self.fields else None, refusal.message)


class ReasonForm(Form):
    why = forms.CharField(
        label="Reason", widget=forms.Textarea, error_messages={"required": "Enter a reason"}
    )


class NameForm(Plain, forms.Form):
    """What a person who makes an account tells us besides their e-mail address and password."""

    name = forms.CharField(
        label="Your full name",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
    )

    def signup(self, request, user):
        """Asked for by allauth; the adapter has kept the name already."""


class WordsField(forms.CharField):
    """Text of no more than so many words, counted as a word processor does."""

    widget = forms.Textarea

    def __init__(self, *, words: int, rows: int = 8, **kwargs):
        super().__init__(**kwargs)
        self.words = words
        self.widget.attrs["rows"] = rows

    def validate(self, value):
        super().validate(value)
        used = count_words(value)
        if used > self.words:
            limit = {"limit": f"{self.words:,}", "words": f"{used:,}"}
            raise ValidationError(self.error_messages["max_words"], code="max_words", params=limit)


class PartsInput(forms.MultiWidget):
    """A day, month and year, each its own box, and for an instant the time."""

    template_name = "components/controls/parts.html"
    use_fieldset = True
    PARTS = (("day", 2), ("month", 2), ("year", 4))  # and how many characters wide

    def __init__(self, attrs=None):
        digits = {"inputmode": "numeric"}
        super().__init__({part: forms.TextInput(digits) for part, _ in self.PARTS}, attrs)

    def get_context(self, name, value, attrs):
        wrong = (attrs or {}).pop("wrong_parts", ())
        context = super().get_context(name, value, attrs)
        subwidgets = context["widget"]["subwidgets"]
        for (part, size), widget in zip(self.PARTS, subwidgets, strict=True):
            widget["label"] = part.capitalize()
            is_wrong = part in wrong if wrong else "aria-invalid" in widget["attrs"]
            if not is_wrong:
                widget["attrs"].pop("aria-invalid", None)
            error = " govuk-input--error" if is_wrong else ""
            widget["attrs"]["class"] = (
                f"govuk-input govuk-date-input__input govuk-input--width-{size}{error}"
            )
            widget["attrs"]["id"] = f"{attrs['id']}_{part}" if attrs and "id" in attrs else None
            widget["attrs"].pop("aria-describedby", None)
        return context

    def id_for_label(self, id_):
        return f"{id_}_day" if id_ else id_

    def decompress(self, value):
        if isinstance(value, datetime):
            value = value.astimezone(UK).date()
        return [value.day, value.month, value.year] if value else [None] * 3


class InstantInput(PartsInput):
    PARTS = (*PartsInput.PARTS, ("time", 10))

    def __init__(self, attrs=None):
        super().__init__(attrs)
        self.widgets[-1].attrs = {"autocomplete": "off"}

    def decompress(self, value):
        if not value:
            return [None] * 4
        local = value.astimezone(UK)
        return [*super().decompress(value), said_time(local)]


class PartsField(forms.Field):
    """Base of the fields that are typed in parts."""

    widget = PartsInput

    def day_of(self, parts: list[str]) -> date:
        names = {part: typed for (part, _), typed in zip(self.widget.PARTS, parts, strict=True)}
        missing = [part for part, typed in names.items() if not typed]
        if missing:
            raise self.wrong("part_missing", missing, parts=_listed(missing))
        day, month, year = (names[part] for part in ("day", "month", "year"))
        if not re.fullmatch(r"\d{4}", year):
            raise self.wrong("not_a_date", ["year"])
        try:
            return date(int(year), _month(month), int(day))
        except ValueError:
            raise self.wrong("not_a_date", ["day", "month", "year"]) from None

    def wrong(self, code: str, wrong_parts: list[str], **words) -> ValidationError:
        params = {"wrong_parts": wrong_parts} | words
        return ValidationError(self.error_messages[code], code=code, params=params)

    def clean(self, value):
        parts = [str(part or "").strip() for part in value or []]
        if not any(parts):
            value = None
            self.validate(value)
            return value
        value = self.whole(parts)
        self.run_validators(value)
        return value

    def has_changed(self, initial, data):
        typed = [str(part or "").strip() for part in data or []]
        return typed != [str(part or "") for part in self.widget.decompress(initial)]


class DateField(PartsField):
    """A day, typed as day, month and year. Cleans to a date."""

    def whole(self, parts):
        return self.day_of(parts)


class InstantField(PartsField):
    """A day and a time on the United Kingdom's clocks. Cleans to the instant, in UTC.

    Refused: a time that the clocks skip in spring, and one that comes twice in autumn.
    """

    widget = InstantInput

    def whole(self, parts):
        day, at = self.day_of(parts), read_time(parts[-1])
        if at is None:
            raise self.wrong("not_a_time", ["time"])
        local = datetime.combine(day, at, UK)
        words = {"time": said_time(local), "day": short_date(day)}
        if local.astimezone(UTC).astimezone(UK).replace(tzinfo=None) != local.replace(tzinfo=None):
            raise self.wrong("skipped", ["time"], **words)
        if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
            raise self.wrong("twice", ["time"], **words)
        return local.astimezone(UTC)


def read_time(typed: str) -> time | None:
    """A time as people type it: "9:12am", "9.12 am", "12 noon", "17:30", "9am"."""
    text = re.sub(r"[\s.]+", lambda gap: ":" if "." in gap[0] else "", typed.lower())
    if text in ("noon", "12noon", "midday", "12midday"):
        return time(12)
    found = re.fullmatch(r"(\d{1,2})(?::?(\d{2}))?(?::(\d{2}))?:?(a:?m|p:?m)?:?", text)
    if not found:
        return None
    hour, minute, second = (int(part or 0) for part in found.groups()[:3])
    half = (found[4] or "").replace(":", "")
    if half and not 1 <= hour <= 12:
        return None
    if not half and found[2] is None:
        return None  # "9" could be morning or evening
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        return time(hour, minute, second)
    except ValueError:
        return None


def said_time(local: datetime) -> str:
    """A time that `read_time` reads back as it was."""
    if local.second:
        return f"{local:%H:%M:%S}"
    if (local.hour, local.minute) == (12, 0):
        return "12 noon"
    minutes = f":{local:%M}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes}{'am' if local.hour < 12 else 'pm'}"


def _month(typed: str) -> int:
    """A month by number or by name ("11", "Nov", "november")."""
    if typed.isdigit():
        return int(typed)
    starts = [n for n, name in enumerate(MONTHS, 1) if name.startswith(typed.lower())]
    if len(typed) < 3 or len(starts) != 1:
        raise ValueError(typed)
    return starts[0]


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


class AffixInput(forms.TextInput):
    """A text box with a sign before or after it that is not part of what is typed."""

    prefix = suffix = ""
    width = 5

    def __init__(self, attrs=None):
        super().__init__({"inputmode": "decimal", "spellcheck": "false"} | (attrs or {}))


class MoneyInput(AffixInput):
    prefix = "£"
    width = 10


class PercentInput(AffixInput):
    suffix = "%"


THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d*)?")


def without_commas(text: str) -> str:
    """A number as it was typed, without white space and the commas that mark thousands. A comma
    anywhere else stays: "19,5" may be meant for 19.50, and is nobody's 195."""
    bare = re.sub(r"\s", "", text)
    return bare.replace(",", "") if THOUSANDS.fullmatch(bare) else bare


class MoneyField(forms.DecimalField):
    """Pounds and pence. Cleans to a Decimal; more than two figures after the point are refused."""

    widget = MoneyInput

    def __init__(self, *, min_value=Decimal(0), max_digits=12, **kwargs):
        super().__init__(min_value=min_value, max_digits=max_digits, decimal_places=2, **kwargs)

    def to_python(self, value):
        if value in self.empty_values or isinstance(value, Decimal):
            return None if value in self.empty_values else value
        text = without_commas(str(value).replace("£", "").replace("\N{MINUS SIGN}", "-"))
        if not text:
            return None
        try:
            amount = Decimal(text)
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite() or not re.fullmatch(r"-?\d*\.?\d*", text):
            raise ValidationError(self.error_messages["not_money"], code="not_money")
        return amount

    def prepare_value(self, value):
        return f"{value:.2f}" if isinstance(value, Decimal) else value


class PercentField(forms.DecimalField):
    """A share of a hundred, to four decimal places. Cleans to a Decimal from 0 to 100."""

    widget = PercentInput

    def __init__(self, *, min_value=Decimal(0), max_value=Decimal(100), **kwargs):
        super().__init__(
            min_value=min_value, max_value=max_value, max_digits=7, decimal_places=4, **kwargs
        )

    def to_python(self, value):
        text = str(value or "").replace("%", "").strip()
        if value in self.empty_values or not text:
            return None
        try:
            share = Decimal(text)
        except InvalidOperation:
            share = Decimal("NaN")
        if not share.is_finite():
            raise ValidationError(self.error_messages["not_a_share"], code="not_a_share")
        return share

    def prepare_value(self, value):
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def said_count(field: WordsField, text: str) -> str:
    """What stands under a box of words: how many are left, or too many."""
    left = field.words - count_words(text or "")
    if left < 0:
        return f"You have {counted(-left, 'word')} too many"
    return f"You have {counted(left, 'word')} remaining"
