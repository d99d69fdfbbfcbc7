"""What admitted providers deliver, and at what rates."""

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Exists, OuterRef, Q

from dps.clock import now
from dps.models.base import Entry, Record, all_of, keeps_to, one_of, tracked
from lots.models import (
    Activity,
    ClientGroup,
    Locality,
    Lot,
    Mode,
    Scheme,
    Tier,
    Unit,
)
from providers.models.organisations import Organisation

STALE = timedelta(days=30)  # a number of places older than this is not to be relied on


class ServiceState(models.TextChoices):
    CURRENT = "current", "Current"
    CLOSED = "closed", "Closed"


SERVICE_MOVES = {
    ServiceState.CURRENT: [ServiceState.CLOSED],
    ServiceState.CLOSED: [ServiceState.CURRENT],
}


class ServiceQuerySet(models.QuerySet):
    def current(self):
        return self.filter(state=ServiceState.CURRENT)


@tracked("words")  # worked out from the others
class Service(Record):
    """Something that an admitted provider delivers, on one lot or more.

    `capacity` is the number of people it can support at a time; `vacancies` how many more it could
    now, as the provider last confirmed.
    """

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="services")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="services")
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    state = models.CharField(choices=ServiceState, default=ServiceState.CURRENT)
    lots = models.ManyToManyField(Lot, related_name="services")
    localities = models.ManyToManyField(Locality, related_name="services", blank=True)
    activities = models.ManyToManyField(Activity, related_name="services", blank=True)
    client_groups = models.ManyToManyField(ClientGroup, related_name="services", blank=True)
    modes = ArrayField(models.CharField(max_length=20))
    capacity = models.PositiveIntegerField(default=0)
    vacancies = models.PositiveIntegerField(null=True)
    vacancies_confirmed_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField()
    words = models.GeneratedField(
        expression=SearchVector("name", weight="A", config="english")
        + SearchVector("description", weight="B", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    MOVES = SERVICE_MOVES
    objects = ServiceQuerySet.as_manager()

    class Meta:
        triggers = [keeps_to(SERVICE_MOVES)]
        constraints = [
            one_of("state", ServiceState),
            all_of("modes", Mode),
            models.CheckConstraint(
                name="service_vacancies_are_confirmed",
                condition=Q(vacancies=None) | Q(vacancies_confirmed_at__isnull=False),
            ),
        ]
        indexes = [GinIndex(fields=["words"], name="service_words")]
        ordering = ["name"]

    def __str__(self):
        return self.name

    @property
    def vacancies_are_old(self) -> bool:
        at = self.vacancies_confirmed_at
        return at is not None and now() - at > STALE


class Vat(models.TextChoices):
    EXEMPT = "exempt", "Exempt from VAT"
    EXCLUDED = "excluded", "VAT to be added"
    INCLUDED = "included", "VAT included"


class RateQuerySet(models.QuerySet):
    def on(self, day):
        """The rates in force on a day: for each service, lot, tier, unit, mode and zone, the one
        that is from the latest day up to it, and of several from one day the last set."""
        names = ("service", "lot", "tier", "unit", "mode", "zone_key")
        later = Q(from_on__gt=OuterRef("from_on")) | Q(
            from_on=OuterRef("from_on"), number__gt=OuterRef("number")
        )
        newer = Rate.objects.filter(
            later, from_on__lte=day, **{name: OuterRef(name) for name in names}
        )
        return self.filter(~Exists(newer), from_on__lte=day, pounds__isnull=False)


class Rate(Entry):
    """Pounds for a unit at a tier, in a mode and perhaps a zone, from a day on. To change it, write
    another; without `pounds` it is offered no longer."""

    service = models.ForeignKey(Service, models.PROTECT, related_name="rates")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="+")
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="+")
    unit = models.CharField(choices=Unit)
    mode = models.CharField(choices=Mode)
    zone_key = models.SlugField(max_length=60, blank=True)  # of the scheme; none: everywhere
    pounds = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    vat = models.CharField(choices=Vat, default=Vat.EXEMPT)
    from_on = models.DateField()
    number = models.PositiveIntegerField()
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    why = models.TextField(blank=True)

    objects = RateQuerySet.as_manager()

    class Meta(Entry.Meta):
        constraints = [
            one_of("unit", Unit),
            one_of("mode", Mode),
            one_of("vat", Vat),
            models.UniqueConstraint(fields=["service", "number"], name="rate_numbered"),
            models.CheckConstraint(name="rate_is_more_than_nothing", condition=Q(pounds__gt=0)),
        ]
        ordering = ["service", "number"]

    def __str__(self):
        return f"{self.service}, {self.tier}, {self.get_unit_display().lower()}"
