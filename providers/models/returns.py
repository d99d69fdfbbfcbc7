"""What admitted providers return of the scheme's indicators, period by period."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from dps.models.base import Entry, Record, keeps_to, one_of, tracked
from lots.models import Better, Frequency, Indicator, Scheme
from providers.calculations.periods import said_period
from providers.models.organisations import Organisation


class ReturnPeriod(Entry):
    """That the returns of a scheme for a period (first and last day included) were made: once, for
    all who stood admitted on its last day. Nothing defined later asks for that period again."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="return_periods")
    frequency = models.CharField(choices=Frequency)
    from_on = models.DateField()
    until_on = models.DateField()
    due_on = models.DateField()
    made_at = models.DateTimeField()

    class Meta(Entry.Meta):
        constraints = [
            one_of("frequency", Frequency),
            models.UniqueConstraint(
                fields=["scheme", "frequency", "from_on"], name="return_period_made_once"
            ),
            models.CheckConstraint(
                name="return_period_due_after_it_ends",
                condition=Q(until_on__gte=F("from_on"), due_on__gt=F("until_on")),
            ),
        ]
        ordering = ["-until_on", "frequency"]

    def __str__(self):
        return said_period(self.from_on, self.until_on)


class ReturnState(models.TextChoices):
    DUE = "due", "Due"
    FILED = "filed", "Filed"


RETURN_MOVES = {ReturnState.DUE: [ReturnState.FILED]}


@tracked()
class Return(Record):
    """The figures that a provider owes for a period (first and last day included), by a day."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="returns")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="returns")
    frequency = models.CharField(choices=Frequency)
    from_on = models.DateField()
    until_on = models.DateField()
    due_on = models.DateField()
    state = models.CharField(choices=ReturnState, default=ReturnState.DUE)
    made_at = models.DateTimeField()
    filed_at = models.DateTimeField(null=True)

    MOVES = RETURN_MOVES

    class Meta:
        triggers = [keeps_to(RETURN_MOVES)]
        constraints = [
            one_of("state", ReturnState),
            one_of("frequency", Frequency),
            models.UniqueConstraint(
                fields=["scheme", "organisation", "frequency", "from_on"], name="return_once"
            ),
            models.CheckConstraint(
                name="return_due_after_its_period",
                condition=Q(until_on__gte=F("from_on"), due_on__gt=F("until_on")),
            ),
            models.CheckConstraint(
                name="return_filed_is_dated",
                condition=Q(state=ReturnState.DUE) | Q(filed_at__isnull=False),
            ),
        ]
        ordering = ["due_on", "organisation__name"]

    def __str__(self):
        return f"{self.organisation}, {self.period}"

    def get_absolute_url(self):
        return reverse("providers:return", args=[self.pk])

    @property
    def period(self) -> str:
        return said_period(self.from_on, self.until_on)


class ReturnLine(Entry):
    """An indicator that a return asks for, as it was defined when the return fell due."""

    of = models.ForeignKey(Return, models.PROTECT, related_name="lines")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    guidance = models.TextField(blank=True)
    measure = models.CharField(max_length=60)
    target = models.DecimalField(max_digits=10, decimal_places=2)
    better = models.CharField(choices=Better)

    class Meta(Entry.Meta):
        constraints = [
            one_of("better", Better),
            models.UniqueConstraint(fields=["of", "indicator"], name="return_line_once"),
        ]
        ordering = ["position"]

    def __str__(self):
        return self.title


class Figure(Entry):
    """What a provider returned for a line. To correct it, another: the last number holds."""

    line = models.ForeignKey(ReturnLine, models.PROTECT, related_name="figures")
    number = models.PositiveSmallIntegerField()
    value = models.DecimalField(max_digits=12, decimal_places=2)
    comment = models.TextField(blank=True)
    why = models.TextField(blank=True)  # of a correction
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta(Entry.Meta):
        constraints = [
            models.UniqueConstraint(fields=["line", "number"], name="figure_numbered"),
            models.CheckConstraint(
                name="figure_corrected_with_a_reason", condition=Q(number=1) | ~Q(why="")
            ),
            models.CheckConstraint(name="figure_not_below_nought", condition=Q(value__gte=0)),
        ]
        ordering = ["line__position", "number"]
