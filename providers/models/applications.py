"""Applications: a draft in sealed sections, and what was submitted."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse

from dps.models import Envelope
from dps.models.base import Entry, Record, keeps_to, one_of, tracked
from lots.models import Lot, Questionnaire, Round, Scheme
from providers.models.organisations import Member, Organisation


class ApplicationState(models.TextChoices):
    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Submitted"
    WITHDRAWN = "withdrawn", "Withdrawn"


MOVES = {
    ApplicationState.DRAFT: [ApplicationState.SUBMITTED],
    ApplicationState.SUBMITTED: [ApplicationState.WITHDRAWN],
    ApplicationState.WITHDRAWN: [ApplicationState.SUBMITTED],
}


class ApplicationQuerySet(models.QuerySet):
    def opened(self, at):
        """What may be read by those who assess: submitted, and its round opened; to open lots,
        from its own submission on (rule 1)."""
        rounds = Round.objects.opened(at).values("pk")
        return self.filter(Q(round__in=rounds) | Q(round=None), state=ApplicationState.SUBMITTED)

    def with_decided(self):
        """Annotate `is_decided`: a decision on each of its lots has taken effect."""
        results = Result.objects.filter(application=OuterRef("pk"))
        lots = Application.lots.through.objects.filter(application=OuterRef("pk"))
        made = Result.objects.filter(application=OuterRef("application"), lot=OuterRef("lot"))
        return self.annotate(is_decided=Exists(results) & ~Exists(lots.exclude(Exists(made))))


@tracked()
class Application(Record):
    """One organisation's answers in one round, or (with no round) to lots that are open at any
    time. Which lots it is for is sealed with the answers until it is opened; `lots` are those of
    one to open lots, from its submission on, when it opens (rule 1)."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="applications")
    round = models.ForeignKey(Round, models.PROTECT, null=True, related_name="applications")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="applications")
    questionnaire = models.ForeignKey(Questionnaire, models.PROTECT, related_name="applications")
    state = models.CharField(choices=ApplicationState, default=ApplicationState.DRAFT)
    started_at = models.DateTimeField()
    lots = models.ManyToManyField(Lot, related_name="applications")

    MOVES = MOVES
    objects = ApplicationQuerySet.as_manager()

    class Meta:
        triggers = [keeps_to(MOVES)]
        constraints = [
            one_of("state", ApplicationState),
            models.UniqueConstraint(fields=["round", "organisation"], name="application_one_each"),
            models.UniqueConstraint(
                fields=["scheme", "organisation"],
                condition=Q(round=None, state=ApplicationState.DRAFT),
                name="application_one_open_draft",
            ),
        ]
        ordering = ["-started_at"]

    def __str__(self):
        return f"{self.organisation} in {self.round or self.scheme.short_title}"

    def get_absolute_url(self):
        return reverse("providers:application", args=[self.pk])


class Section(Envelope):
    """One part of a draft, sealed: a section of the questionnaire, the chosen lots, the services.
    Nobody but the applicant ever reads it."""

    LOTS, SERVICES = "-lots", "-services"  # no section of a questionnaire begins with a dash

    application = models.ForeignKey(Application, models.PROTECT, related_name="sections")
    key = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "key"], name="section_one_each")
        ]
        ordering = ["key"]

    def get_absolute_url(self):
        return reverse("providers:section", args=[self.pk])

    @property
    def sealed_for(self):
        return self.application

    def is_own(self, user) -> bool:
        return is_of(self.application.organisation_id, user)


class SubmissionQuerySet(models.QuerySet):
    def standing(self):
        """The last submission of each application: the one that counts."""
        latest = Submission.objects.filter(application=OuterRef("application")).order_by("-number")
        return self.filter(pk=Subquery(latest.values("pk")[:1]))


class Submission(Envelope, Entry):
    """What was submitted: the answers as they stood, sealed, numbered, with their fingerprint."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="submissions")
    number = models.PositiveSmallIntegerField()
    fingerprint = models.CharField(max_length=64)
    submitted_at = models.DateTimeField()
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = SubmissionQuerySet.as_manager()

    class Meta(Entry.Meta):
        constraints = [
            models.UniqueConstraint(fields=["application", "number"], name="submission_numbered")
        ]
        ordering = ["number"]

    def __str__(self):
        return f"{self.application}, version {self.number}"

    @property
    def sealed_for(self):
        return self.application

    def is_own(self, user) -> bool:
        return is_of(self.application.organisation_id, user)


class Result(Entry):
    """That a decision on one lot of an application took effect: from then on the organisation may
    apply for the lot again, unless it was admitted."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="results")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="results")
    admits = models.BooleanField()
    at = models.DateTimeField()

    class Meta(Entry.Meta):
        constraints = [
            models.UniqueConstraint(fields=["application", "lot"], name="result_one_a_lot")
        ]
        ordering = ["at"]

    def __str__(self):
        return f"{self.application}, lot {self.lot.key}"


def is_of(organisation_id, user) -> bool:
    return organisation_id in Member.objects.organisations(user)
