"""What the pages of a package ask."""

from decimal import Decimal

from django import forms

from dps.clock import today
from dps.forms import DateField, Form, MoneyField, ReasonForm, WordsField
from lots.models import Mode, Unit
from packages.calculations.anonymity import is_nhs_number
from packages.models import AgeBand, LegalBasis, PaymentRoute
from packages.queries.packages import WEEKDAYS

NEED_WORDS = 300
ROWS = 14  # lines of a pattern at most


class WhereForm(Form):
    """Which team and scheme a new package is of: asked for where there is a choice."""

    team = forms.ChoiceField(label="Which team is it for?", widget=forms.RadioSelect)
    scheme = forms.ChoiceField(label="Under which scheme?", widget=forms.RadioSelect)

    def __init__(self, *args, teams, schemes, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["team"].choices = [(str(team.pk), str(team)) for team in teams]
        self.fields["scheme"].choices = [(str(scheme.pk), str(scheme)) for scheme in schemes]


class AboutForm(Form):
    """What a package is about, without a word of who the person is."""

    legal_basis = forms.ChoiceField(
        label="Legal basis", choices=LegalBasis, widget=forms.RadioSelect
    )
    age_band = forms.ChoiceField(label="Age", choices=AgeBand, widget=forms.RadioSelect)
    client_group = forms.ModelChoiceField(None, label="Client group", empty_label="Choose")
    locality = forms.ModelChoiceField(
        None,
        label="District",
        empty_label="Choose",
        help_text="Where the support is wanted. Never a full postcode.",
    )
    starts_on = DateField(label="First day of support")
    ends_on = DateField(label="Last day of support", required=False)
    weekly_budget = MoneyField(label="Budget a week")
    payment_route = forms.ChoiceField(
        label="How it is paid", choices=PaymentRoute, widget=forms.RadioSelect
    )

    def __init__(self, *args, scheme, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["client_group"].queryset = scheme.client_groups.all()
        self.fields["locality"].queryset = scheme.localities.all()
        self.fields["payment_route"].hints = {
            PaymentRoute.COUNCIL: "The council orders the support and pays for it.",
            PaymentRoute.DIRECT_PAYMENT: "The person contracts and pays. It ends in a costed "
            "choice and an amount, with no order.",
            PaymentRoute.INDIVIDUAL_FUND: "The named provider holds the person's money under its "
            "own agreement.",
        }

    def clean(self):
        cleaned = super().clean()
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", "The last day of support must be after the first")
        return cleaned


class NeedForm(Form):
    """The need in words, and the outcomes of the specification."""

    need = WordsField(
        label="What support is needed?",
        words=NEED_WORDS,
        rows=8,
        help_text="Providers read this before they know who it is for. Leave out names, dates of "
        "birth, addresses, full postcodes, numbers and schools.",
    )
    outcomes = forms.ModelMultipleChoiceField(
        None, label="What should be different?", widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, scheme, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["outcomes"].queryset = scheme.outcomes.all()


class PatternForm(Form):
    """The support of a week in lines. A line without a number is left out."""

    PARTS = ("quantity", "unit", "weekday", "supported", "mode")

    def __init__(self, *args, units, modes, rows: int, **kwargs):
        super().__init__(*args, **kwargs)
        self.rows = min(rows, ROWS)
        days = [("", "No day in particular"), *((str(n), day) for n, day in enumerate(WEEKDAYS))]
        for n in range(self.rows):
            line = f"Line {n + 1}"
            small = {"class": "govuk-input--width-3"}
            self.fields |= {
                f"quantity-{n}": forms.DecimalField(
                    label=f"{line}: how many",
                    required=False,
                    min_value=Decimal("0.25"),
                    max_digits=7,
                    decimal_places=2,
                    widget=forms.NumberInput(attrs=small),
                ),
                f"unit-{n}": forms.ChoiceField(
                    label=f"{line}: of what",
                    required=False,
                    choices=[(unit, Unit(unit).label) for unit in units],
                ),
                f"weekday-{n}": forms.ChoiceField(
                    label=f"{line}: on which day", required=False, choices=days
                ),
                f"supported-{n}": forms.IntegerField(
                    label=f"{line}: people supported together",
                    required=False,
                    min_value=1,
                    max_value=99,
                    widget=forms.NumberInput(attrs=small),
                ),
                f"mode-{n}": forms.ChoiceField(
                    label=f"{line}: how",
                    required=False,
                    choices=[(mode, Mode(mode).label) for mode in modes],
                ),
            }

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not self.lines:
            self.add_error("quantity-0", "Enter some support of the week")
        return cleaned

    @property
    def lines(self) -> list[dict]:
        """The lines as the action takes them."""
        found = []
        for n in range(self.rows):
            one = {part: self.cleaned_data.get(f"{part}-{n}") for part in self.PARTS}
            if one["quantity"]:
                one["supported"] = one["supported"] or 1
                one["weekday"] = int(one["weekday"]) if one["weekday"] else None
                found.append(one)
        return found

    @property
    def grid(self) -> list:
        """The fields of each line."""
        return [[self[f"{part}-{n}"] for part in self.PARTS] for n in range(self.rows)]

    @staticmethod
    def shown(lines) -> dict:
        """What the form shows of a pattern."""
        initial = {}
        for n, line in enumerate(lines):
            for part in PatternForm.PARTS:
                initial[f"{part}-{n}"] = getattr(line, part)
            initial[f"quantity-{n}"] = f"{line.quantity.normalize():f}"
        return initial


class IdentityForm(Form):
    """Who the person is: encrypted, apart from the package."""

    name = forms.CharField(label="Full name", max_length=200)
    born_on = DateField(label="Date of birth", required=False)
    address = forms.CharField(label="Address", required=False, widget=forms.Textarea)
    nhs_number = forms.CharField(
        label="NHS number",
        required=False,
        max_length=20,
        help_text="Ten figures, like 943 476 5919.",
    )
    contact = forms.CharField(
        label="Whom to ring, and how",
        required=False,
        widget=forms.Textarea,
        help_text="The person, or who speaks for them.",
    )
    family = forms.CharField(
        label="Names of family and friends",
        required=False,
        widget=forms.Textarea,
        help_text="One a line. What is written of the package is searched for these names too.",
    )

    def clean_born_on(self):
        born_on = self.cleaned_data["born_on"]
        if born_on and born_on > today():
            raise forms.ValidationError("Date of birth must be today or earlier")
        return born_on

    def clean_nhs_number(self):
        number = "".join(self.cleaned_data["nhs_number"].split())
        if number and not is_nhs_number(number):
            raise forms.ValidationError("NHS number must be ten figures, the last of which fits")
        return number


class ReferForm(Form):
    broker = forms.ChoiceField(label="Broker", widget=forms.RadioSelect)

    def __init__(self, *args, brokers, **kwargs):
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in brokers}
        self.fields["broker"].choices = [(key, str(who)) for key, who in self.people.items()]

    def clean_broker(self):
        return self.people[self.cleaned_data["broker"]]


class ApproveForm(ReasonForm):
    weekly_limit = MoneyField(label="Up to how much a week?")

    field_order = ["weekly_limit", "why"]


class LookForm(Form):
    why = forms.CharField(
        label="Why do you need to know who it is?",
        widget=forms.Textarea,
        help_text="Kept on record with your name. It lets you read it today.",
    )
