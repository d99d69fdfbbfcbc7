"""The figures of a return."""

from decimal import Decimal

from django import forms

from dps.forms import AffixInput, Form, without_commas
from providers.calculations.targets import said_figure, said_target
from providers.models import ReturnLine

REMARK_ROWS = 2


class FigureField(forms.DecimalField):
    """A figure in the unit of its indicator, with thousands marked or not; a share of a hundred is
    no more than that. Cleans to a Decimal."""

    def __init__(self, measure: str, **kwargs):
        widget = AffixInput()
        widget.suffix = measure
        super().__init__(
            max_digits=12,
            decimal_places=2,
            min_value=Decimal(0),
            max_value=Decimal(100) if measure == "%" else None,
            widget=widget,
            **kwargs,
        )
        self.measure = measure

    def to_python(self, value):
        if isinstance(value, str):
            value = without_commas(value.replace(self.measure, ""))
        return super().to_python(value)


class FiguresForm(Form):
    """A figure and a remark for each line; to correct a return, also why. `lines` are those of
    providers.queries.returns.lines_of."""

    def __init__(self, *args, lines: list[ReturnLine], is_correction: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.lines, self.is_correction = lines, is_correction
        for line in lines:
            held = line.latest
            self.fields[f"value-{line.pk}"] = FigureField(
                line.measure,
                label=line.title,
                initial=f"{held.value.normalize():f}" if held else None,
                error_messages={
                    "required": f"Enter a figure for “{line.title}”",
                    "invalid": f"“{line.title}” must be a number, like 95.5",
                    "min_value": f"“{line.title}” must be 0 or more",
                    "max_value": f"“{line.title}” must be 100%% or less",
                    "max_decimal_places": f"“{line.title}” must have two decimal places at most",
                    "max_digits": f"“{line.title}” is too large",
                    "max_whole_digits": f"“{line.title}” is too large",
                },
            )
            self.fields[f"comment-{line.pk}"] = forms.CharField(
                label="Remark",
                required=False,
                max_length=1000,
                initial=held.comment if held else "",
                widget=forms.Textarea(attrs={"rows": REMARK_ROWS}),
            )
        if is_correction:
            self.fields["why"] = forms.CharField(
                label="Why the figures change",
                widget=forms.Textarea(attrs={"rows": 3}),
                error_messages={"required": "Enter why the figures change"},
            )
            self.fields["seen"] = forms.IntegerField(
                widget=forms.HiddenInput, initial=sum(len(line.versions) for line in lines)
            )

    @property
    def asking(self) -> list[tuple]:
        """Each line with its two fields and what stands under its name."""
        return [
            (line, self[f"value-{line.pk}"], self[f"comment-{line.pk}"], hint_of(line))
            for line in self.lines
        ]

    @property
    def said(self) -> list[tuple[str, str, str]]:
        """What was entered, to check: indicator, figure and remark in words."""
        return [
            (
                line.title,
                said_figure(self.cleaned_data[f"value-{line.pk}"], line.measure),
                self.cleaned_data[f"comment-{line.pk}"],
            )
            for line in self.lines
        ]

    @property
    def arguments(self) -> dict:
        """What the action takes."""
        figures = {
            line.pk: (
                self.cleaned_data[f"value-{line.pk}"],
                self.cleaned_data[f"comment-{line.pk}"],
            )
            for line in self.lines
        }
        more = ("why", "seen") if self.is_correction else ()
        return {"figures": figures} | {name: self.cleaned_data[name] for name in more}


def hint_of(line: ReturnLine) -> str:
    """The guidance, the target and the figure before, in a paragraph."""
    parts = [line.guidance] if line.guidance else []
    parts.append(f"Target: {said_target(line.target, line.measure, line.better)}.")
    if line.last:
        parts.append(f"Last time: {said_figure(line.last.value, line.measure)}.")
    return " ".join(parts)
