"""Mini-competitions: what was published to whom, and the offers."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from dps.models import Envelope
from dps.models.base import Entry, Record, keeps_to, one_of, tracked
from lots.models import Lot, Procedure, Question, Questionnaire
from lots.models.procedures import ProcedureQuerySet
from packages.models.packages import Package
from providers.models import Admission, Member, Organisation


class CallOffQuerySet(ProcedureQuerySet):
    def taking_offers(self, at):
        """Those that are published and not past their deadline."""
        begun = self.with_deadline().filter(state__in=["published", "open"], opens_at__lte=at)
        return begun.filter(deadline__gte=at)


@tracked()
class CallOff(Procedure):
    """The buying of a package by mini-competition. `published` is what every provider was shown:
    {"reference", "need", "outcomes", "pattern", "locality", "client_group", "age_band",
    "starts_on", "ends_on", "weekly_budget", "notice_words"}; `quality_weight` is per cent, price
    has the rest. Where `preference_decides`, the person chooses among the offers that qualify."""

    package = models.ForeignKey(Package, models.PROTECT, related_name="call_offs")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="call_offs")
    questionnaire = models.ForeignKey(Questionnaire, models.PROTECT, related_name="call_offs")
    quality_weight = models.DecimalField(max_digits=5, decimal_places=2)
    weekly_budget = models.DecimalField(max_digits=12, decimal_places=2)
    preference_decides = models.BooleanField(default=True)
    published = models.JSONField(default=dict)

    objects = CallOffQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="call_off_quality_weight_of_100",
                condition=Q(quality_weight__gte=0, quality_weight__lte=100),
            )
        ]
        verbose_name = "call-off"
        ordering = ["-opens_at"]


class Invitation(Entry):
    """That an admitted provider was invited to a call-off, or why it was not: `withheld` quotes the
    clause. The list is made of the register at the instant of publishing, nobody is taken out by
    hand (PCR 2015 reg. 34(21); rule 3)."""

    call_off = models.ForeignKey(CallOff, models.PROTECT, related_name="invitations")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="invitations")
    admission = models.ForeignKey(Admission, models.PROTECT, related_name="+")
    withheld = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta(Entry.Meta):
        constraints = [
            models.UniqueConstraint(fields=["call_off", "organisation"], name="invitation_once")
        ]
        ordering = ["organisation__name"]


class DeclineReason(models.TextChoices):
    FULL = "full", "We have no place free"
    STAFF = "staff", "We have not the staff for it"
    PLACE = "place", "It is too far from where we work"
    NEED = "need", "We cannot meet this need"
    PRICE = "price", "The budget does not cover our rate"
    TIME = "time", "There was not enough time to offer, or to start"
    OTHER = "other", "Another reason"


class Decline(Entry):
    """That an invited provider said it will not offer, and why, in a word from the list: it lies
    open, so it holds nothing that was written. Until the deadline nobody else is shown it, and it
    may offer all the same."""

    call_off = models.ForeignKey(CallOff, models.PROTECT, related_name="declines")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="declines")
    reason = models.CharField(choices=DeclineReason)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Entry.Meta):
        constraints = [
            one_of("reason", DeclineReason),
            models.UniqueConstraint(fields=["call_off", "organisation"], name="decline_once"),
        ]
        ordering = ["organisation__name"]


class Marker(Entry):
    """A named person who marks the offers of a call-off."""

    call_off = models.ForeignKey(CallOff, models.PROTECT, related_name="markers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Entry.Meta):
        constraints = [models.UniqueConstraint(fields=["call_off", "user"], name="marker_once")]


class OfferState(models.TextChoices):
    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Submitted"
    WITHDRAWN = "withdrawn", "Withdrawn"


OFFER_MOVES = {
    OfferState.DRAFT: [OfferState.SUBMITTED],
    OfferState.SUBMITTED: [OfferState.WITHDRAWN],
    OfferState.WITHDRAWN: [OfferState.SUBMITTED],
}


class OfferQuerySet(models.QuerySet):
    def opened(self, at):
        """Offers that may be read: submitted, and their call-off's deadline has passed."""
        call_offs = CallOff.objects.opened(at).values("pk")
        return self.filter(call_off__in=call_offs, state=OfferState.SUBMITTED)

    def standing(self):
        """Those that were submitted and not withdrawn."""
        return self.filter(state=OfferState.SUBMITTED)


@tracked()
class Offer(Record):
    """One provider's response to a call-off."""

    call_off = models.ForeignKey(CallOff, models.PROTECT, related_name="offers")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="offers")
    state = models.CharField(choices=OfferState, default=OfferState.DRAFT)
    started_at = models.DateTimeField()

    MOVES = OFFER_MOVES
    objects = OfferQuerySet.as_manager()

    class Meta:
        triggers = [keeps_to(OFFER_MOVES)]
        constraints = [
            one_of("state", OfferState),
            models.UniqueConstraint(fields=["call_off", "organisation"], name="offer_one_each"),
        ]
        ordering = ["-started_at"]

    def __str__(self):
        return f"{self.organisation}, {self.call_off}"

    def get_absolute_url(self):
        return reverse("packages:call_off", args=[self.call_off_id])


def _is_of(organisation_id, user) -> bool:
    return organisation_id in Member.objects.organisations(user)


class OfferDraft(Envelope):
    """What a provider is writing: {"answers", "service", "lines"}. Nobody else reads it."""

    offer = models.OneToOneField(Offer, models.PROTECT, related_name="draft")

    @property
    def sealed_for(self):
        return self.offer

    def is_own(self, user) -> bool:
        return _is_of(self.offer.organisation_id, user)


class OfferSubmissionQuerySet(models.QuerySet):
    def standing(self):
        """The last submission of each offer: the one that counts."""
        later = OfferSubmission.objects.filter(
            offer=OuterRef("offer"), number__gt=OuterRef("number")
        )
        return self.filter(~Exists(later))


class OfferSubmission(Envelope, Entry):
    """What was offered, sealed, numbered, with its fingerprint."""

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="submissions")
    number = models.PositiveSmallIntegerField()
    fingerprint = models.CharField(max_length=64)
    submitted_at = models.DateTimeField()
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = OfferSubmissionQuerySet.as_manager()

    class Meta(Entry.Meta):
        constraints = [
            models.UniqueConstraint(fields=["offer", "number"], name="offer_submission_numbered")
        ]
        ordering = ["number"]

    @property
    def sealed_for(self):
        return self.offer

    def is_own(self, user) -> bool:
        return _is_of(self.offer.organisation_id, user)


class OfferMark(Entry):
    """The mark that a named person gave an answer of an offer, with the reason. The last number
    holds."""

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="marks")
    question = models.ForeignKey(Question, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    mark = models.PositiveSmallIntegerField()
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Entry.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["offer", "question", "number"], name="offer_mark_numbered"
            ),
            models.CheckConstraint(name="offer_mark_of_five", condition=Q(mark__lte=5)),
            models.CheckConstraint(name="offer_mark_has_a_reason", condition=~Q(reason="")),
        ]
        ordering = ["question__section__position", "question__position", "number"]


class Ranking(Entry):
    """The offers of a call-off ranked by its published weights, once all are marked: the rows as
    they came out, best first. Never worked out again: the award and the letters quote it."""

    call_off = models.OneToOneField(CallOff, models.PROTECT, related_name="ranking")
    rows = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Capacity(models.TextChoices):
    PERSON = "person", "The person"
    ADVOCATE = "advocate", "The person, with an advocate"
    ATTORNEY = "attorney", "An attorney or deputy"
    PARENT = "parent", "A parent, for a child"
    BEST_INTERESTS = "best_interests", "A best-interests decision"


class Preference(Entry):
    """What the person preferred among the offers that qualify, as whom it was said, and why. No
    offer: no preference. `family` is what relatives wished: on record, it decides nothing. The last
    number holds."""

    call_off = models.ForeignKey(CallOff, models.PROTECT, related_name="preferences")
    offer = models.ForeignKey(Offer, models.PROTECT, null=True, related_name="+")
    number = models.PositiveSmallIntegerField()
    capacity = models.CharField(choices=Capacity)
    why = models.TextField()
    decided_on = models.DateField(null=True)
    took_part = models.TextField(blank=True)
    family = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Entry.Meta):
        constraints = [
            one_of("capacity", Capacity),
            models.UniqueConstraint(fields=["call_off", "number"], name="preference_numbered"),
            models.CheckConstraint(name="preference_has_a_reason", condition=~Q(why="")),
            models.CheckConstraint(
                name="preference_best_interests_is_dated",
                condition=~Q(capacity=Capacity.BEST_INTERESTS)
                | Q(decided_on__isnull=False) & ~Q(took_part=""),
            ),
        ]
        ordering = ["number"]


class NoAward(Entry):
    """That nothing was awarded on a call-off, and why."""

    call_off = models.OneToOneField(CallOff, models.PROTECT, related_name="no_award")
    why = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Entry.Meta):
        constraints = [models.CheckConstraint(name="no_award_has_a_reason", condition=~Q(why=""))]
