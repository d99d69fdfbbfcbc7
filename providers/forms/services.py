"""A service of an application, with a grid of rates for what its lots pay for."""

from dataclasses import dataclass
from decimal import Decimal

from django import forms
from django.forms.boundfield import BoundField

from dps.forms import Form, MoneyField, WordsField, speak_plainly
from dps.money import pounds
from dps.words import counted
from lots.models import Lot, Mode, Tier, Unit

LABELS = {
    "activities": "Activities",
    "localities": "Where you deliver it",
    "client_groups": "Who it is for",
}


@dataclass(frozen=True)
class Row:
    """A tier of a grid, with a field for each unit."""

    title: str
    about: str
    cells: list[tuple[str, BoundField]]


@dataclass(frozen=True)
class Grid:
    """The rates of one lot in one mode: `units` across, tiers down."""

    title: str
    units: list[str]
    rows: list[Row]


class ServiceForm(Form):
    """What is delivered, where, for whom and at what rates. `lots` are those applied for, with
    their tiers; `terms` the scheme's words (queries.services.terms_of)."""

    name = forms.CharField(label="Name of the service", max_length=200)
    description = WordsField(
        label="Description",
        words=200,
        rows=6,
        help_text="What people do there, and what makes it work for them.",
    )
    lots = forms.MultipleChoiceField(label="Lots", widget=forms.CheckboxSelectMultiple)
    modes = forms.MultipleChoiceField(
        label="How it is delivered", choices=Mode, widget=forms.CheckboxSelectMultiple
    )
    activities = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)
    localities = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)
    client_groups = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)
    capacity = forms.IntegerField(
        label="How many people can it support at one time?",
        min_value=1,
        max_value=9999,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-5"}),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, lots: list[Lot], terms: dict[str, dict[str, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.applied_for = lots
        self.fields["lots"].choices = [(lot.key, str(lot)) for lot in lots]
        modes = [mode for mode in Mode.values if any(mode in lot.modes for lot in lots)]
        self.fields["modes"].choices = [(mode, Mode(mode).label) for mode in modes]
        for name, titles in terms.items():
            if titles:
                self.fields[name].choices = list(titles.items())
                self.fields[name].label = LABELS[name]
            else:
                del self.fields[name]
        self.cells = {
            f"rate-{lot.key}-{tier.key}-{unit}-{mode}": (lot, tier, unit, mode)
            for lot in lots
            for mode in lot.modes
            for tier in lot.tiers.all()
            for unit in lot.units
        }
        for name, (lot, tier, unit, mode) in self.cells.items():
            self.fields[name] = MoneyField(
                label=f"Rate for lot {lot.key}, {tier.title}, "
                f"{Unit(unit).label.lower()}, {Mode(mode).label.lower()}",
                required=False,
                max_digits=10,
                min_value=Decimal("0.01"),
            )
        speak_plainly(self.fields)

    def clean(self):
        cleaned = super().clean()
        rated = [cell for name, cell in self.cells.items() if cleaned.get(name)]
        for key in sorted({lot.key for lot, *_ in rated} - set(cleaned.get("lots", []))):
            self.add_error(
                "lots", f"You gave a rate for lot {key}: choose the lot, or clear the rate"
            )
        for mode in sorted({cell[3] for cell in rated} - set(cleaned.get("modes", []))):
            said = Mode(mode).label.lower()
            self.add_error("modes", f"You gave a rate {said}: choose it, or clear the rate")
        return cleaned

    def service(self, old: dict) -> dict:
        """The service as it is stored. Of the one that it replaces it keeps what is for lots that
        are no longer applied for: they may be chosen again."""
        cleaned = self.cleaned_data
        here = {lot.key for lot in self.applied_for}
        lists = {name: cleaned.get(name, []) for name in ("lots", "modes", *LABELS)}
        rates = [
            {
                "lot": lot.key,
                "tier": tier.key,
                "unit": unit,
                "mode": mode,
                "amount": f"{cleaned[name]:.2f}",
            }
            for name, (lot, tier, unit, mode) in self.cells.items()
            if cleaned.get(name)
        ]
        rates += [rate for rate in old.get("rates", []) if rate["lot"] not in here]
        lists["lots"] += [key for key in old.get("lots", []) if key not in here]
        return {
            "id": old.get("id", ""),
            "name": cleaned["name"],
            "description": cleaned["description"],
            "capacity": cleaned["capacity"],
            "rates": rates,
            **lists,
        }

    @staticmethod
    def shown(service: dict) -> dict:
        """What the form shows of a stored service."""
        rates = {
            f"rate-{r['lot']}-{r['tier']}-{r['unit']}-{r['mode']}": Decimal(r["amount"])
            for r in service.get("rates", [])
        }
        return service | rates

    @property
    def plain(self) -> list[BoundField]:
        """The fields above the grids."""
        return [self[name] for name in self.fields if name not in self.cells and name != "seen"]

    @property
    def grids(self) -> list[Grid]:
        return [
            Grid(
                title=f"{lot}, {Mode(mode).label.lower()}",
                units=[Unit(unit).label for unit in lot.units],
                rows=[self._row(lot, tier, mode) for tier in lot.tiers.all()],
            )
            for lot in self.applied_for
            for mode in lot.modes
        ]

    def _row(self, lot: Lot, tier: Tier, mode: str) -> Row:
        cells = [
            (Unit(unit).label, self[f"rate-{lot.key}-{tier.key}-{unit}-{mode}"])
            for unit in lot.units
        ]
        return Row(title=tier.title, about=_about(tier), cells=cells)


def _about(tier: Tier) -> str:
    people = counted(tier.greatest, "person", "people")
    said = people if tier.least == tier.greatest else f"{tier.least} to {people}"
    return f"{said}. No more than {pounds(tier.ceiling)}" if tier.ceiling else said
