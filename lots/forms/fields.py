"""Fields that look at a scheme, and the kinds of field that only set-up rows have."""

import re
from abc import ABC, abstractmethod

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify

from dps.forms import read_time, said_time
from lots import policies
from lots.calculations.scoring import HIGHEST_MARK
from lots.models import Scheme


def scheme_of(record) -> Scheme:
    """The scheme that a set-up row, a round or a questionnaire belongs to."""
    steps = ("lot", "section", "questionnaire", "scheme")
    while not isinstance(record, Scheme):
        record = getattr(record, next(step for step in steps if hasattr(record, step)))
    return record


class OfScheme(ABC):
    """A field whose choices are the scheme's own."""

    @abstractmethod
    def fit(self, record, user) -> None:
        """Offer what the scheme of the record has, to who asks."""


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
