"""One person's need, under a reference that tells nothing; who the person is lies apart."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from dps.models import Authority, Envelope, Team
from dps.models.base import Entry, Record, Setting, keeps_to, one_of, tracked
from lots.models import ClientGroup, Locality, Mode, Outcome, Scheme, Unit
from providers.models import Organisation


class LegalBasis(models.TextChoices):
    CARE_ACT = "care_act", "Care Act 2014: an adult's eligible needs"
    CARER = "carer", "Care Act 2014: a carer's support"
    CHILDREN_ACT = "children_act", "Children Act 1989, section 17"
    SEND = "send", "Children and Families Act 2014: a child or young person with an EHC plan"
    AFTERCARE = "aftercare", "Mental Health Act 1983, section 117: aftercare"


class AgeBand(models.TextChoices):
    UNDER_16 = "under_16", "Under 16"
    FROM_16 = "16_17", "16 or 17"
    FROM_18 = "18_25", "18 to 25"
    FROM_26 = "26_64", "26 to 64"
    FROM_65 = "65_over", "65 or over"


class PaymentRoute(models.TextChoices):
    COUNCIL = "council", "Council-managed"
    DIRECT_PAYMENT = "direct_payment", "Direct payment"
    INDIVIDUAL_FUND = "individual_fund", "Individual service fund"


class PackageState(models.TextChoices):
    DRAFT = "draft", "Draft"
    READY = "ready", "Ready to place"
    CALLED_OFF = "called_off", "In a mini-competition"
    PLACED = "placed", "Placed"
    CLOSED = "closed", "Closed"


S = PackageState
PACKAGE_MOVES = {
    S.DRAFT: [S.READY, S.CLOSED],
    S.READY: [S.DRAFT, S.CALLED_OFF, S.PLACED, S.CLOSED],
    S.CALLED_OFF: [S.READY, S.PLACED],
    S.PLACED: [S.READY, S.CLOSED],
}


@tracked()
class Package(Record):
    """The support that one person needs, without a word that tells who it is (rule 5): outcomes,
    pattern of a week, place, start, budget in pounds a week. Of a team, whose people see it;
    `broker` is whom it was referred to."""

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="packages")
    team = models.ForeignKey(Team, models.PROTECT, related_name="packages")
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="packages")
    reference = models.CharField(max_length=12, unique=True)  # random
    state = models.CharField(choices=PackageState, default=PackageState.DRAFT)
    legal_basis = models.CharField(choices=LegalBasis)
    age_band = models.CharField(choices=AgeBand)
    client_group = models.ForeignKey(ClientGroup, models.PROTECT, related_name="+")
    locality = models.ForeignKey(Locality, models.PROTECT, related_name="+")
    outcomes = models.ManyToManyField(Outcome, related_name="packages")
    need = models.TextField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    weekly_budget = models.DecimalField(max_digits=12, decimal_places=2)
    payment_route = models.CharField(choices=PaymentRoute, default=PaymentRoute.COUNCIL)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    broker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    MOVES = PACKAGE_MOVES

    class Meta:
        triggers = [keeps_to(PACKAGE_MOVES)]
        constraints = [
            one_of("state", PackageState),
            one_of("legal_basis", LegalBasis),
            one_of("age_band", AgeBand),
            one_of("payment_route", PaymentRoute),
            models.CheckConstraint(
                name="package_budget_is_not_negative", condition=Q(weekly_budget__gte=0)
            ),
        ]
        ordering = ["-made_at"]

    def __str__(self):
        return self.reference


@tracked()
class PatternLine(Setting):
    """A part of the support of a week: so many units on a weekday (0 is Monday), or on no day in
    particular, for so many people together."""

    package = models.ForeignKey(Package, models.PROTECT, related_name="pattern")
    position = models.PositiveSmallIntegerField()
    weekday = models.PositiveSmallIntegerField(null=True)
    unit = models.CharField(choices=Unit)
    quantity = models.DecimalField(max_digits=7, decimal_places=2)
    supported = models.PositiveSmallIntegerField(default=1)
    mode = models.CharField(choices=Mode, default=Mode.FACE_TO_FACE)

    class Meta:
        constraints = [
            one_of("unit", Unit),
            one_of("mode", Mode),
            models.CheckConstraint(
                name="pattern_line_is_some_support",
                condition=Q(quantity__gt=0, supported__gte=1)
                & (Q(weekday=None) | Q(weekday__lte=6)),
            ),
        ]
        ordering = ["position"]


class Identity(Envelope):
    """Who the person is, under the package's own key: {"name", "born_on", "address", "nhs_number",
    "contact"}. Every reading is on record, the team's own too. To erase the key is to forget."""

    package = models.OneToOneField(Package, models.PROTECT, related_name="identity")

    class Meta:
        verbose_name_plural = "identities"

    @property
    def sealed_for(self):
        return self.package

    def is_own(self, user) -> bool:
        return False


class Release(Entry):
    """That a provider was given the identity after award: on which lawful basis, by whom. It reads
    it only while the placement lasts."""

    identity = models.ForeignKey(Identity, models.PROTECT, related_name="releases")
    placement = models.ForeignKey("packages.Placement", models.PROTECT, related_name="releases")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    lawful_basis = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Entry.Meta):
        constraints = [
            models.UniqueConstraint(fields=["placement"], name="release_once"),
            models.CheckConstraint(
                name="release_has_a_lawful_basis", condition=~Q(lawful_basis="")
            ),
        ]


class Look(Entry):
    """The reason with which an auditor asked to read an identity. It lets them, that day."""

    identity = models.ForeignKey(Identity, models.PROTECT, related_name="looks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    why = models.TextField()
    on = models.DateField()
    at = models.DateTimeField()

    class Meta(Entry.Meta):
        constraints = [models.CheckConstraint(name="look_has_a_reason", condition=~Q(why=""))]


class Approval(Entry):
    """A budget holder's leave to place a package for up to so many pounds a week, over its
    budget, and why."""

    package = models.ForeignKey(Package, models.PROTECT, related_name="approvals")
    weekly_limit = models.DecimalField(max_digits=12, decimal_places=2)
    why = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Entry.Meta):
        constraints = [
            models.CheckConstraint(name="approval_has_a_reason", condition=~Q(why="")),
        ]
        ordering = ["at"]
