"""What the workplace's pages show of Django's admin: lists and records, in our words."""

from decimal import Decimal

from django import template
from django.contrib.admin.templatetags.admin_list import result_headers
from django.contrib.admin.utils import label_for_field, lookup_field
from django.contrib.admin.views.main import ALL_VAR, PAGE_VAR
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst

from dps.money import pounds
from dps.templatetags.words import in_words

register = template.Library()


@register.filter
def heads(cl) -> list[dict]:
    """The heads of a list: words, the query string that sorts by it, and how it is sorted now."""
    order = cl.get_ordering_field_columns()
    heads = []
    for number, (name, head) in enumerate(zip(cl.list_display, result_headers(cl), strict=True)):
        sorted_ = {"asc": "ascending", "desc": "descending"}.get(order.get(number, ""), "")
        heads.append(
            {
                "text": capfirst(str(head["text"])),
                "url": head["url_primary"] if head["sortable"] else "",
                "sorted": sorted_,
                "is_figures": _is_figures(cl.model, name),
            }
        )
    return heads


@register.filter
def rows(cl) -> list[list[dict]]:
    """The rows of a list: of each cell its words, the name of its column, and where it leads."""
    return [[_cell(cl, record, name) for name in cl.list_display] for record in cl.result_list]


def _cell(cl, record, name) -> dict:
    label = label_for_field(name, cl.model, cl.model_admin)
    leads = name in (cl.list_display_links or ())
    return {
        "text": shown(record, name, cl.model_admin),
        "label": capfirst(str(label)),
        "record": record if name == "state" and hasattr(record, "get_state_display") else None,
        "url": cl.url_for_result(record) if leads else "",
        "is_figures": _is_figures(cl.model, name),
    }


def shown(record, name: str, model_admin=None) -> str:
    """A field of a record, or what its admin says for it, in words."""
    try:
        field, _, value = lookup_field(name, record, model_admin)
    except ObjectDoesNotExist:
        return in_words(None)
    if field is not None and getattr(field, "flatchoices", None):
        return str(dict(field.flatchoices).get(value, value)) or in_words(None)
    if isinstance(value, Decimal):
        places = getattr(field, "decimal_places", None)
        return pounds(value) if places == 2 else f"{value.normalize():f}"
    if isinstance(field, models.ManyToManyField) or hasattr(value, "all"):
        return in_words(list(value.all()))
    return in_words(value)


def _is_figures(model, name: str) -> bool:
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return isinstance(field, models.IntegerField | models.DecimalField | models.FloatField)


@register.filter
def pages(cl):
    """Pages of a list: number, query string, and whether it is this one."""
    if not cl.multi_page or cl.show_all:
        return []
    numbers = cl.paginator.get_elided_page_range(cl.page_num, on_each_side=2, on_ends=1)
    return [_page(cl, number) for number in numbers]


def _page(cl, number) -> dict:
    is_gap = number == cl.paginator.ELLIPSIS
    url = "" if is_gap else cl.get_query_string({PAGE_VAR: number})
    return {"number": number, "url": url, "is_current": number == cl.page_num, "is_gap": is_gap}


@register.filter
def all_query(cl) -> str:
    """The whole of a list on one page: its query string."""
    return cl.get_query_string({ALL_VAR: ""}, remove=[PAGE_VAR])


@register.filter
def first_row(cl) -> int:
    return (cl.page_num - 1) * cl.list_per_page + 1


@register.filter
def last_row(cl) -> int:
    return first_row(cl) + len(cl.result_list) - 1


@register.simple_tag
def choices_of(cl, spec) -> list[dict]:
    """The choices of one filter of a list."""
    return list(spec.choices(cl))


@register.filter
def facts(adminform) -> list[tuple[str, str, str]]:
    """What a record's page says of it: name, words, and where they lead."""
    said = []
    record = adminform.form.instance
    for fieldset in adminform:
        for line in fieldset:
            for field in line:
                name = field.field["name"]
                label = capfirst(str(field.field["label"]).rstrip(":"))
                if name != "state":
                    said.append((label, shown(record, name, adminform.model_admin), ""))
    return said


@register.filter
def path_of(record) -> list[str]:
    """The way forward through a record's states: the first of its moves from each, in words."""
    moves = getattr(record, "MOVES", None)
    if not moves:
        return []
    words = dict(record._meta.get_field("state").flatchoices)
    state, path = next(iter(moves)), []
    while state is not None and state not in path:
        path.append(state)
        state = next(iter(moves.get(state, ())), None)
    here = record.state in path and len(path) > 2
    return [words[str(state)] for state in path] if here else []


@register.filter
def list_url(opts) -> str:
    """Where the list of a kind of record is; nothing where there is none."""
    try:
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    except NoReverseMatch:
        return ""


@register.filter
def meta(record):
    """What Django knows of the record's kind."""
    return record._meta


@register.filter
def kinds(record) -> str:
    """The kind of a record, in the plural."""
    return capfirst(str(record._meta.verbose_name_plural))
