"""What is asked of those who sign an agreement."""

from django import forms

from dps.forms import Form
from dps.signing import NamedForm

NAME = {"autocomplete": "name", "spellcheck": "false"}


class ProviderSignForm(NamedForm):
    """A signatory's signature: cleans to the arguments of `agreements.sign`. The fingerprint is
    that of the document on the page."""

    role = forms.CharField(
        label="Your role in the organisation",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
        help_text="As in “Director” or “Trustee”.",
    )
    may_bind = forms.BooleanField(label="I have read the agreement and may bind the organisation")
    fingerprint = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def clean(self):
        cleaned = super().clean()
        cleaned.pop("may_bind", None)
        return cleaned


class SealForm(Form):
    """The authority's signature: cleans to the arguments of `agreements.seal`."""

    name = forms.CharField(
        label="Name of the person who signs for the authority",
        max_length=200,
        widget=forms.TextInput(attrs=NAME),
    )
    role = forms.CharField(label="Their role", max_length=200, help_text="As in “Solicitor”.")
    seal_number = forms.CharField(
        label="Number in the seal register",
        max_length=40,
        required=False,
        help_text="Where the common seal is put to it.",
    )

    def about(self, agreement, user):
        self.initial = {"name": user.name}
