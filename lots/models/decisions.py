"""Formal decisions, and the acts that each authorises."""

from functools import reduce
from operator import or_

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from dps.models import Authority
from dps.models.base import Entry, Record, keeps_to, one_of, tracked
from lots.models.lots import Lot
from lots.models.schemes import Scheme


class DecisionState(models.TextChoices):
    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "On the forward plan"
    CONSIDERED = "considered", "Considered"
    SIGNED = "signed", "Signed"
    CALLED_IN = "called_in", "Called in"
    EFFECTIVE = "effective", "Effective"
    WITHDRAWN = "withdrawn", "Withdrawn"


class DecisionKind(models.TextChoices):
    KEY = "key", "Key decision of a member"
    MEMBER = "member", "Decision of a member"
    OFFICER = "officer", "Officer decision under delegation"


class Act(models.TextChoices):
    ESTABLISH = "establish", "Establish"
    REOPEN = "reopen", "Re-open"
    AWARD = "award", "Award"
    SEAL = "seal", "Seal"


S = DecisionState
DECISION_MOVES = {
    S.DRAFT: [S.PUBLISHED, S.CONSIDERED, S.SIGNED, S.WITHDRAWN],
    S.PUBLISHED: [S.CONSIDERED, S.SIGNED, S.WITHDRAWN],
    S.CONSIDERED: [S.SIGNED, S.WITHDRAWN],
    S.SIGNED: [S.CALLED_IN, S.EFFECTIVE],
    S.CALLED_IN: [S.SIGNED, S.WITHDRAWN],
}


def stands_once_taken(*written: str) -> pgtrigger.Trigger:
    """What a decision says stays as it was signed (rule 8)."""
    changed = reduce(
        or_, (pgtrigger.Q(**{f"old__{n}__df": pgtrigger.F(f"new__{n}")}) for n in written)
    )
    taken = [S.SIGNED.value, S.CALLED_IN.value, S.EFFECTIVE.value]
    return pgtrigger.Protect(
        name="stands_once_taken",
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__state__in=taken) & changed,
    )


class DecisionQuerySet(models.QuerySet):
    def effective(self, at):
        """Decisions that bind: signed, not called in, and their effective instant has come."""
        return self.filter(state__in=[S.SIGNED, S.EFFECTIVE], effective_at__lte=at)

    def covering(self, act, lot, on, at):
        """Effective decisions that authorise an act for a lot (or its id) on a day."""
        covers = Authorisation.objects.covering(act, on).filter(lot=lot)
        return self.effective(at).filter(pk__in=covers.values("decision"))


@tracked()
class Decision(Record):
    """A record of decision, with the fields that a council publishes."""

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="decisions")
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="decisions")
    number = models.CharField(max_length=40)
    title = models.CharField(max_length=300)
    kind = models.CharField(choices=DecisionKind, default=DecisionKind.KEY)
    decision_maker = models.CharField(max_length=200)
    in_consultation_with = models.CharField(max_length=200, blank=True)
    decision = models.TextField()
    reasons = models.TextField(blank=True)
    financial_implications = models.TextField(blank=True)
    legal_implications = models.TextField(blank=True)
    equality_implications = models.TextField(blank=True)
    data_protection_implications = models.TextField(blank=True)
    consultation = models.TextField(blank=True)
    alternatives = models.TextField(blank=True)
    interests = models.TextField(blank=True)
    is_for_publication = models.BooleanField(default=True)
    delegation = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="delegated"
    )  # the standing delegation that an officer decides under
    state = models.CharField(choices=DecisionState, default=DecisionState.DRAFT)
    published_on = models.DateField(null=True)
    considered_on = models.DateField(null=True)
    recommendations = models.TextField(blank=True)
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    effective_at = models.DateTimeField(null=True)

    MOVES = DECISION_MOVES
    objects = DecisionQuerySet.as_manager()

    class Meta:
        triggers = [
            keeps_to(DECISION_MOVES),
            stands_once_taken(
                "number",
                "title",
                "kind",
                "decision_maker",
                "in_consultation_with",
                "decision",
                "reasons",
                "financial_implications",
                "legal_implications",
                "equality_implications",
                "data_protection_implications",
                "consultation",
                "alternatives",
                "interests",
                "recommendations",
                "delegation",
                "signed_at",
                "signed_by",
            ),
        ]
        constraints = [
            one_of("state", DecisionState),
            one_of("kind", DecisionKind),
            models.UniqueConstraint(
                fields=["authority", "number"], name="decision_one_each_number"
            ),
            models.CheckConstraint(
                name="decision_signed_is_dated",
                condition=~Q(state__in=[S.SIGNED, S.EFFECTIVE])
                | Q(signed_at__isnull=False, effective_at__isnull=False),
            ),
        ]
        ordering = ["-signed_at", "number"]

    def __str__(self):
        return f"{self.number}: {self.title}"


class AuthorisationQuerySet(models.QuerySet):
    def covering(self, act, on):
        return self.filter(Q(until_on=None) | Q(until_on__gte=on), act=act, from_on__lte=on)


class Authorisation(Entry):
    """An act that a decision authorises, for one lot, on the days from and until (both included).

    `is_standing` marks a delegation under which officers may act again and again.
    """

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="authorisations")
    act = models.CharField(choices=Act)
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="+")
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    is_standing = models.BooleanField(default=False)

    objects = AuthorisationQuerySet.as_manager()

    class Meta(Entry.Meta):
        constraints = [
            one_of("act", Act),
            models.UniqueConstraint(
                fields=["decision", "act", "lot", "from_on"], name="authorisation_once"
            ),
        ]
        ordering = ["act", "lot__position"]
