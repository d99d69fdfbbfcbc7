"""How a form's fields are shown in GOV.UK's patterns: for components/field.html and its parts."""

from django import forms, template

from dps.forms import AffixInput, PartsInput, WordsField, said_count

register = template.Library()

KINDS = (
    (forms.HiddenInput, "hidden"),
    (PartsInput, "parts"),
    (AffixInput, "affix"),
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.CheckboxInput, "checkbox"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.FileInput, "file"),
    (forms.PasswordInput, "password"),
)


@register.filter
def kind(bound) -> str:
    """Which of GOV.UK's patterns a field is shown in."""
    widget = bound.field.widget
    if widget.is_hidden:
        return "hidden"
    return next((name for class_, name in KINDS if isinstance(widget, class_)), "text")


@register.filter
def anchor(bound) -> str:
    """The id of what takes the focus when an error is followed to its field."""
    if kind(bound) in ("radios", "checkboxes"):
        return f"{bound.auto_id}_0"
    return bound.id_for_label or bound.auto_id


@register.filter
def word_limit(bound):
    """How many words a field takes, if it counts them."""
    return bound.field.words if isinstance(bound.field, WordsField) else None


@register.filter
def word_count(bound) -> str:
    """How many words are left in a box, or too many."""
    return said_count(bound.field, bound.value())


@register.simple_tag
def described_by(bound, hint="") -> str:
    """The ids of what belongs to a field: hint, error, count."""
    parts = [("hint", hint or bound.help_text), ("error", bound.errors)]
    parts.append(("info", word_limit(bound)))
    return " ".join(f"{bound.auto_id}-{part}" for part, is_there in parts if is_there)


CLASSES = {
    "checkbox": "govuk-checkboxes__input",
    "textarea": "govuk-textarea",
    "select": "govuk-select",
    "file": "govuk-file-upload",
    "password": "govuk-input govuk-password-input__input govuk-js-password-input-input",
}
OF_KIND = {"password": {"spellcheck": "false", "autocapitalize": "none"}}
DJANGOS_ROWS = "10"  # of a text area that does not say: a wall
UNUSED = {"placeholder": False, "cols": False, "min": False, "max": False, "step": False}


@register.simple_tag
def control(bound, hint="") -> str:
    """The input itself, with GOV.UK's classes and everything that describes it."""
    shown_as = kind(bound)
    if shown_as == "hidden":
        return bound.as_widget()
    if shown_as == "parts":
        return bound.as_widget(attrs={"wrong_parts": _wrong_parts(bound)})
    widget, attrs = bound.field.widget, OF_KIND.get(shown_as, {}) | UNUSED
    if isinstance(widget, forms.NumberInput):
        widget.input_type = "text"  # a wheel or an arrow never changes a figure
        is_decimal = isinstance(bound.field, forms.DecimalField | forms.FloatField)
        attrs["inputmode"] = "decimal" if is_decimal else "numeric"
    if isinstance(widget, forms.EmailInput):
        attrs["autocomplete"] = widget.attrs.get("autocomplete", "email")
        attrs["spellcheck"] = "false"
    if shown_as == "textarea" and widget.attrs.get("rows") == DJANGOS_ROWS:
        attrs["rows"] = "5"
    described = described_by(bound, hint)
    if described:
        attrs["aria-describedby"] = described
    return bound.as_widget(attrs=attrs | {"class": _classes(bound, shown_as)})


def _classes(bound, shown_as: str) -> str:
    widget, base = bound.field.widget, CLASSES.get(shown_as, "govuk-input")
    said = {
        base: True,
        f"{base.split()[0]}--error": bound.errors and shown_as != "checkbox",
        f"govuk-input--width-{getattr(widget, 'width', 5)}": isinstance(
            widget, forms.NumberInput | AffixInput
        ),
        "govuk-js-character-count": word_limit(bound),
        widget.attrs.get("class", ""): True,
    }
    return " ".join(name for name, is_so in said.items() if name and is_so)


def _wrong_parts(bound) -> list[str]:
    errors = bound.errors.as_data() if bound.errors else []
    return [part for e in errors for part in (e.params or {}).get("wrong_parts", ())]


@register.filter
def options(bound):
    """The radios or checkboxes of a field: each its input, id, words and hint."""
    base = "govuk-radios__input" if kind(bound) == "radios" else "govuk-checkboxes__input"
    hints = getattr(bound.field, "hints", {})
    for option in bound.subwidgets:
        option.data["attrs"] |= {"class": base, "required": False}
        option.data["attrs"].pop("aria-describedby", None)
        hint = hints.get(str(option.data["value"]), "")
        if hint:
            option.data["attrs"]["aria-describedby"] = f"{option.id_for_label}-hint"
        option.data["attrs"].pop("aria-invalid", None)
        if option.data["type"] == "checkbox" and option.data["value"] == "none":
            option.data["attrs"]["data-behaviour"] = "exclusive"
        yield {
            "input": option.tag(),
            "id": option.id_for_label,
            "label": option.choice_label,
            "hint": hint,
        }


@register.filter
def is_inline(bound) -> bool:
    """Two short choices stand side by side."""
    choices = [str(label) for value, label in bound.field.choices if value != ""]
    return len(choices) == 2 and sum(map(len, choices)) < 16 and not hasattr(bound.field, "hints")


@register.filter
def is_optional(bound) -> bool:
    """Whether the label says that the field may be left empty. A tick says so itself; of one that
    another answer calls for (`is_called_for`), its hint says when."""
    if getattr(bound.field, "is_called_for", False):
        return False
    return not bound.field.required and kind(bound) not in ("checkbox", "hidden")
