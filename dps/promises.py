"""Effects that happen once: promised inside the action, kept after its commit."""

import json
from collections.abc import Callable

from celery import shared_task
from django.db import transaction

from dps.clock import now
from dps.models import Promise

EFFECTS: dict[str, Callable] = {}


def effect(function: Callable) -> Callable:
    """Register `app.tasks.receipt` as the effect "app.receipt"."""
    EFFECTS[f"{function.__module__.split('.')[0]}.{function.__name__}"] = function
    return function


def promise(name: str, subject, *which: str) -> None:
    """Owe an effect for a subject; `which` tells several of one kind apart.

    Name, subject and `which` are the key: promising again changes nothing. A reminder's `which`
    includes the deadline it is about, or an extension would silence it. Kept after commit, or by
    `keep_due` on the next tick should the queue or the worker be down: the action stands.
    """
    if name not in EFFECTS:
        raise LookupError(f"no effect is called {name}")
    key = key_of(name, subject, *which)
    Promise.objects.bulk_create([Promise(key=key, made_at=now())], ignore_conflicts=True)
    transaction.on_commit(lambda: keep.delay(key), robust=True)


def key_of(name: str, subject, *which: str) -> str:
    return json.dumps([name, str(subject.pk), *which])


@shared_task
def keep(key: str) -> bool:
    """Carry out one promise, unless it is kept or in hand. True when this call carried it out.

    What an effect writes to the database commits with `kept_at`: once, whatever happens. An
    e-mail can be sent twice only should we fail between its acceptance and the commit, and then
    bears the same Message-ID.
    """
    with transaction.atomic():
        owed = Promise.objects.select_for_update(skip_locked=True).filter(key=key, kept_at=None)
        promised = owed.first()
        if promised is None:
            return False
        name, subject_id, *which = json.loads(key)
        EFFECTS[name](subject_id, *which)
        promised.kept_at = now()
        promised.save(update_fields=["kept_at"])
        return True


def keep_due(limit: int = 500) -> None:
    owed = Promise.objects.filter(kept_at=None).order_by("made_at")
    for key in owed.values_list("key", flat=True)[:limit]:
        keep.delay(key)


def keep_now() -> int:
    """Keep what is owed in this process and this transaction: for loaders. How many were kept."""
    owed = Promise.objects.filter(kept_at=None).order_by("made_at")
    return sum(keep(key) for key in owed.values_list("key", flat=True))
