from django import forms

from dps.forms import DateField, Form
from providers.models import DocumentKind


class DocumentForm(Form):
    """A document for the library. What kind of file it really is, its size and whether it is empty
    are judged by the action, from its contents."""

    upload = forms.FileField(
        label="File",
        help_text="PDF, Word, Excel, OpenDocument, JPG or PNG, smaller than 10 MB.",
        allow_empty_file=True,
        max_length=200,
    )
    kind = forms.ChoiceField(
        label="What it is",
        choices=DocumentKind,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what it is"},
    )
    title = forms.CharField(
        label="Title", max_length=200, required=False, help_text="To tell several of a kind apart."
    )
    issued_on = DateField(label="Date of issue", required=False)
    expires_on = DateField(
        label="Valid until",
        required=False,
        help_text="Its last day: when it runs out, or its next review is due, like 26 11 2027. "
        "Leave it empty if it has no such day.",
    )

    def clean(self):
        cleaned = super().clean()
        issued_on, expires_on = cleaned.get("issued_on"), cleaned.get("expires_on")
        if issued_on and expires_on and expires_on < issued_on:
            self.add_error("expires_on", "“Valid until” must be after the date of issue")
        return cleaned
