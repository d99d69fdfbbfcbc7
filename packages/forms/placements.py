"""What the choice of a provider and its placement ask."""

from decimal import Decimal

from django import forms

from dps.forms import DateField, Form, MoneyField, ReasonForm
from packages.models import Capacity

BASES = (
    "UK GDPR articles 6(1)(e) and 9(2)(h): care that is arranged under the Care Act 2014",
    "UK GDPR articles 6(1)(e) and 9(2)(h): services under the Children Act 1989",
    "The person's explicit consent, recorded in the case file",
)


class WhoChoseForm(Form):
    """Who chose, as whom, and why."""

    capacity = forms.ChoiceField(
        label="Who made the choice?", choices=Capacity, widget=forms.RadioSelect
    )
    decided_on = DateField(
        label="Day of the best-interests decision",
        required=False,
        help_text="Only for a best-interests decision.",
    )
    took_part = forms.CharField(
        label="Who took part in it",
        required=False,
        help_text="By what they are to the person, without names: sister, advocate, nurse. Only "
        "for a best-interests decision.",
        widget=forms.TextInput,
    )
    why = forms.CharField(
        label="Why this provider?",
        widget=forms.Textarea,
        help_text="In the person's own terms. Leave out names.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("decided_on", "took_part"):
            self.fields[name].is_called_for = True

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("capacity") == Capacity.BEST_INTERESTS:
            if not cleaned.get("decided_on") and "decided_on" not in self.errors:
                self.add_error("decided_on", "Enter the day of the best-interests decision")
            if not cleaned.get("took_part"):
                self.add_error("took_part", "Say who took part in the decision")
        return cleaned


class ChooseForm(WhoChoseForm):
    """Direct choice with a service: on which of its lots."""

    lot = forms.ChoiceField(label="Lot", widget=forms.RadioSelect)

    field_order = ["lot", "capacity", "decided_on", "took_part", "why"]

    def __init__(self, *args, quotes, **kwargs):
        super().__init__(*args, **kwargs)
        self.lots = {str(quote.lot.pk): quote.lot for quote in quotes}
        self.fields["lot"].choices = [(key, str(lot)) for key, lot in self.lots.items()]

    def clean_lot(self):
        return self.lots[self.cleaned_data["lot"]]


class CostForm(WhoChoseForm):
    """A direct payment to somebody who need not be on the register."""

    payee = forms.CharField(
        label="Who will the person pay?",
        max_length=200,
        help_text="They need not be on the register.",
    )
    weekly_amount = MoneyField(label="Amount a week", min_value=Decimal("0.01"))

    field_order = ["payee", "weekly_amount", "capacity", "decided_on", "took_part", "why"]


class TermsForm(ReasonForm):
    """How much of each line of a placement from a day on."""

    from_on = DateField(label="From which day?")

    def __init__(self, *args, lines, **kwargs):
        super().__init__(*args, **kwargs)
        self.names = []
        for n, line in enumerate(lines):
            self.names.append(f"units-{n}")
            self.fields[f"units-{n}"] = forms.DecimalField(
                label=f"{line['what']}: how many a week",
                initial=line["units"],
                min_value=Decimal(0),
                max_digits=7,
                decimal_places=2,
                help_text=f"Now {line['units']} at £{line['rate']}. 0 to stop it.",
                widget=forms.NumberInput(attrs={"class": "govuk-input--width-5"}),
            )
        self.order_fields([*self.names, "from_on", "why"])

    @property
    def units(self) -> list[Decimal]:
        return [self.cleaned_data[name] for name in self.names]


class EndForm(ReasonForm):
    ends_on = DateField(
        label="Last day of support", help_text="The provider's access to the identity ends with it."
    )

    field_order = ["ends_on", "why"]


class ReleaseForm(Form):
    lawful_basis = forms.ChoiceField(
        label="On which lawful basis?",
        choices=[(basis, basis) for basis in BASES],
        widget=forms.RadioSelect,
    )
