"""Agreements with admitted providers: what was sent, who signed it, and since when it binds."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from awards.models.reports import Report
from dps.models.base import Entry, Record, keeps_to, one_of, tracked
from lots.models import Decision, Lot, Scheme
from providers.models import Organisation


class AgreementState(models.TextChoices):
    DRAFTED = "drafted", "Drafted"
    SENT = "sent", "Sent to be signed"
    SIGNED = "signed", "Signed by the provider"
    IN_FORCE = "in_force", "Sealed, in force"
    ENDED = "ended", "Ended"


S = AgreementState
AGREEMENT_MOVES = {
    S.DRAFTED: [S.SENT, S.ENDED],
    S.SENT: [S.SIGNED, S.DRAFTED, S.ENDED],
    S.SIGNED: [S.IN_FORCE, S.SENT, S.ENDED],
    S.IN_FORCE: [S.ENDED],
}


@tracked()
class Agreement(Record):
    """The contract with a provider for the lots that a report admits it to, from and until a day
    (both included). No placement starts under one that is not in force."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="agreements")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="agreements")
    report = models.ForeignKey(Report, models.PROTECT, null=True, related_name="agreements")
    lots = models.ManyToManyField(Lot, related_name="agreements")
    reference = models.CharField(max_length=40, unique=True)
    state = models.CharField(choices=AgreementState, default=AgreementState.DRAFTED)
    from_on = models.DateField()
    until_on = models.DateField()
    drafted_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    in_force_at = models.DateTimeField(null=True)
    sealed_under = models.ForeignKey(Decision, models.PROTECT, null=True, related_name="+")

    MOVES = AGREEMENT_MOVES

    class Meta:
        triggers = [keeps_to(AGREEMENT_MOVES)]
        constraints = [
            one_of("state", AgreementState),
            models.UniqueConstraint(fields=["report", "organisation"], name="agreement_once"),
            models.CheckConstraint(
                name="agreement_ends_after_it_begins", condition=Q(until_on__gte=F("from_on"))
            ),
            models.CheckConstraint(
                name="agreement_in_force_is_dated",
                condition=~Q(state=S.IN_FORCE) | Q(in_force_at__isnull=False),
            ),
        ]
        ordering = ["organisation__name", "reference"]

    def __str__(self):
        return f"{self.reference}: {self.organisation}"


class AgreementText(Entry):
    """The document, as it stood: its contents and their SHA-256 fingerprint (hex). Both sides sign
    the same fingerprint. The last number holds."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    contents = models.JSONField()
    fingerprint = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta(Entry.Meta):
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="agreement_text_numbered")
        ]
        ordering = ["number"]

    def __str__(self):
        return f"{self.agreement}, version {self.number}"


class Side(models.TextChoices):
    PROVIDER = "provider", "Provider"
    AUTHORITY = "authority", "Authority"


class Signature(Entry):
    """One side's signature of a version: who, in which role, when, and the fingerprint of the very
    document that was shown. `seal_number` is the entry in the authority's seal register."""

    version = models.ForeignKey(AgreementText, models.PROTECT, related_name="signatures")
    side = models.CharField(choices=Side)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    seal_number = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()

    class Meta(Entry.Meta):
        constraints = [
            one_of("side", Side),
            models.UniqueConstraint(fields=["version", "side"], name="signature_one_a_side"),
        ]
        ordering = ["at"]
