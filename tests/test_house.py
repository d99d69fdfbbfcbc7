"""The rules of the house that a machine can see."""

import ast
import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command

from dps.admin import RecordAdmin, site
from dps.models import Envelope
from dps.models.base import Entry, Record
from dps.policies import OPENS, SEES

ROOT = Path(__file__).parent.parent
APPS = ("dps", "lots", "providers", "awards", "packages")
SOURCES = [p for app in APPS for p in (ROOT / app).rglob("*.py") if "migrations" not in p.parts]
WRITES = {"save", "create", "bulk_create", "bulk_update", "update", "delete", "get_or_create"}
READERS = ("views", "forms", "tables", "filters", "tasks", "queries", "policies", "admin")


def walk(path):
    return ast.walk(ast.parse(path.read_text()))


def actions_of(path):
    """The names that a file knows modules of actions by."""
    imports = (node for node in walk(path) if isinstance(node, ast.ImportFrom))
    modules = [node for node in imports if str(node.module).endswith(".actions")]
    return {alias.asname or alias.name for node in modules for alias in node.names}


def test_only_move_sets_a_state():
    for path in SOURCES:
        for node in walk(path):
            targets = node.targets if isinstance(node, ast.Assign) else []
            sets = any(isinstance(t, ast.Attribute) and t.attr == "state" for t in targets)
            assert not sets or path == ROOT / "dps/actions/__init__.py", f"{path}:{node.lineno}"


@pytest.mark.parametrize("kind", READERS)
def test_only_actions_write(kind):
    for path in SOURCES:
        parts = path.relative_to(ROOT).with_suffix("").parts
        if parts[0] != "dps" and parts[1] == kind:
            for node in walk(path):
                called = node.func if isinstance(node, ast.Call) else None
                written = isinstance(called, ast.Attribute) and called.attr in WRITES
                if written and isinstance(called.value, ast.Name):
                    written = called.value.id not in actions_of(path)
                assert not written, f"{path}:{node.lineno} writes; only actions do"


def test_an_action_says_who_acts():
    for path in SOURCES:
        parts = path.relative_to(ROOT).with_suffix("").parts
        if parts[1:2] == ("actions",) and parts[-1] != "__init__":
            module = import_module(".".join(parts))
            for name, verb in inspect.getmembers(module, inspect.isfunction):
                own = verb.__module__ == module.__name__
                named = list(inspect.signature(verb).parameters)
                if own and "by" in named[1:]:  # what is about nothing in particular loads tables
                    marked = hasattr(verb, "is_action") or hasattr(verb, "is_part")
                    assert marked, f"{name} needs @action"
                    assert verb.__doc__, name


@pytest.mark.parametrize("model", apps.get_models(), ids=lambda m: m._meta.label)
def test_the_database_guards_its_records_and_entries(model):
    own = [model, *model._meta.get_parent_list()]  # a round's state lies with its procedure
    triggers = {trigger.name for m in own for trigger in getattr(m._meta, "triggers", [])}
    if issubclass(model, Entry):
        assert "append_only" in triggers
    if issubclass(model, Record):
        assert "moves" in triggers
        constraints = [c for m in own for c in m._meta.constraints]
        known = [c for c in constraints if c.name.endswith("_state_known")]
        assert known


@pytest.mark.parametrize("model", apps.get_models(), ids=lambda m: m._meta.label)
def test_an_envelope_says_who_opens_it_and_what_is_noted_who_sees_it(model):
    if issubclass(model, Envelope):
        assert model in OPENS
        assert isinstance(model.sealed_for, property)
    if issubclass(model, Record | Envelope):
        kinds = model.__subclasses__() or [model]  # a procedure is seen as what it is: a round
        assert all(kind in SEES for kind in kinds)


def test_the_admin_changes_nothing_but_by_steps():
    for admin in site._registry.values():
        assert isinstance(admin, RecordAdmin)
        assert not {"save_model", "delete_model"} & set(vars(type(admin)))


@pytest.mark.django_db
def test_migrations_are_in_step():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_a_template_links_to_its_own_app_and_below():
    below = {"lots": 1, "providers": 2, "awards": 3, "packages": 3}
    for app, height in below.items():
        for path in (ROOT / "templates" / app).rglob("*.html"):
            for named in re.findall(r"{% url ['\"](\w+):", path.read_text()):
                assert named == app or below.get(named, 0) < height, f"{path}: {named}"
