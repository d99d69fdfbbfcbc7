"""Lots: the categories of a scheme, each with its own way in, tiers, modes and award routes."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery

from dps.models.base import Entry, Setting, all_of, one_of, tracked
from lots.models.schemes import Scheme


class AdmissionMode(models.TextChoices):
    CLOSED = "closed", "Closed: initial round only"
    ROUNDS = "rounds", "Rounds: re-opens on a schedule"
    OPEN = "open", "Open: takes applications at any time"


class LotKind(models.TextChoices):
    CATEGORY = "category", "Category of the dynamic purchasing system or market"
    FRAMEWORK = "framework", "Framework attached to the scheme"


class Mode(models.TextChoices):
    FACE_TO_FACE = "face_to_face", "Face to face"
    VIRTUAL = "virtual", "Virtual or remote"


class Unit(models.TextChoices):
    HOUR = "hour", "Hour"
    HALF_DAY = "half_day", "Half day"
    DAY = "day", "Day"
    SESSION = "session", "Session"
    WEEK = "week", "Week"


class Route(models.TextChoices):
    DIRECT = "direct", "Direct choice"
    MINI_COMPETITION = "mini_competition", "Mini-competition"


class LotQuerySet(models.QuerySet):
    def with_mode(self):
        """Annotate `mode`: the admission mode in force, which is the last one set."""
        latest = ModeChange.objects.filter(lot=OuterRef("pk")).order_by("-set_at", "-number")
        return self.annotate(mode=Subquery(latest.values("mode")[:1]))


@tracked()
class Lot(Setting):
    """A category of a scheme. Titles and labels are the scheme's own."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="lots")
    key = models.CharField(max_length=20)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    kind = models.CharField(choices=LotKind, default=LotKind.CATEGORY)
    modes = ArrayField(models.CharField(max_length=20))
    units = ArrayField(models.CharField(max_length=20))
    pass_mark = models.DecimalField(max_digits=5, decimal_places=2, default=0)  # of 100
    quality_weight = models.DecimalField(max_digits=5, decimal_places=2, default=60)  # call-offs, %
    needs_cqc = models.BooleanField(default=False)

    objects = LotQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of("kind", LotKind),
            all_of("modes", Mode),
            all_of("units", Unit),
            models.UniqueConstraint(fields=["scheme", "key"], name="lot_one_each_key"),
            models.CheckConstraint(
                name="lot_pass_mark_of_100", condition=Q(pass_mark__gte=0, pass_mark__lte=100)
            ),
        ]
        ordering = ["position"]

    def __str__(self):
        return f"Lot {self.key}: {self.title}"


class ModeChange(Entry):
    """The admission mode of a lot from an instant on. To change it, write another."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="mode_changes")
    number = models.PositiveSmallIntegerField()
    mode = models.CharField(choices=AdmissionMode)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    why = models.TextField(blank=True)
    decision = models.ForeignKey("lots.Decision", models.PROTECT, null=True, related_name="+")

    class Meta(Entry.Meta):
        constraints = [
            one_of("mode", AdmissionMode),
            models.UniqueConstraint(fields=["lot", "number"], name="mode_change_numbered"),
        ]
        ordering = ["number"]


@tracked()
class Tier(Setting):
    """A level of payment: the least and greatest number of people supported by one worker."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="tiers")
    key = models.SlugField(max_length=40)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=100)
    least = models.PositiveSmallIntegerField()
    greatest = models.PositiveSmallIntegerField()
    ceiling = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lot", "key"], name="tier_one_each_key"),
            models.CheckConstraint(
                name="tier_least_before_greatest",
                condition=Q(least__gte=1, greatest__gte=F("least")),
            ),
        ]
        ordering = ["position"]

    def __str__(self):
        return self.title


@tracked()
class AwardRoute(Setting):
    """A way in which packages of the lot may be placed, with the words of the notice for it."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="award_routes")
    route = models.CharField(choices=Route)
    notice_words = models.TextField()
    notice_reference = models.CharField(max_length=100)

    class Meta:
        constraints = [
            one_of("route", Route),
            models.UniqueConstraint(fields=["lot", "route"], name="award_route_once"),
            models.CheckConstraint(
                name="award_route_quotes_the_notice", condition=~Q(notice_words="")
            ),
        ]

    def __str__(self):
        return self.get_route_display()
