"""What the steps of rounds ask."""

from django import forms

from dps.forms import Form, InstantField, ReasonForm
from lots import policies
from lots.forms.fields import SeveralSeenField


class StartForm(Form):
    title = forms.CharField(
        label="Title", max_length=200, help_text="As in “Round 10, April 2027”."
    )
    opens_at = InstantField(label="Opening time", help_text="UK time. Open from that instant on.")
    lots = SeveralSeenField(
        policies.view_lot,
        label="Lots",
        help_text="A closed lot is opened by the initial round alone.",
    )
    is_initial = forms.BooleanField(
        label="This is the initial round, under the notice", required=False
    )

    def about(self, scheme, user):
        self.fields["lots"].fit(scheme, user)


class CorrectForm(Form):
    """The title and the opening of a draft, as they are to be."""

    title = forms.CharField(label="Title", max_length=200)
    opens_at = InstantField(label="Opening time", help_text="UK time. Open from that instant on.")

    def about(self, round, user):
        self.initial = {"title": round.title, "opens_at": round.opens_at}


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
