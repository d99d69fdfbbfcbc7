"""The mutations are made where they say, and one that no test notices is told."""

import re

import pytest

from tests.mutants import LISTED, ROOT, Mutation, listed, run

GUARD = """
def is_in_time(instant, deadline):
    if instant > deadline:
        return False
    return True
"""
TESTS = """
from guard import is_in_time

def test_late():
    assert not is_in_time(2, 1)

def test_early():
    assert is_in_time(0, 1)

def test_wrong():
    assert is_in_time(2, 1)
"""


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A checkout of a guard and its two tests."""
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE", raising=False)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_PLUGINS", "pytest_django.plugin")
    (tmp_path / "guard.py").write_text(GUARD)
    (tmp_path / "test_guard.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    return tmp_path


def without_guard(test, line="if instant > deadline:\nreturn False"):
    return Mutation(rule=2, file="guard.py", line=line, test=test)


def test_a_mutation_is_caught_or_told(tree, capsys):
    caught = without_guard("test_guard.py::test_late")
    assert run([caught], tree) is True
    assert "caught: rule 2" in capsys.readouterr().out

    others = {
        without_guard("test_guard.py::test_early"): "SURVIVED test_guard.py::test_early",
        without_guard("test_guard.py::test_late", "if not here:"): "NOT FOUND once but 0",
        without_guard("test_guard.py::test_wrong"): "FAILS AS IT IS",
        without_guard("test_guard.py::test_gone"): "NO SUCH TEST",
    }
    assert run([caught, *others], tree) is False
    out = capsys.readouterr().out
    for mutation, told in others.items():
        assert any(line.startswith(told) and str(mutation) in line for line in out.split("\n"))
    assert "1 of 5 caught" in out
    assert (tree / "guard.py").read_text() == GUARD


def test_what_does_not_come_to_a_verdict_is_not_caught(tree, capsys):
    broken = Mutation(
        rule=2,
        file="guard.py",
        line="def is_in_time(instant, deadline):",
        becomes="def is_in_time(instant, deadline: unheard_of):",
        test="test_guard.py::test_late",
    )
    assert run([broken], tree) is False
    assert "did not come to a verdict" in capsys.readouterr().out


@pytest.mark.parametrize("mutation", listed(), ids=lambda each: each.test)
def test_a_listed_mutation_has_its_line_and_its_test(mutation):
    text = (ROOT / mutation.file).read_text()
    assert mutation.applied(text) != text
    path, test = mutation.test.split("::")
    assert re.search(rf"^def {re.escape(test.split('[')[0])}\(", (ROOT / path).read_text(), re.M)


def test_every_rule_that_has_a_test_has_a_mutation():
    tested = {int(p.name.split("_")[1]) for p in LISTED.parent.glob("test_*.py")}
    assert {mutation.rule for mutation in listed()} == tested
