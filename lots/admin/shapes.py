"""What the pages of a scheme's set-up have in common."""

from django.utils.html import format_html

from dps.admin import Cell, RecordAdmin, Step, list_of, page_of
from dps.filters import belonging_to
from lots import policies
from lots.actions import terms
from lots.forms import RemoveForm, scheme_of, setting_form
from lots.models import Question, QuestionSection, Scheme
from lots.queries.rounds import have_begun


def add(kind: type, label: str, policy, part: str, form=None, **more) -> Step:
    """The step on a parent that adds a set-up row of a kind, beside the part that lists them."""
    noun = str(kind._meta.verbose_name)
    return Step(
        label,
        policy,
        terms.add,
        form or setting_form(kind, change=False),
        f"{noun.capitalize()} added.",
        part,
        f"add-{noun.replace(' ', '-')}",
        given={"model": kind},
        **more,
    )


def change(kind: type, label: str, policy, without: tuple[str, ...] = ()) -> Step:
    """The step that changes a set-up row."""
    form = setting_form(kind, change=True, without=without)
    return Step(label, policy, terms.change, form, "Changed.", name="edit")


def take_away(policy) -> Step:
    """The step that takes a set-up row away, and goes back to what it was in."""
    return Step(
        "Take it away",
        policy,
        terms.remove,
        RemoveForm,
        "Taken away.",
        kind="stop",
        is_upward=True,
        why_not=why_it_stays,
        says=lambda record: "It goes for good; that it was there stays on record.",
    )


def why_it_stays(record) -> str:
    is_asked = isinstance(record, Question | QuestionSection)  # goes with the draft it is in
    if is_asked or not have_begun(scheme_of(record)):
        return ""
    return "A round of the scheme has opened, so this stays: it can be changed, not taken away."


def link(record, words: str = "", sub: str = "") -> Cell:
    """A cell that leads to a record's page."""
    return Cell(words or str(record), page_of(record), sub)


def to(record, words: str = ""):
    """A fact that leads to a record's page."""
    return format_html('<a href="{}">{}</a>', page_of(record), words or str(record))


def plain(number) -> str:
    """A number without the noughts that its column adds."""
    return f"{number.normalize():f}" if number is not None else ""


def said(values, choices) -> str:
    """Choices in words: "Face to face, Virtual or remote"."""
    return ", ".join(choices(value).label for value in values)


def by_scheme(path: str):
    """The filter for rows whose scheme lies along a path of fields."""
    return belonging_to(policies.view_scheme_file, path)


def above(record):
    """What a record of the set-up is shown within; None above a scheme."""
    for name in ("section", "questionnaire", "lot", "scheme"):
        if name in {field.name for field in record._meta.fields}:
            return getattr(record, name)
    return None


class SettingAdmin(RecordAdmin):
    """A set-up row: what it lies in stands above it, up to its scheme."""

    def crumbs(self, record):
        found, parent = [], above(record)
        while parent is not None:
            found.insert(0, (getattr(parent, "short_title", str(parent)), page_of(parent)))
            parent = above(parent)
        return [("Schemes", list_of(Scheme)), *found]
