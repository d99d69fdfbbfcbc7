"""Every action asks who acts before it does or says anything else."""

import inspect
from importlib import import_module
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from dps.policies import Gate

# who is no stranger to an action: whoever is no staff may register an organisation, any
# practitioner declares interests, an auditor reads what is opened and gives reasons for a look
NO_STRANGERS = {
    ("register", "rival"),
    ("register", "superuser"),
    ("declare", "other_team"),
    ("open_offer", "auditor"),
    ("look", "auditor"),
    ("read_appendix", "auditor"),
    ("open_submission", "auditor"),
    ("read_submitted", "auditor"),
}
STRANGERS = ["rival", "neighbour", "auditor", "other_team", "superuser"]
ROOT = Path(__file__).parents[2]


def actions():
    for file in ROOT.glob("*/actions/[a-z]*.py"):
        module = import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
        for _, found in inspect.getmembers(module, lambda thing: hasattr(thing, "is_action")):
            if found.__module__ == module.__name__:
                yield pytest.param(found, id=f"{module.__name__}.{found.__name__}")


@pytest.mark.parametrize("action", list(actions()))
def test_no_stranger_gets_past_the_first_question(world, db, action):
    samples, people = world
    strangers = [role for role in STRANGERS if (action.__name__, role) not in NO_STRANGERS]
    if len(strangers) < len(STRANGERS):
        strangers.append("administrator")
    subject, *others = inspect.signature(action, eval_str=True).parameters.values()
    nothing = {p.name: None for p in others if p.name != "by" and p.default is p.empty}
    sample = sample_of(action, subject.annotation, samples)
    for role in strangers:
        with pytest.raises(PermissionDenied):
            action(sample, by=people[role], **nothing)


def sample_of(action, kind, samples):
    """The sample of a table; of tables that share a base, one of the action's own app."""
    found = [sample for model, sample in samples.items() if issubclass(model, kind)]
    app = action.__module__.split(".")[0]
    return next((s for s in found if s._meta.app_label == app), found[0])


def test_a_gate_is_shut_to_the_signed_out():
    assert not Gate(lambda user: True).allows(AnonymousUser())
