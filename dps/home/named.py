"""What entries of the record are about, by name: asked for once a kind, however many entries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.db.models import Model
from django.urls import reverse
from django.utils.text import capfirst

from dps.admin import page_of, site
from dps.policies import subjects
from packages.models import Package

APPLICATION = ("organisation", "round", "scheme")
EVALUATION = ("application__organisation", "lot")
# What the name of a record of the kind is put together from.
CALLED_WITH = {
    "dps.grant": ("user",),
    "providers.member": ("user", "organisation"),
    "providers.application": APPLICATION,
    "providers.submission": tuple(f"application__{path}" for path in APPLICATION),
    "providers.declaration": ("by", "organisation"),
    "providers.admission": ("organisation", "lot"),
    "providers.rate": ("service", "tier"),
    "providers.return": ("organisation",),
    "awards.evaluation": EVALUATION,
    "awards.assignment": (*(f"evaluation__{path}" for path in EVALUATION), "evaluator"),
    "awards.reporttext": ("report",),
    "awards.appendix": ("version__report",),
    "awards.agreement": ("organisation",),
    "awards.agreementtext": ("agreement__organisation",),
    "packages.offer": ("organisation", "call_off"),
    "packages.placement": ("package", "organisation"),
}


@dataclass(frozen=True)
class Named:
    """What an entry is about: its kind, its own name where the person sees it, its page if any."""

    kind: str
    name: str = ""
    url: str = ""


def name_subjects(user, entries: Iterable) -> None:
    """Give each entry `subject`, as Named. One query for each kind among them."""
    wanted = defaultdict(set)
    for entry in entries:
        wanted[entry.subject_kind].add(entry.subject_id)
    found = {kind: seen(user, kind, ids) for kind, ids in wanted.items()}
    for entry in entries:
        record = found[entry.subject_kind].get(entry.subject_id)
        entry.subject = named(entry.subject_kind, record)


def seen(user, kind: str, ids: set) -> dict:
    """{id: record} of those that the person may see."""
    sees = subjects().get(kind)
    if sees is None:
        return {}
    rows = sees.rows(user).filter(pk__in=ids)
    return {row.pk: row for row in rows.select_related(*CALLED_WITH.get(kind, ()))}


def named(kind: str, record) -> Named:
    model = apps.get_model(kind)
    said = capfirst(str(model._meta.verbose_name))
    if record is None:
        return Named(said)
    has_name = model.__str__ is not Model.__str__
    return Named(said, str(record) if has_name else "", address_of(record))


def address_of(record) -> str:
    if isinstance(record, Package):
        return reverse("packages:package", args=[record.pk])
    return page_of(record) if site.is_registered(type(record)) else ""
