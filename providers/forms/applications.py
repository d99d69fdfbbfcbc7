from django import forms

from dps.forms import Form
from dps.signing import NamedForm
from dps.words import uk_instant
from lots.models import Lot, Round, Scheme
from providers.models import Organisation


class ApplyForm(Form):
    """What an organisation applies to: a round, or a scheme's lots that are open at any time.

    `organisations` are those the person may apply for; one alone is not asked about.
    """

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label="Organisation",
        widget=forms.RadioSelect,
        empty_label=None,
    )
    to = forms.ChoiceField(label="What are you applying to?", widget=forms.RadioSelect)

    def __init__(self, *args, organisations, rounds: list[Round], schemes: list[Scheme], **kwargs):
        super().__init__(*args, **kwargs)
        self.only = organisations[0] if len(organisations) == 1 else None
        if self.only:
            del self.fields["organisation"]
        else:
            ids = [organisation.pk for organisation in organisations]
            self.fields["organisation"].queryset = Organisation.objects.filter(pk__in=ids)
        self.places = {str(each.pk): each for each in (*rounds, *schemes)}
        field = self.fields["to"]
        field.choices = [(str(r.pk), f"{r.scheme.title}: {r.title}") for r in rounds]
        field.choices += [(str(s.pk), f"{s.title}: open lots") for s in schemes]
        field.hints = {str(r.pk): f"Closes {uk_instant(r.deadline)}" for r in rounds}
        field.hints |= {str(s.pk): "Takes applications at any time" for s in schemes}

    @property
    def applicant(self) -> Organisation:
        return self.only or self.cleaned_data["organisation"]

    @property
    def place(self) -> dict:
        """The scheme and the round, as `applications.start` takes them."""
        chosen = self.places[self.cleaned_data["to"]]
        if isinstance(chosen, Round):
            return {"scheme": chosen.scheme, "round": chosen}
        return {"scheme": chosen}


class LotsForm(Form):
    lots = forms.ModelMultipleChoiceField(
        Lot.objects.none(),
        label="Lots",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one lot"},
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, lots: list[Lot], **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["lots"]
        field.queryset = Lot.objects.filter(pk__in=[lot.pk for lot in lots])
        field.hints = {str(lot.pk): lot.summary for lot in lots}


class DeclarationForm(NamedForm):
    declaration = forms.BooleanField(
        label="I am authorised to submit this application for my organisation, and what it says "
        "is true and complete",
        error_messages={"required": "Confirm that you are authorised to submit"},
    )


class SeenForm(Form):
    """Which revision of a section a person acts on."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    service = forms.CharField(widget=forms.HiddenInput)
