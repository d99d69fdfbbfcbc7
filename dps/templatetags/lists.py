"""What lists need: pages, sizes, filters in force, rows of a small table."""

from django import template
from django.forms.utils import pretty_name

register = template.Library()

FIGURES = "#"  # begins the name of a column of figures


@register.simple_tag(takes_context=True)
def page_query(context, number, field="") -> str:
    """This list on another page (or with another size): its query string."""
    return _query(context["request"], {field or "page": number})


@register.simple_tag(takes_context=True)
def sort_query(context, table, column) -> str:
    """A list sorted by a column (the other way, if it is already), from its first page."""
    asked = context["request"].GET.copy()
    asked.pop(table.prefixed_page_field, None)
    asked[table.prefixed_order_by_field] = column.order_by_alias.next
    return f"?{asked.urlencode()}"


def _query(request, changes: dict) -> str:
    asked = request.GET.copy()
    for name, value in changes.items():
        asked[name] = value
    return f"?{asked.urlencode()}"


@register.filter
def page_numbers(page):
    """Numbers of the pages near this one, the first and the last."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)


@register.filter
def pieces(text: str) -> list[str]:
    return text.split(",")


@register.filter
def is_figures(name: str) -> bool:
    return str(name).startswith(FIGURES)


@register.filter
def without_mark(name: str) -> str:
    return str(name).removeprefix(FIGURES)


@register.filter
def beside(names, cells):
    """Each cell of a row with the name of its column."""
    return list(zip(names, cells, strict=True))


@register.filter
def chips(filter_set) -> list[tuple[str, str]]:
    """The filters in force, each with the query string that takes it out."""
    shown = []
    for name, field in filter_set.form.fields.items():
        for value in filter_set.data.getlist(name) if filter_set.data else []:
            if value:
                words = _said(field, name, value)
                shown.append((words, _without(filter_set.data, name, value)))
    return shown


def _said(field, name, value) -> str:
    for key, label in getattr(field, "choices", ()):
        if str(key) == value:
            return str(label)
    label = str(field.label or pretty_name(name))
    return label if value in ("on", "true", "True") else f"{label}: {value}"


def _without(asked, name, value) -> str:
    rest = asked.copy()
    rest.setlist(name, [each for each in asked.getlist(name) if each != value])
    rest.pop("page", None)
    return f"?{rest.urlencode()}"


@register.filter
def is_kept(name: str, filter_set) -> bool:
    """Whether a part of the query string is not the filter's own, nor the page's number."""
    own = filter_set.form.fields
    return name != "page" and name not in own and name.rsplit("_", 1)[0] not in own
