"""Set-up rows: what a scheme is made of, changed by its commissioners, each change on record."""

from django.core.exceptions import ValidationError
from django.db import models, transaction

from dps.actions import Refused, action, lock, note, part, require
from dps.models.base import Setting
from lots import policies
from lots.actions import checks


@action
def change(setting: Setting, *, by, why: str = "", **values) -> Setting:
    """Give a set-up row new values. Who, when, why, and the old and new of each are on record.

    Refused when nothing differs, when a value breaks a rule of the regime, and where rounds
    already run on the old one.
    """
    setting = lock(setting)
    require(policies.CHANGES[type(setting)], by, setting)
    return altered(setting, values, by, why)


@part
def altered(setting: Setting, values: dict, by, why: str = "") -> Setting:
    """New values for a locked set-up row, checked, stored and noted."""
    old = {name: getattr(setting, name) for name in values}
    differs = {name: value for name, value in values.items() if value != old[name]}
    if not differs:
        raise Refused("Nothing has changed")
    checks.change(setting, differs)
    for name, value in differs.items():
        setattr(setting, name, value)
    _store(setting)
    differences = {name: [_plain(old[name]), _plain(value)] for name, value in differs.items()}
    note(setting, f"{setting._meta.label_lower}.changed", by=by, why=why, differences=differences)
    return setting


@action
def add(parent: Setting, *, model: type[Setting], by, **values) -> Setting:
    """A new set-up row of a model (Tier, Locality, …) within a scheme, lot or questionnaire."""
    parent = lock(parent)
    require(policies.CHANGES[type(parent)], by, parent)
    within = next(
        field.name
        for field in model._meta.fields
        if isinstance(field, models.ForeignKey) and isinstance(parent, field.related_model)
    )
    setting = model(**{within: parent}, **values)
    checks.addition(setting)
    _store(setting)
    note(setting, f"{setting._meta.label_lower}.added", by=by)
    return setting


@action
def remove(setting: Setting, *, by, why: str = "") -> None:
    """Take away a set-up row. Refused while something refers to it, and once a round of the scheme
    has opened."""
    setting = lock(setting)
    require(policies.CHANGES[type(setting)], by, setting)
    checks.removal(setting)
    try:
        with transaction.atomic():
            note(setting, f"{setting._meta.label_lower}.removed", by=by, why=why, was=str(setting))
            setting.delete()
    except models.ProtectedError as problem:
        raise Refused(f"{setting} is in use, so it stays") from problem


def _store(setting: Setting) -> None:
    try:
        setting.full_clean()
    except ValidationError as problem:
        field, messages = next(iter(problem.message_dict.items()))
        raise Refused(messages[0], field=field) from problem
    setting.save()


def _plain(value):
    if isinstance(value, models.Model):
        return str(value)
    return value if isinstance(value, (str, int, bool, list, dict, type(None))) else str(value)
