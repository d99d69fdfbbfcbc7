"""Which drafts are owed a reminder, and who is to be told that a deadline was put off."""

from datetime import datetime, timedelta

from django.db.models import F, OuterRef, Subquery

from dps.models import Promise, the_system
from dps.promises import key_of
from lots.models import ProcedureState
from lots.queries.rounds import extended
from providers import policies
from providers.models import Application, ApplicationState
from providers.queries.applications import with_deadline

DAYS = (7, 2, 1)  # before the deadline


def due_days(deadline: datetime, at: datetime) -> int | None:
    """Which reminder is due: of several missed only the last; None when none is."""
    due = [days for days in DAYS if deadline - timedelta(days=days) <= at <= deadline]
    return min(due) if due else None


def due(at: datetime) -> list[Application]:
    """The drafts whose reminder is due and not yet owed, the first to close first."""
    drafts = policies.remind_application.rows(the_system()).filter(state=ApplicationState.DRAFT)
    running = drafts.exclude(round__state=ProcedureState.CANCELLED).exclude(
        round__is_rehearsal=True
    )
    until = at + timedelta(days=max(DAYS))
    soon = with_deadline(running).filter(deadline__gte=at, deadline__lte=until)
    owed = {key(each, each.deadline, at): each for each in soon.order_by("deadline")}
    made = set(Promise.objects.filter(key__in=owed).values_list("key", flat=True))
    return [application for made_as, application in owed.items() if made_as not in made]


def key(application: Application, deadline: datetime, at: datetime) -> str:
    return key_of(
        "providers.reminder", application, str(due_days(deadline, at)), deadline.isoformat()
    )


def put_off(at: datetime) -> list[Application]:
    """The applications begun before their round's deadline was put off, to be told of it and not
    yet owed that."""
    seen = policies.remind_application.rows(the_system()).exclude(state=ApplicationState.WITHDRAWN)
    latest = extended(at).filter(pk=OuterRef("round")).values("extended_at")
    found = with_deadline(seen.filter(round__in=extended(at), round__is_rehearsal=False))
    told = found.annotate(put_off_at=Subquery(latest)).filter(started_at__lt=F("put_off_at"))
    owed = {extension_key(each, each.deadline): each for each in told.order_by("deadline", "pk")}
    made = set(Promise.objects.filter(key__in=owed).values_list("key", flat=True))
    return [application for made_as, application in owed.items() if made_as not in made]


def extension_key(application: Application, deadline: datetime) -> str:
    return key_of("providers.extension", application, deadline.isoformat())
