"""Every event that can be on record is told in plain words."""

import ast
from collections.abc import Iterator

from django.apps import apps
from django.conf import settings

from dps.told import DONE, TRIED, told
from lots.models import Procedure, SchemeText

OUR_APPS = ("dps", "lots", "providers", "awards", "packages")


def written(node: ast.expr) -> set[str]:
    """The verbs that an expression can come to, of every kind where it names the kind."""
    if isinstance(node, ast.Constant):
        return {node.value}
    if not isinstance(node, ast.JoinedStr):
        return set()
    text = ast.unparse(node)[2:-1]
    if "label_lower" in text:
        last = text.rpartition(".")[2]
        return set() if "{" in last else {f"any.kind.{last}"}
    ways = {"{kind}": SchemeText.values, "{said}": ["interest declared", "no interest declared"]}
    [hole] = [hole for hole in ways if hole in text]
    return {text.replace(hole, way) for way in ways[hole]}


def parsed() -> Iterator[tuple[str, ast.AST]]:
    """Every node of our code, with the module that it stands in."""
    for app in OUR_APPS:
        for path in sorted((settings.BASE_DIR / app).glob("**/*.py")):
            module = ".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts)
            yield from ((module, node) for node in ast.walk(ast.parse(path.read_text())))


def is_action(node: ast.AST) -> bool:
    wrapped = getattr(node, "decorator_list", [])
    return "action" in [getattr(each, "id", "") for each in wrapped]


def all_verbs() -> Iterator[str]:
    """Every verb of an event that our code can write: what is noted, each action refused, each
    state that a record can be moved to."""
    for module, node in parsed():
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "note":
            yield from written(node.args[1])
        if ".actions" in module and is_action(node):
            yield f"{module.replace('.actions', '')}.{node.name} refused"
    for model in apps.get_models():
        moves = {} if model is Procedure else getattr(model, "MOVES", {})
        for states in moves.values():
            yield from (f"{model._meta.label_lower}.{state}" for state in states)


def test_every_event_that_an_action_can_write_has_plain_words():
    found = set(all_verbs())
    assert {"awards.assignment.made", "awards.evaluation.void"} <= found
    assert "awards.evaluations.allocate_many refused" in found
    assert len(found) > 200
    assert sorted(verb for verb in found if not told(verb)) == []


def test_its_words_name_no_verb_that_nothing_writes():
    found = set(all_verbs())
    by_kind = {verb.rpartition(".")[2] for verb in found if verb.startswith("any.kind.")}
    named = {verb for verb in DONE if verb.rpartition(".")[2] not in by_kind}
    assert sorted(named - found) == []
    assert sorted(f"{action} refused" for action in TRIED if f"{action} refused" not in found) == []
