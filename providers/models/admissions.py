"""An organisation's standing on a lot."""

from django.db import models
from django.db.models import F, Q

from dps.models.base import Record, keeps_to, one_of, tracked
from lots.models import Decision, Lot, Scheme
from providers.models.applications import Application
from providers.models.organisations import Organisation


class AdmissionState(models.TextChoices):
    ADMITTED = "admitted", "Admitted"
    SUSPENDED = "suspended", "Suspended"
    REMOVED = "removed", "Removed"
    LEFT = "left", "Left"
    ENDED = "ended", "Ended"


S = AdmissionState
ADMISSION_MOVES = {
    S.ADMITTED: [S.SUSPENDED, S.REMOVED, S.LEFT, S.ENDED],
    S.SUSPENDED: [S.ADMITTED, S.REMOVED, S.LEFT, S.ENDED],
}


class AdmissionQuerySet(models.QuerySet):
    def standing(self):
        """Those that are on the register: admitted, or suspended for a time."""
        return self.filter(state__in=[S.ADMITTED, S.SUSPENDED])

    def in_force(self, on):
        """Those under which placements may start on a day: admitted, not suspended, with an
        agreement that both sides have signed and that covers the day."""
        covers = Q(agreement_until=None) | Q(agreement_until__gte=on)
        return self.filter(covers, state=S.ADMITTED, agreement_from__lte=on)


@tracked()
class Admission(Record):
    """That an organisation is on a lot, since when, under which decision, and on which agreement.

    `agreement_reference`, `agreement_from` and `agreement_until` (both included) are written when
    an agreement comes into force; before that nothing may be placed.
    """

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="admissions")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="admissions")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="admissions")
    state = models.CharField(choices=AdmissionState, default=AdmissionState.ADMITTED)
    admitted_at = models.DateTimeField()
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="admissions")
    application = models.ForeignKey(
        Application, models.PROTECT, null=True, related_name="admissions"
    )
    ended_at = models.DateTimeField(null=True)
    agreement_reference = models.CharField(max_length=40, blank=True)
    agreement_from = models.DateField(null=True)
    agreement_until = models.DateField(null=True)

    MOVES = ADMISSION_MOVES
    objects = AdmissionQuerySet.as_manager()

    class Meta:
        triggers = [keeps_to(ADMISSION_MOVES)]
        constraints = [
            one_of("state", AdmissionState),
            models.UniqueConstraint(
                fields=["lot", "organisation"],
                condition=Q(state__in=[S.ADMITTED, S.SUSPENDED]),
                name="admission_one_standing",
            ),
            models.CheckConstraint(
                name="admission_agreement_ends_after_it_begins",
                condition=Q(agreement_until=None) | Q(agreement_until__gte=F("agreement_from")),
            ),
            models.CheckConstraint(
                name="admission_agreement_has_a_reference",
                condition=Q(agreement_from=None) | ~Q(agreement_reference=""),
            ),
        ]
        ordering = ["organisation__name", "lot__position"]

    def __str__(self):
        return f"{self.organisation} on {self.lot}"
