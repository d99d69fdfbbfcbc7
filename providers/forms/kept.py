"""What the pages of a service on the register ask, and the steps of the workplace."""

from decimal import Decimal

from django import forms

from dps.forms import DateField, Form, MoneyField, ReasonForm, WordsField
from lots.models import Mode, Tier, Unit


class KeptServiceForm(Form):
    """What the register says of a service. Its lots and rates are agreed, and not here."""

    name = forms.CharField(label="Name of the service", max_length=200)
    description = WordsField(label="Description", words=200, rows=6, required=False)
    modes = forms.MultipleChoiceField(
        label="How it is delivered", widget=forms.CheckboxSelectMultiple
    )
    activities = forms.ModelMultipleChoiceField(
        None, label="Activities", required=False, widget=forms.CheckboxSelectMultiple
    )
    localities = forms.ModelMultipleChoiceField(
        None, label="Where you deliver it", required=False, widget=forms.CheckboxSelectMultiple
    )
    client_groups = forms.ModelMultipleChoiceField(
        None, label="Who it is for", required=False, widget=forms.CheckboxSelectMultiple
    )
    capacity = forms.IntegerField(
        label="How many people can it support at one time?", min_value=1, max_value=9999
    )

    def __init__(self, *args, service, modes, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["modes"].choices = modes
        for name in ("activities", "localities", "client_groups"):
            self.fields[name].queryset = getattr(service.scheme, name).all()
            if not self.fields[name].queryset:
                del self.fields[name]


class VacanciesForm(Form):
    vacancies = forms.IntegerField(
        label="How many more people could it support now?", min_value=0, max_value=9999
    )


class RateForm(ReasonForm):
    """A rate that was agreed with the provider, from a day on."""

    tier = forms.ModelChoiceField(None, label="Level of payment", empty_label="Choose")
    unit = forms.ChoiceField(label="Unit")
    mode = forms.ChoiceField(label="How it is delivered")
    pounds = MoneyField(
        label="Rate",
        required=False,
        min_value=Decimal("0.01"),
        max_digits=10,
        help_text="Leave it empty when it is offered no longer.",
    )
    from_on = DateField(label="From which day?")

    field_order = ["tier", "unit", "mode", "pounds", "from_on", "why"]

    def about(self, service, user):
        lots = list(service.lots.all())
        self.fields["tier"].queryset = Tier.objects.filter(lot__in=lots).select_related("lot")
        self.fields["tier"].label_from_instance = lambda tier: f"Lot {tier.lot.key}: {tier.title}"
        units = [unit for unit in Unit.values if any(unit in lot.units for lot in lots)]
        modes = [mode for mode in Mode.values if any(mode in lot.modes for lot in lots)]
        self.fields["unit"].choices = [(unit, Unit(unit).label) for unit in units]
        self.fields["mode"].choices = [(mode, Mode(mode).label) for mode in modes]
