"""Rounds, and the schedule that they come from."""

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.db.models.functions import TruncDate
from django.urls import reverse

from dps.clock import UK
from dps.models.base import Entry, Setting, tracked
from lots.models.decisions import Act, Authorisation, Decision
from lots.models.lots import Lot
from lots.models.procedures import Procedure, ProcedureQuerySet
from lots.models.procedures import ProcedureState as S
from lots.models.questionnaires import Questionnaire
from lots.models.schemes import Scheme


@tracked()
class Schedule(Setting):
    """When a scheme's `rounds` lots re-open: first on a day, then every so many months.

    Times are UK local; `open_days` counts from the day of opening, which is excluded. Rounds are
    announced `announced_days` before they open.
    """

    scheme = models.OneToOneField(Scheme, models.PROTECT, related_name="schedule")
    first_opens_on = models.DateField()
    every_months = models.PositiveSmallIntegerField()
    open_days = models.PositiveSmallIntegerField()
    opens_at = models.TimeField()
    closes_at = models.TimeField()
    announced_days = models.PositiveSmallIntegerField(default=28)

    def __str__(self):
        return f"Every {self.every_months} months from {self.first_opens_on:%-d %B %Y}"


class RoundQuerySet(ProcedureQuerySet):
    def with_uncovered(self, at):
        """Annotate `is_uncovered`: some lot of the round has no effective decision for re-opening
        it (for establishing it, in the initial round) on the day it opens."""
        uncovered = RoundLot.objects.uncovered(at).filter(round=OuterRef("pk"))
        return self.annotate(is_uncovered=Exists(uncovered))

    def taking_applications(self, at):
        """Rounds that may be applied to: announced, begun, not past their deadline, each of their
        lots covered by a decision."""
        begun = self.with_deadline().with_uncovered(at)
        return begun.filter(
            state__in=[S.PUBLISHED, S.OPEN],
            opens_at__lte=at,
            deadline__gte=at,
            is_uncovered=False,
        )


@tracked()
class Round(Procedure):
    """A dated opening of one or more lots to applications."""

    number = models.PositiveSmallIntegerField()
    is_initial = models.BooleanField(default=False)
    questionnaire = models.ForeignKey(Questionnaire, models.PROTECT, related_name="rounds")
    schedule = models.ForeignKey(Schedule, models.PROTECT, null=True, related_name="rounds")

    objects = RoundQuerySet.as_manager()

    class Meta:
        ordering = ["-opens_at"]

    def get_absolute_url(self):
        return reverse("lots:round", args=[self.pk])


class RoundLotQuerySet(models.QuerySet):
    def uncovered(self, at):
        """Lots of rounds whose opening no effective decision authorises. Annotates the `act` that
        is missing and the `day` of the opening, in the United Kingdom."""
        act = Case(
            When(round__is_initial=True, then=Value(Act.ESTABLISH)), default=Value(Act.REOPEN)
        )
        day = TruncDate("round__opens_at", tzinfo=UK)
        covers = Authorisation.objects.filter(
            Q(until_on=None) | Q(until_on__gte=OuterRef("day")),
            lot=OuterRef("lot"),
            act=OuterRef("act"),
            from_on__lte=OuterRef("day"),
            decision__in=Decision.objects.effective(at).values("pk"),
        )
        return self.annotate(act=act, day=day).filter(~Exists(covers))


class RoundLot(Entry):
    """A lot that a round opens."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="round_lots")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="round_lots")

    objects = RoundLotQuerySet.as_manager()

    class Meta(Entry.Meta):
        constraints = [models.UniqueConstraint(fields=["round", "lot"], name="round_lot_once")]
        ordering = ["lot__position"]
