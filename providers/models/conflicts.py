"""What people declare of their interests in organisations, before they open anything."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from dps.models.base import Entry
from lots.models import Scheme
from providers.models.organisations import Organisation


class DeclarationQuerySet(models.QuerySet):
    def standing(self, user):
        """The user's last declaration for each scheme and organisation: the one that holds."""
        later = Declaration.objects.filter(
            scheme=OuterRef("scheme"),
            organisation=OuterRef("organisation"),
            by=OuterRef("by"),
            number__gt=OuterRef("number"),
        )
        return self.filter(~Exists(later), by=user.pk)


class Declaration(Entry):
    """Whether a person has an interest in an organisation that applies to a scheme or offers under
    it. The last one holds: to change it, make another."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="declarations")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="declarations")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    has_conflict = models.BooleanField()
    details = models.TextField(blank=True)
    at = models.DateTimeField()

    objects = DeclarationQuerySet.as_manager()

    class Meta(Entry.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "organisation", "by", "number"], name="declaration_numbered"
            ),
            models.CheckConstraint(
                name="declaration_says_what_the_conflict_is",
                condition=Q(has_conflict=False) | ~Q(details=""),
            ),
        ]
        ordering = ["at"]

    def __str__(self):
        found = "has an interest" if self.has_conflict else "has no interest"
        return f"{self.by} {found} in {self.organisation}"


def is_clear(user, organisation="organisation", scheme="scheme") -> Q:
    """Rows about an organisation in a scheme in which the user has declared no interest. The
    arguments are the paths to them."""
    return Q(_standing(user, organisation, scheme, has_conflict=False))


def has_conflict(user, organisation="organisation", scheme="scheme") -> Q:
    """Rows about an organisation in a scheme in which the user has declared an interest."""
    return Q(_standing(user, organisation, scheme, has_conflict=True))


def _standing(user, organisation: str, scheme: str, **said):
    held = Declaration.objects.standing(user).filter(
        organisation=OuterRef(organisation), scheme=OuterRef(scheme), **said
    )
    return Exists(held)
