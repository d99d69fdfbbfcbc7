"""What the steps of schemes and lots ask, beyond changing their own fields."""

from django import forms

from dps.forms import Form, ReasonForm
from lots import policies
from lots.calculations import regimes
from lots.calculations.regimes import Unit
from lots.forms.fields import LotKeysField, OneSeenField
from lots.models import AdmissionMode


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
    counts = "" if rule.unit == Unit.YES_NO else f": {rule.unit}"
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
