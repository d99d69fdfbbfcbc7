"""What an action is made of: `action`, `part`, `lock`, `require`, `move`, `note`, `excepted`,
`promise`, `Refused`."""

from contextvars import ContextVar
from functools import wraps

import pghistory
from django.core.exceptions import PermissionDenied
from django.db import transaction

from dps.clock import now
from dps.models import Event, Excepted
from dps.models.base import Record
from dps.once import forget
from dps.policies import Policy
from dps.promises import promise

__all__ = ["Refused", "action", "excepted", "lock", "move", "note", "part", "promise", "require"]

_running: ContextVar[object | None] = ContextVar("running", default=None)


class Refused(Exception):
    """The rules say no. The message is for the person, in plain English; `field` places it.

    Where the message quotes what is sealed, `on_record` is what the record says instead.
    """

    def __init__(self, message: str, field: str | None = None, on_record: str = ""):
        super().__init__(message)
        self.message, self.field = message, field
        self.on_record = on_record or message


def action(function):
    """One verb: all of it or none of it, by a named person. A refusal is put on record too."""

    @wraps(function)
    def run(subject, *args, by, **kwargs):
        if _running.get():
            return function(subject, *args, by=by, **kwargs)
        token = _running.set(object())
        try:
            # outermost, around the transaction: a context within it would outlast its block
            with pghistory.context(by=str(by.pk)), transaction.atomic():
                return function(subject, *args, by=by, **kwargs)
        except Refused as refusal:
            noun = function.__module__.replace(".actions", "")
            verb = f"{noun}.{function.__name__} refused"
            note(subject, verb, by=by, why=refusal.on_record)
            raise
        finally:
            _running.reset(token)

    run.is_action = True
    return run


def part(function):
    """What several actions have in common. It asks no policy, so it runs within an action only."""

    @wraps(function)
    def run(*args, **kwargs):
        if not _running.get():
            raise RuntimeError(f"{function.__name__} is a part of actions: call one of them")
        return function(*args, **kwargs)

    run.is_part = True
    return run


def in_action() -> bool:
    return bool(_running.get())


def lock(record):
    """The row as it is now, held until the action ends. Lock a parent before its children."""
    model = type(record)
    parents = [field.name for field in model._meta.parents.values() if field]
    rows = model._base_manager.select_for_update(of=("self", *parents))
    held = rows.get(pk=record.pk)
    forget()
    held._held_in, held._seen_as = _running.get(), getattr(record, "state", None)
    return held


def require(policy: Policy, user, record=None) -> None:
    """Refuse with PermissionDenied whom the policy does not allow. To one who sees a locked record,
    but last saw it otherwise, say how it stands: somebody else was quicker."""
    if policy.allows(user, record):
        return
    seen_as = getattr(record, "_seen_as", None)
    if seen_as and seen_as != record.state and policy.within and policy.within.allows(user, record):
        raise Refused(how_it_stands(record))
    raise PermissionDenied(f"{user} may not {policy.name.replace('_', ' ')}")


def how_it_stands(record: Record) -> str:
    return f"This {record._meta.verbose_name} is now {record.get_state_display().lower()}"


def move(record: Record, to: str, *, by, why: str = "", **data) -> None:
    """Change a locked record's state and write the audit event. Nothing else sets a state."""
    if not _running.get() or getattr(record, "_held_in", None) is not _running.get():
        raise RuntimeError(f"lock {record!r} in the action that moves it")
    start = record.state
    if to not in record.MOVES.get(start, ()):
        raise Refused(how_it_stands(record))
    record.state = to
    record.save(update_fields=["state"])
    note(record, f"{record._meta.label_lower}.{to}", by=by, why=why, start=start, **data)


def note(subject, verb: str, *, by, why: str = "", **data) -> None:
    """Write an audit event about a subject. `data` must hold nothing sealed."""
    Event.objects.create(**_about(subject, by, why), verb=verb, data=data)


def excepted(rule: str, subject, *, by, why: str) -> None:
    """Put on the register that a rule was not kept for this subject, by whom and why."""
    Excepted.objects.create(**_about(subject, by, why), rule=rule)


def _about(subject, by, why) -> dict:
    kind = subject._meta.label_lower
    return {"at": now(), "by": by, "subject_kind": kind, "subject_id": subject.pk, "why": why}
