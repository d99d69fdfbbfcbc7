"""Organisations, and who belongs to them."""

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q

from dps.models.base import Setting, one_of, tracked
from dps.once import once
from lots.models import Size


class LegalForm(models.TextChoices):
    SOLE_TRADER = "sole_trader", "Sole trader"
    PARTNERSHIP = "partnership", "Partnership"
    COMPANY = "company", "Limited company"
    CIC = "cic", "Community interest company"
    CHARITY = "charity", "Charity"
    COOPERATIVE = "cooperative", "Co-operative or society"
    PUBLIC = "public", "Public body"


@tracked("contact_name", "contact_phone")
class Organisation(Setting):
    """Who applies, offers and delivers. `size` is worked out from staff and turnover."""

    name = models.CharField(max_length=200)
    legal_form = models.CharField(choices=LegalForm)
    company_number = models.CharField(max_length=8, blank=True)
    charity_number = models.CharField(max_length=8, blank=True)
    cqc_provider_id = models.CharField(max_length=20, blank=True)
    staff = models.PositiveIntegerField(default=0)  # full-time equivalents
    turnover = models.DecimalField(max_digits=12, decimal_places=2, default=0)  # pounds a year
    size = models.CharField(choices=Size, default=Size.MICRO)
    is_vcse = models.BooleanField(default=False)
    address = models.TextField(blank=True)
    contact_name = models.CharField(max_length=200, blank=True)
    contact_email = models.EmailField(blank=True)
    contact_phone = models.CharField(max_length=40, blank=True)
    registered_at = models.DateTimeField()

    class Meta:
        constraints = [
            one_of("legal_form", LegalForm),
            one_of("size", Size),
            models.UniqueConstraint(
                fields=["company_number"],
                condition=~Q(company_number=""),
                name="organisation_one_each_company_number",
            ),
            models.UniqueConstraint(
                fields=["charity_number"],
                condition=~Q(charity_number=""),
                name="organisation_one_each_charity_number",
            ),
        ]
        ordering = ["name"]

    def __str__(self):
        return self.name


class MemberQuerySet(models.QuerySet):
    def organisations(self, user, is_owner=False, is_signatory=False) -> list[UUID]:
        """Ids of the user's organisations: all, or those that they own or sign for. A request asks
        once."""

        def asked():
            current = self.filter(user=user.pk, left_at=None)
            return list(current.values_list("organisation", "is_owner", "is_signatory"))

        held = once(("members", user.pk), asked) if user.pk else []
        return [
            organisation
            for organisation, owns, signs in held
            if owns >= is_owner and signs >= is_signatory
        ]


@tracked()
class Member(Setting):
    """A person of an organisation. Contributors write; owners act for it; signatories bind it.

    One who has left stays on record, with when.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    is_owner = models.BooleanField(default=False)
    is_signatory = models.BooleanField(default=False)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "user"],
                condition=Q(left_at=None),
                name="member_once",
            )
        ]
        ordering = ["joined_at"]

    def __str__(self):
        return f"{self.user}, {self.organisation}"
