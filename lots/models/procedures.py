"""What a round and a call-off have in common: instants, openings, questions and the key."""

from django.conf import settings
from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery

from dps.models.base import Entry, Record, keeps_to, one_of, tracked
from lots.models.schemes import Scheme


class ProcedureState(models.TextChoices):
    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Announced"
    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"
    CANCELLED = "cancelled", "Cancelled"


S = ProcedureState
PROCEDURE_MOVES = {
    S.DRAFT: [S.PUBLISHED, S.CANCELLED],
    S.PUBLISHED: [S.OPEN, S.CLOSED, S.CANCELLED],
    S.OPEN: [S.CLOSED, S.CANCELLED],
}


class ProcedureQuerySet(models.QuerySet):
    def with_deadline(self):
        """Annotate `deadline`: the last one set. A deadline is an entry, never edited."""
        latest = Deadline.objects.filter(procedure=OuterRef("pk")).order_by("-at")
        return self.annotate(deadline=Subquery(latest.values("at")[:1]))

    def past_deadline(self, at):
        """Those that ran to their deadline. One cancelled before it never gets there."""
        return self.with_deadline().filter(deadline__lt=at).exclude(state=S.CANCELLED)

    def opened(self, at):
        """Those whose envelopes may be read. Time decides and, where the scheme asks for it, two
        people who have opened it since the deadline."""
        since = Opening.objects.filter(procedure=OuterRef("pk"), at__gt=OuterRef("deadline"))
        people = since.values("procedure").annotate(people=Count("by", distinct=True))
        by_two = Q(scheme__is_opened_by_two=False) | Q(opened_by__gte=2)
        passed = self.past_deadline(at).annotate(opened_by=Subquery(people.values("people")))
        return passed.filter(by_two)


@tracked()
class Procedure(Record):
    """A dated opening of something to sealed answers: a round, or a call-off."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="procedures")
    title = models.CharField(max_length=200)
    opens_at = models.DateTimeField()
    state = models.CharField(choices=ProcedureState, default=ProcedureState.DRAFT)
    is_rehearsal = models.BooleanField(default=False, editable=False)

    MOVES = PROCEDURE_MOVES
    objects = ProcedureQuerySet.as_manager()

    class Meta:
        triggers = [keeps_to(PROCEDURE_MOVES)]
        constraints = [one_of("state", ProcedureState)]
        ordering = ["-opens_at"]

    def __str__(self):
        return self.title


class Deadline(Entry):
    """The instant until which a procedure takes answers. To extend it, write another."""

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="deadlines")
    at = models.DateTimeField()
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    why = models.TextField(blank=True)

    class Meta(Entry.Meta):
        constraints = [
            models.CheckConstraint(name="deadline_set_before", condition=Q(set_at__lt=F("at"))),
            models.UniqueConstraint(fields=["procedure", "at"], name="deadline_moves"),
        ]
        ordering = ["at"]


class Opening(Entry):
    """One person's opening of a procedure whose deadline has passed."""

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="openings")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Entry.Meta):
        constraints = [
            models.UniqueConstraint(fields=["procedure", "by"], name="opening_once_each")
        ]
        ordering = ["at"]
