"""The kinds of table. Everything the product stores is a record, an entry or a set-up row."""

from uuid import uuid4

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q


class Random(models.Model):
    """A row with a random id, so that number, order and time of making stay private."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)

    class Meta:
        abstract = True


class Record(Random):
    """A thing with a state. It is changed only by actions, and its state only by `move`.

    A subclass declares `state` and MOVES (from each state, those it may move to), and in Meta
    `triggers = [keeps_to(MOVES)]`. It is `@tracked`.
    """

    class Meta:
        abstract = True


class Entry(Random):
    """A thing that was said or done: written once, never changed, never deleted."""

    class Meta:
        abstract = True
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]


class Setting(Random):
    """A set-up row (a locality, a tier). Actions change it, with a note. It is `@tracked`."""

    class Meta:
        abstract = True


def tracked(*personal: str):
    """Keep every version of a row in a table beneath, by trigger: bulk and SQL writes too.

    `personal` names the columns that are not kept, since a version cannot be erased.
    """

    def decorate(model):
        name = model._meta.model_name
        return pghistory.track(
            pghistory.InsertEvent(),
            pghistory.UpdateEvent(),
            pghistory.DeleteEvent(),
            exclude=personal,
            model_name=f"{model.__name__}Version",
            obj_field=pghistory.ObjForeignKey(related_name=f"{name}_versions"),
            append_only=True,
        )(model)

    return decorate


def keeps_to(moves: dict) -> pgtrigger.FSM:
    """The database's own copy of the table of moves: no other change of state is stored."""
    pairs = [(str(start), str(end)) for start, ends in moves.items() for end in ends]
    return pgtrigger.FSM(name="moves", field="state", transitions=pairs)


def one_of(field: str, choices: type[models.TextChoices]) -> models.CheckConstraint:
    """Hold a field to its choices in the database; `choices=` alone only checks forms."""
    return models.CheckConstraint(
        name=f"%(class)s_{field}_known", condition=Q(**{f"{field}__in": choices.values})
    )


def all_of(field: str, choices: type[models.TextChoices]) -> models.CheckConstraint:
    """Hold each item of a list to its choices in the database."""
    return models.CheckConstraint(
        name=f"%(class)s_{field}_known", condition=Q(**{f"{field}__contained_by": choices.values})
    )
