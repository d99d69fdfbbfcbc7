from django import forms

from dps.forms import Form
from lots.models import DecisionKind, Round


class TextsForm(Form):
    """The words under each heading of the public part."""

    def about(self, report, user):
        said = report.versions.latest("number").public["headings"]
        for heading in said:
            self.fields[heading["key"]] = forms.CharField(
                label=heading["title"],
                widget=forms.Textarea(attrs={"rows": 5}),
                required=False,
                initial=heading["text"],
            )
        self.keys = [heading["key"] for heading in said]

    def clean(self):
        cleaned = super().clean()
        if not self.errors:
            self.cleaned_data = {"texts": {key: cleaned.get(key, "") for key in self.keys}}
        return self.cleaned_data


class DecisionForm(Form):
    """The record of decision that the report asks for."""

    number = forms.CharField(label="Decision number", max_length=40)
    title = forms.CharField(label="Title", max_length=300)
    decision_maker = forms.CharField(label="Decision maker", max_length=200)
    in_consultation_with = forms.CharField(
        label="In consultation with", max_length=200, required=False
    )
    decision = forms.CharField(label="Decision", widget=forms.Textarea(attrs={"rows": 4}))
    reasons = forms.CharField(
        label="Reasons", widget=forms.Textarea(attrs={"rows": 4}), required=False
    )

    def about(self, report, user):
        scheme = report.scheme
        self.initial = {
            "title": f"{scheme.title}: admission, {report.title}"[:300],
            "decision": "To admit the organisations in the exempt appendix of the award report to "
            "the lots named there, and to enter into and seal an agreement with each.",
            "reasons": "Each of them meets the published criteria.",
        }


class SignForm(Form):
    """Why a key decision is taken before it was on the forward plan for 28 clear days."""

    exception = forms.CharField(
        label="Why it cannot wait",
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        help_text="Only where it was not on the forward plan for 28 clear days. It goes on the "
        "register of exceptions.",
    )

    def about(self, report, user):
        if report.decision is None or report.decision.kind != DecisionKind.KEY:
            del self.fields["exception"]


class StartForm(Form):
    """What the report is over: a round, or the decided applications to open lots."""

    over = forms.ChoiceField(label="What is the report over?", widget=forms.RadioSelect)

    def __init__(self, *args, choices: list[tuple], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["over"].choices = choices

    @property
    def round(self) -> Round | None:
        chosen = self.cleaned_data["over"]
        return None if chosen == "open" else Round.objects.get(pk=chosen)
