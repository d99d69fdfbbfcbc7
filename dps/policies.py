"""May this person do this to that? A policy is a question about rows, so that a list, a page, a
button and an action all get the same answer from the same lines."""

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from dps.models import Authority, Event, Excepted, Grant, Role, User
from dps.once import once

ALL = Q(pk__isnull=False)
NONE = Q(pk__in=[])

SEES: dict[type[Model], "Policy"] = {}  # who sees a row of the table
OPENS: dict[type[Model], "Policy"] = {}  # who may open an envelope of the kind
RECORDS: dict[type[Model], "Policy"] = {}  # who sees what is on record of a row that the world sees


class Policy:
    """Built by `@policy(Model)` from a function of the user that returns a Q."""

    def __init__(self, model, question: Callable, within: "Policy | None" = None, public=False):
        self.model, self.question, self.within, self.public = model, question, within, public
        self.name, self.__doc__ = question.__name__, question.__doc__
        self.full_name = f"{question.__module__.split('.')[0]}.{self.name}"

    def rows(self, user) -> QuerySet:
        """The rows for which the answer is yes. A request puts the question together once."""

        def asked():
            return self._of(self.within.rows(user) if self.within else self._all(), user)

        return once((self, user.pk), asked).all()

    def _all(self) -> QuerySet:
        return self.model._default_manager.all()

    def _of(self, rows, user) -> QuerySet:
        """Those of the rows for which this policy's own question is answered with yes."""
        if user.is_active:
            return rows.filter(self.question(user))
        return rows.filter(self.question(AnonymousUser())) if self.public else rows.none()

    def ids(self, user) -> list:
        """The keys of the rows, read once a request: of a table of few rows, for policies about
        what belongs to them."""

        def asked():
            return list(self.rows(user).values_list("pk", flat=True))

        return once((self, "ids", user.pk), asked)

    def allows(self, user, record=None) -> bool:
        rows = self.rows(user)
        return (rows if record is None else rows.filter(pk=record.pk)).exists()

    def find(self, user, pk) -> tuple[Model | None, bool]:
        """The row, if the user may see it, and whether they may do this to it: one query."""
        if not self.within:
            record = self.rows(user).filter(pk=pk).first()
            return record, record is not None
        record = self.seen(user).filter(pk=pk).first()
        return record, record is not None and record.allowed

    def seen(self, user) -> QuerySet:
        """The rows the user may see, each with whether they may do this to it, as `allowed`."""
        may = Exists(self._of(self._all(), user).filter(pk=OuterRef("pk")))
        return self.within.rows(user).annotate(allowed=may)


class Gate(Policy):
    """A policy about no row in particular (a list, a page to start something)."""

    def __init__(self, question: Callable):
        super().__init__(None, question)

    def allows(self, user, record=None) -> bool:
        return user.is_active and bool(self.question(user))


class Public(Gate):
    """The only kind that asks nothing: the whole world may."""

    def allows(self, user, record=None) -> bool:
        return True


class OfSubjects(Policy):
    """Of a table whose rows are about rows of other tables, and are seen as those are. Asked about
    one row, it asks of the table of its subject alone."""

    def allows(self, user, record=None) -> bool:
        if record is None:
            return super().allows(user)
        sees = subjects().get(record.subject_kind)
        if sees is None or not user.is_active:
            return False
        return sees.rows(user).filter(pk=record.subject_id).exists()

    def find(self, user, pk) -> tuple[Model | None, bool]:
        record = self._all().filter(pk=pk).first()
        allowed = record is not None and self.allows(user, record)
        return (record, True) if allowed else (None, False)


def policy(
    model: type[Model],
    within: Policy | None = None,
    *,
    public=False,
    opens=False,
    records=False,
    apart=False,
    made: type[Policy] = Policy,
):
    """`within` is the policy for seeing the row: what may be done is part of what may be seen.

    `public` asks the question of the signed-out too; `opens` says who opens this kind of envelope;
    `records`, of a table that the world sees, who sees what is on record of its rows; `apart` is
    for what the system does to a row that it does not see.
    """

    def decorate(question) -> Policy:
        asked = made(model, question, within, public)
        registers = [SEES] * (within is None and not apart)
        registers += [OPENS] * opens + [RECORDS] * records
        for register in registers:
            if model in register:
                raise LookupError(f"{model.__name__} has {register[model].full_name} already")
            register[model] = asked
        return asked

    return decorate


@Public
def anyone(user):
    """The whole world."""


@Gate
def use_workplace(user):
    """Whoever holds a role in any authority."""
    return bool(Grant.objects.authorities(user))


@policy(Authority)
def view_authority(user):
    """Whoever holds a role in it."""
    return Q(pk__in=Grant.objects.authorities(user))


@policy(Authority, within=view_authority)
def run_authority(user):
    """Give and end roles: its administrators."""
    return Q(pk__in=Grant.objects.authorities(user, Role.ADMINISTRATOR))


@policy(Grant)
def view_grant(user):
    """One's own; and the authority's administrators and auditors."""
    overseen = Grant.objects.authorities(user, Role.ADMINISTRATOR, Role.AUDITOR)
    return Q(user=user.pk) | Q(authority__in=overseen)


@policy(Grant, within=view_grant)
def end_grant(user):
    """The authority's administrators, and not one's own."""
    run = Grant.objects.authorities(user, Role.ADMINISTRATOR)
    return Q(authority__in=run) & ~Q(user=user.pk)


@policy(User)
def view_user(user):
    """Oneself; and the administrators and auditors of an authority where the person has a role."""
    overseen = Grant.objects.authorities(user, Role.ADMINISTRATOR, Role.AUDITOR)
    return Q(pk=user.pk) | Q(pk__in=Grant.objects.filter(authority__in=overseen).values("user"))


def subjects() -> dict[str, Policy]:
    """By the kind of what an event or an exception is about: who sees what is on record of it."""
    seen = (SEES | RECORDS).items()
    return {m._meta.label_lower: sees for m, sees in seen if m not in (Event, Excepted)}


def _about_what_is_seen(user, entries) -> Q:
    """Of entries about what the user sees; nothing is asked about kinds that have no entry."""
    about, kinds = NONE, subjects()
    for kind in sorted(entries.kinds(kinds)):
        sees = kinds[kind]
        about |= Q(subject_kind=kind, subject_id__in=sees.rows(user).values("pk"))
    return about


@policy(Event, made=OfSubjects)
def view_event(user):
    """Those who may see what it is about."""
    return _about_what_is_seen(user, Event.objects)


def history(user, record) -> QuerySet:
    """The events about one thing, oldest first, for a person who may see it; none for another."""
    if not (SEES | RECORDS)[type(record)].allows(user, record):
        return Event.objects.none()
    about = {"subject_kind": record._meta.label_lower, "subject_id": record.pk}
    return Event.objects.filter(**about).select_related("by")


@policy(Excepted, made=OfSubjects)
def view_exception(user):
    """Those who may see what it is about."""
    return _about_what_is_seen(user, Excepted.objects)
