import re

from django import forms
from django.core.exceptions import ValidationError

from dps.forms import Form, MoneyField
from providers.models import LegalForm, Organisation

COMPANY = re.compile(r"\d{8}|[A-Z]{2}\d{6}")
CHARITY = re.compile(r"\d{6,7}|SC\d{6}|NI\d{6}")
CQC = re.compile(r"1-\d{5,12}|[A-Z][A-Z0-9]{2,4}")  # NHS bodies have codes of their own
PHONE = re.compile(r"\+?[\d\s()-]{10,}")


class OrganisationForm(Form):
    """What is to be known of an organisation. Its cleaned fields are those of the record."""

    name = forms.CharField(label="Name of the organisation", max_length=200)
    legal_form = forms.ChoiceField(label="Legal form", choices=LegalForm, widget=forms.RadioSelect)
    company_number = forms.CharField(
        label="Company number",
        required=False,
        max_length=20,
        help_text="If you are a company: 8 characters, as Companies House has it, like 01234567.",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "spellcheck": "false"}),
    )
    charity_number = forms.CharField(
        label="Charity number",
        required=False,
        max_length=20,
        help_text="If you are a charity: 6 or 7 figures; in Scotland SC and 6 figures.",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "spellcheck": "false"}),
    )
    cqc_provider_id = forms.CharField(
        label="Care Quality Commission provider ID",
        required=False,
        max_length=20,
        help_text="If you are registered with the CQC: 1- and figures, like 1-101614751.",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20", "spellcheck": "false"}),
    )
    staff = forms.IntegerField(
        label="Number of staff",
        min_value=0,
        max_value=1_000_000,
        help_text="Full-time equivalents. Two people on half time are 1.",
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-5"}),
    )
    turnover = MoneyField(
        label="Turnover in the last financial year", help_text="Nought if you are new."
    )
    is_vcse = forms.BooleanField(
        label="We are a voluntary, community or social enterprise (VCSE)", required=False
    )
    address = forms.CharField(
        label="Registered address",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "street-address"}),
    )
    contact_name = forms.CharField(
        label="Name of the person to contact",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
    )
    contact_email = forms.EmailField(label="E-mail address to write to")
    contact_phone = forms.CharField(
        label="Telephone number",
        required=False,
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "tel", "type": "tel", "class": "govuk-input--width-20"}
        ),
    )

    def clean_company_number(self):
        number = _closed_up(self.cleaned_data["company_number"])
        if number.isdigit() and len(number) in (6, 7):
            number = number.zfill(8)
        return _matching(
            COMPANY,
            number,
            "Company number must be 8 characters, like 01234567 or CE012345",
        )

    def clean_charity_number(self):
        return _matching(
            CHARITY,
            _closed_up(self.cleaned_data["charity_number"]),
            "Charity number must be 6 or 7 figures, or SC or NI and 6 figures",
        )

    def clean_cqc_provider_id(self):
        return _matching(
            CQC,
            _closed_up(self.cleaned_data["cqc_provider_id"]),
            "CQC provider ID must be 1- and figures, like 1-101614751",
        )

    def clean_contact_phone(self):
        return _matching(
            PHONE,
            self.cleaned_data["contact_phone"],
            "Telephone number must have at least 10 figures, like 01622 000000",
        )

    def clean(self):
        cleaned = super().clean()
        needs = {
            LegalForm.COMPANY: ("company_number", "Enter the company number"),
            LegalForm.CIC: ("company_number", "Enter the company number"),
            LegalForm.CHARITY: ("charity_number", "Enter the charity number"),
        }
        field, message = needs.get(cleaned.get("legal_form"), (None, ""))
        if field and field not in self.errors and not cleaned.get(field):
            self.add_error(field, message)
        return cleaned

    @classmethod
    def of(cls, organisation: Organisation) -> dict:
        """What the form shows of an organisation before it is changed."""
        return {name: getattr(organisation, name) for name in cls.base_fields}


class InviteForm(Form):
    name = forms.CharField(
        label="Full name", max_length=200, widget=forms.TextInput(attrs={"spellcheck": "false"})
    )
    email = forms.EmailField(label="E-mail address at work")
    is_owner = forms.BooleanField(
        label="Owner",
        required=False,
        help_text="May submit and withdraw applications, and change the organisation's details "
        "and people. Without this a person may write, save and add documents.",
    )
    is_signatory = forms.BooleanField(
        label="Signatory", required=False, help_text="May sign agreements for the organisation."
    )


def _closed_up(typed: str) -> str:
    return re.sub(r"\s", "", typed).upper()


def _matching(pattern: re.Pattern, value: str, message: str) -> str:
    if value and not pattern.fullmatch(value):
        raise ValidationError(message)
    return value
