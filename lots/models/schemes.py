"""A scheme: one DPS, dynamic market or framework, and what its notice and terms promise."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from dps.models import Authority
from dps.models.base import Entry, Setting, one_of, tracked


class Regime(models.TextChoices):
    PCR_2015_DPS = "pcr_2015_dps", "Dynamic purchasing system (Public Contracts Regulations 2015)"
    PA_2023_MARKET = "pa_2023_dynamic_market", "Dynamic market (Procurement Act 2023)"
    PA_2023_FRAMEWORK = (
        "pa_2023_light_touch_framework",
        "Light-touch framework (Procurement Act 2023)",
    )


@tracked()
class Scheme(Setting):
    """One DPS (or dynamic market, or framework) of a lead authority and its partners."""

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="schemes")
    partners = models.ManyToManyField(Authority, related_name="joined_schemes", blank=True)
    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=200)
    short_title = models.CharField(max_length=60)
    summary = models.TextField()
    regime = models.CharField(choices=Regime)
    notice_reference = models.CharField(max_length=100)
    notice_on = models.DateField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    contact_email = models.EmailField()
    is_opened_by_two = models.BooleanField(default=False)
    is_rehearsal = models.BooleanField(default=False, editable=False)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            one_of("regime", Regime),
            models.CheckConstraint(
                name="scheme_ends_after_it_starts", condition=Q(ends_on__gt=F("starts_on"))
            ),
        ]
        ordering = ["title"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("lots:scheme", args=[self.pk])


class SchemeText(models.TextChoices):
    SPECIFICATION = "specification", "Specification"
    TERMS = "terms", "Terms and conditions"


class TextVersion(Entry):
    """A version of a scheme's specification or terms. `body` is in paragraphs; a line that begins
    with "# " is a heading. The one with the highest number is in force."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="texts")
    kind = models.CharField(choices=SchemeText)
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    body = models.TextField()
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    why = models.TextField(blank=True)

    class Meta(Entry.Meta):
        constraints = [
            one_of("kind", SchemeText),
            models.UniqueConstraint(
                fields=["scheme", "kind", "number"], name="text_version_numbered"
            ),
        ]
        ordering = ["kind", "-number"]

    def __str__(self):
        return f"{self.title}, version {self.number}"


class Departure(Entry):
    """A number or default of the regime that this scheme's notice departs from, and why.

    `rule` is the key of a rule of the regime's profile; `number` is what the notice says instead,
    in the rule's own unit, where the rule is a number.
    """

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="departures")
    rule = models.CharField(max_length=60)
    number = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    lots = ArrayField(
        models.CharField(max_length=20), default=list
    )  # keys; empty: the whole scheme
    notice_reference = models.CharField(max_length=100)
    why = models.TextField()
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta(Entry.Meta):
        constraints = [
            models.CheckConstraint(name="departure_has_a_reason", condition=~Q(why="")),
            models.CheckConstraint(
                name="departure_names_its_notice", condition=~Q(notice_reference="")
            ),
        ]
        ordering = ["set_at"]


class SchemeLoad(Entry):
    """A scheme file as it was loaded: what a later load compares with, to leave alone what people
    have changed since."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="loads")
    contents = models.JSONField()
    fingerprint = models.CharField(max_length=64)
    loaded_at = models.DateTimeField()
    loaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta(Entry.Meta):
        ordering = ["loaded_at"]


class Frequency(models.TextChoices):
    MONTHLY = "monthly", "Every month"
    QUARTERLY = "quarterly", "Every quarter"
    YEARLY = "yearly", "Every year"


class Better(models.TextChoices):
    HIGHER = "higher", "Higher is better"
    LOWER = "lower", "Lower is better"


@tracked()
class Indicator(Setting):
    """A KPI that admitted providers return figures for, from the period that begins after it is
    added."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="indicators")
    key = models.SlugField(max_length=40)
    title = models.CharField(max_length=200)
    guidance = models.TextField(blank=True)
    measure = models.CharField(max_length=60)  # "%", "people", "days"
    target = models.DecimalField(max_digits=10, decimal_places=2)
    better = models.CharField(choices=Better, default=Better.HIGHER)
    frequency = models.CharField(choices=Frequency, default=Frequency.QUARTERLY)
    lots = ArrayField(models.CharField(max_length=20), default=list, blank=True)  # empty: all
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            one_of("better", Better),
            one_of("frequency", Frequency),
            models.UniqueConstraint(fields=["scheme", "key"], name="indicator_one_each_key"),
        ]
        ordering = ["key"]

    def __str__(self):
        return self.title


@tracked()
class ReportHeading(Setting):
    """A heading of the scheme's award report, in order. `text` is its opening wording; `computed`
    names the tables that the report builds under it."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="headings")
    key = models.SlugField(max_length=40)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    computed = ArrayField(models.CharField(max_length=40), default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scheme", "key"], name="report_heading_one_each_key")
        ]
        ordering = ["position"]

    def __str__(self):
        return self.title
