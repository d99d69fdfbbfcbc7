"""What the steps of decisions ask."""

from django import forms

from dps.clock import now, today
from dps.forms import DateField, Form, InstantField
from lots import policies
from lots.calculations import decisions as steps
from lots.forms.fields import OneSeenField, SeveralSeenField
from lots.models import Act, Decision, DecisionKind

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


class ScopedForm(WrittenForm):
    """What every decision says, and what it authorises: cleans the acts, lots and days into `acts`,
    one for each lot ticked."""

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
    is_standing = forms.BooleanField(
        label="As a standing delegation: officers may do this again and again", required=False
    )
    is_for_publication = forms.BooleanField(label="For publication", required=False, initial=True)

    def about(self, scheme, user):
        self.fields["lots"].fit(scheme, user)

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.pop("from_on", None), cleaned.pop("until_on", None)
        if first and last and last < first:
            self.add_error("until_on", "The last day must be on or after the first")
        acts, lots = cleaned.pop("acts", []), cleaned.pop("lots", [])
        standing = cleaned.pop("is_standing", False)
        cleaned["acts"] = [(act, lot, first, last, standing) for act in acts for lot in lots]
        return cleaned


ORDER = ["number", "title", "kind", "decision_maker", "in_consultation_with", "decision"]
SCOPE = ["acts", "lots", "from_on", "until_on", "is_standing"]


class DecisionForm(ScopedForm):
    """A decision that was taken: cleans to the arguments of `schemes.record_decision`."""

    signed_at = InstantField(label="Signed")
    effective_at = InstantField(label="Takes effect", help_text="When the call-in period is over.")

    field_order = [*ORDER, *SCOPE, "signed_at", "effective_at", "is_for_publication"]


class BeginDecisionForm(ScopedForm):
    """A decision to be taken: cleans to the arguments of `decisions.begin`."""

    delegation = OneSeenField(
        policies.view_decision,
        label="Delegation",
        required=False,
        empty_label="None",
        help_text="Of an officer decision: the standing delegation that it is made under.",
    )

    field_order = [*ORDER[:3], "delegation", *ORDER[3:], *SCOPE, "is_for_publication"]

    def about(self, scheme, user):
        super().about(scheme, user)
        delegation = self.fields["delegation"]
        delegation.fit(scheme, user)
        standing = Decision.objects.effective(now()).filter(authorisations__is_standing=True)
        delegation.queryset = delegation.queryset.filter(pk__in=standing.values("pk"))

    def clean(self):
        cleaned = super().clean()
        is_officers = cleaned.get("kind") == DecisionKind.OFFICER
        if is_officers and not cleaned.get("delegation"):
            self.add_error("delegation", "Select the delegation that the officer decides under")
        if "kind" in cleaned and not is_officers:
            cleaned["delegation"] = None
        return cleaned


class ConsiderForm(Form):
    recommendations = forms.CharField(
        label="What the committee recommends",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Empty: it endorsed the decision as proposed.",
    )


class SignForm(Form):
    """Asks for a reason only where a key decision cannot wait for its 28 clear days."""

    exception = forms.CharField(
        label="Why it cannot wait",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="General exception. It goes on the register of exceptions.",
    )

    def about(self, decision, user):
        due = steps.earliest_day(decision.kind, decision.published_on)
        if due is None or today() >= due:
            del self.fields["exception"]
