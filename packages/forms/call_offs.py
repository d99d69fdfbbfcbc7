"""The forms of a mini-competition: for those who buy, those who mark, and those who offer."""

from decimal import Decimal

from django import forms

from dps.forms import DateField, Form, InstantField, MoneyField, PercentField
from dps.models import User
from dps.money import pounds
from dps.signing import NamedForm
from dps.words import uk_date
from lots.calculations.scoring import HIGHEST_MARK
from lots.models import Lot
from packages.calculations.offering import problem
from packages.models import Capacity, DeclineReason, Offer
from packages.queries import call_offs as reading
from packages.queries.offers import Candidate, no_rate
from providers.models import Organisation


class BeginForm(Form):
    """Start a mini-competition for a package."""

    lot = forms.ModelChoiceField(
        Lot.objects.none(), label="Lot", widget=forms.RadioSelect, empty_label=None
    )
    markers = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label="Who marks the offers",
        widget=forms.CheckboxSelectMultiple,
        help_text="People without an interest in any provider of the lot.",
        error_messages={"required": "Name at least one person to mark"},
    )
    quality_weight = PercentField(
        label="Weight of quality",
        required=False,
        help_text="The rest is price. Leave it empty for the lot's own weight.",
    )
    preference_decides = forms.TypedChoiceField(
        label="What decides among the offers that qualify",
        choices=[("yes", "The person's preference"), ("no", "The best total")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        initial="yes",
        help_text="As the notice has it. Providers are told in the invitation.",
    )

    def about(self, record, user):
        lots = reading.lots_for(record)
        self.fields["lot"].queryset = Lot.objects.filter(pk__in=[lot.pk for lot in lots])
        self.fields["lot"].hints = {
            str(lot.pk): f"Quality {reading.plain(lot.quality_weight)}%" for lot in lots
        }
        self.fields["markers"].queryset = reading.may_mark(record.authority_id)


class PublishForm(Form):
    deadline = InstantField(label="Deadline", help_text="The same instant for everybody.")
    tender_notice = forms.CharField(
        label="Reference of the tender notice",
        required=False,
        max_length=100,
        help_text="Where the regime asks for one (UK4).",
    )
    exception = forms.CharField(
        label="Why it departs from the rule",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Only where it is shorter than the rule has it. It goes on the register of "
        "exceptions.",
    )

    def about(self, call_off):
        """Ask of a tender notice where the regime wants one, and say when offers may close."""
        self.fields["exception"].is_called_for = True
        profile = reading.profile_of(call_off.lot)
        if not profile.holds("needs_tender_notice"):
            del self.fields["tender_notice"]
        if earliest := reading.earliest_closing_on(call_off):
            self.fields[
                "deadline"
            ].help_text += f" Published today, it may be on {uk_date(earliest)} or later."
        self.fields["deadline"].help_text += " A time is written like 12 noon or 5pm."


class ExtendForm(Form):
    deadline = InstantField(label="New deadline", help_text="Later than the present one.")
    why = forms.CharField(
        label="Reason",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="All who were invited are told.",
        error_messages={"required": "Enter a reason"},
    )


class DeclareForm(Form):
    conflicts = forms.ModelMultipleChoiceField(
        Organisation.objects.none(),
        label="In which of these have you an interest?",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Tick none if you have none. You will not be shown what those you tick send in.",
    )
    details = forms.CharField(
        label="What the interest is",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    confirmed = forms.BooleanField(
        label="I have no interest in the others: no money, no work, no family, no friendship",
        error_messages={"required": "Confirm that you have no interest in the others"},
    )

    def about(self, record, user):
        asked = [each.pk for each in reading.to_declare_about(user, record)]
        chosen = Organisation.objects.filter(pk__in=asked)
        self.fields["conflicts"].queryset = chosen.order_by("name")


class MarksForm(Form):
    """A mark and a reason for each answer that is marked. `held` are the marks that hold."""

    def __init__(self, *args, questions, held, **kwargs):
        super().__init__(*args, **kwargs)
        self.questions = questions
        for question in questions:
            given, named = held.get(question.pk), reading.short(question)
            field = forms.TypedChoiceField(
                label="Mark",
                choices=[(n, str(n)) for n in range(HIGHEST_MARK + 1)],
                coerce=int,
                widget=forms.RadioSelect,
                initial=given.mark if given else None,
                error_messages={"required": f"{named}: select the mark"},
            )
            field.hints = dict(question.descriptors)
            self.fields[f"mark-{question.key}"] = field
            self.fields[f"reason-{question.key}"] = forms.CharField(
                label="Reason",
                widget=forms.Textarea(attrs={"rows": 3}),
                help_text="It goes to the provider with the letter.",
                initial=given.reason if given else "",
                error_messages={"required": f"{named}: enter a reason"},
            )

    def pairs(self):
        """The questions, each with its two fields."""
        return [
            (question, self[f"mark-{question.key}"], self[f"reason-{question.key}"])
            for question in self.questions
        ]

    @property
    def marks(self) -> list[tuple]:
        said = self.cleaned_data
        return [
            (question, said[f"mark-{question.key}"], said[f"reason-{question.key}"])
            for question in self.questions
        ]


class PreferenceForm(Form):
    offer = forms.ChoiceField(label="What the person prefers", widget=forms.RadioSelect)
    capacity = forms.ChoiceField(
        label="Who said so", choices=Capacity.choices, widget=forms.RadioSelect
    )
    why = forms.CharField(
        label="What they said, and how they chose",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Enter what was said, and why"},
    )
    decided_on = DateField(
        label="Day of the capacity assessment or best-interests decision",
        required=False,
        help_text="For an attorney, a deputy or a best-interests decision.",
    )
    took_part = forms.CharField(
        label="Who took part",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="In a best-interests decision.",
    )
    family = forms.CharField(
        label="What the family wished",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="It is recorded and overrides nobody who has capacity.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("decided_on", "took_part"):
            self.fields[name].is_called_for = True

    NONE = "none"

    def about(self, record, user):
        rows = [row for row in record.ranking.rows if row["place"] is not None]
        field = self.fields["offer"]
        field.choices = [(row["offer"], row["organisation"]) for row in rows]
        field.choices += [(self.NONE, "No preference")]
        field.hints = {row["offer"]: _offered(row) for row in rows}

    def clean_offer(self):
        chosen = self.cleaned_data["offer"]
        return None if chosen == self.NONE else Offer.objects.get(pk=chosen)


def _offered(row: dict) -> str:
    over = Decimal(row["over_budget_by"])
    said = f"{row['service']['name']}, {pounds(Decimal(row['weekly_cost']))} a week"
    return f"{said}; {pounds(over)} over the budget" if over else said


# The provider's


class DeclineForm(Form):
    reason = forms.ChoiceField(
        label="Why will you not offer?", choices=DeclineReason.choices, widget=forms.RadioSelect
    )


class OfferDeclarationForm(NamedForm):
    declaration = forms.BooleanField(
        label="I am authorised to make this offer for my organisation, and it stands as it is "
        "written",
        error_messages={"required": "Confirm that you are authorised to offer"},
    )


class PriceForm(Form):
    """The service that is offered, and a rate for each kind of support. Of the services, the rates
    of the one chosen are asked for; `rates` are those kept."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    service = forms.ChoiceField(label="Which service do you offer?", widget=forms.RadioSelect)

    def __init__(self, data=None, *, candidates: list[Candidate], chosen, rates, **kwargs):
        super().__init__(data, **kwargs)
        self.candidates = {str(each.service.pk): each for each in candidates}
        field = self.fields["service"]
        field.choices = [(pk, each.service.name) for pk, each in self.candidates.items()]
        field.hints = {
            pk: no_rate(each.offerable)
            for pk, each in self.candidates.items()
            if each.offerable.gaps
        }
        only = next(iter(self.candidates)) if len(self.candidates) == 1 else None
        field.initial = str(chosen.service.pk) if chosen else only
        for pk, each in self.candidates.items():
            for rated in each.offerable.rated:
                kept = rates.get(rated.key) if chosen and str(chosen.service.pk) == pk else None
                rate = MoneyField(
                    label=f"{rated.what}: rate for one",
                    required=data is None or data.get("service") == pk,
                    initial=rated.agreed if kept is None else kept,
                    help_text=f"{reading.plain(rated.units)} a week. Your agreed rate is "
                    f"{pounds(rated.agreed)}: offer that or less.",
                )
                self.fields[f"rate-{pk}-{rated.key}"] = rate

    def of_service(self):
        """Each service with its fields."""
        return [
            (each, [self[f"rate-{pk}-{rated.key}"] for rated in each.offerable.rated])
            for pk, each in self.candidates.items()
        ]

    def clean(self):
        cleaned = super().clean()
        chosen = self.candidates.get(cleaned.get("service"))
        self.rates = {}
        if chosen is None:
            return cleaned
        if chosen.offerable.gaps:
            self.add_error("service", no_rate(chosen.offerable))
        for rated in chosen.offerable.rated:
            name = f"rate-{chosen.service.pk}-{rated.key}"
            offered = cleaned.get(name)
            if name not in self.errors:
                if said := problem(rated, offered):
                    self.add_error(name, said)
                else:
                    self.rates[rated.key] = f"{offered:.2f}"
        return cleaned

    @property
    def contents(self) -> dict:
        return {"service": self.cleaned_data["service"], "rates": self.rates}
