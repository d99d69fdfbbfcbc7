from django import forms

from dps.forms import DateField, Form, ReasonForm
from dps.models import Role, Team


class GiveForm(Form):
    """A role for a person, within the authority whose page it is on."""

    email = forms.EmailField(label="E-mail address")
    name = forms.CharField(label="Full name", max_length=200)
    role = forms.ChoiceField(label="Role", choices=Role)
    team = forms.ModelChoiceField(
        Team.objects.none(),
        label="Team",
        required=False,
        empty_label="All teams",
        help_text="Practitioners and brokers see the packages of their team.",
    )
    from_on = DateField(label="First day")
    until_on = DateField(label="Last day", required=False)

    def about(self, authority, user):
        """Offer the teams of the authority alone."""
        self.fields["team"].queryset = authority.teams.all()


class EndForm(ReasonForm):
    until_on = DateField(label="Last day")

    field_order = ["until_on", "why"]
