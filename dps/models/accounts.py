"""Who signs in, where they work, and what they may do there from when until when."""

from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from dps.clock import today
from dps.models.base import Random, Setting, one_of, tracked
from dps.once import once

THE_SYSTEM = "system@dps.invalid"


class Role(models.TextChoices):
    COMMISSIONER = "commissioner", "Commissioner"
    EVALUATOR = "evaluator", "Evaluator"
    MODERATOR = "moderator", "Moderator"
    APPROVER = "approver", "Approver"
    CONTRACT_MANAGER = "contract_manager", "Contract manager"
    LEGAL_OFFICER = "legal_officer", "Legal officer"
    BROKER = "broker", "Broker"
    PRACTITIONER = "practitioner", "Practitioner"
    BUDGET_HOLDER = "budget_holder", "Budget holder"
    FINANCE = "finance", "Finance"
    AUDITOR = "auditor", "Auditor"
    ADMINISTRATOR = "administrator", "Administrator"


class UserManager(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)


class User(Random, AbstractBaseUser, PermissionsMixin):
    """Someone who signs in, or the system itself. `is_superuser` opens nothing here."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(null=True)

    objects = UserManager()
    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_one_each_email")]

    def __str__(self):
        return self.name or self.email

    @property
    def is_the_system(self) -> bool:
        return self.email == THE_SYSTEM


@tracked()
class Authority(Setting):
    """A council that takes part in schemes. Its look is data: name, colour, logo."""

    name = models.CharField(max_length=200, unique=True)
    slug = models.SlugField(unique=True)
    colour = models.CharField(max_length=7, default="#12494f")
    contact_email = models.EmailField(blank=True)

    class Meta:
        verbose_name_plural = "authorities"
        ordering = ["name"]

    def __str__(self):
        return self.name


class Directorate(models.TextChoices):
    ADULTS = "adults", "Adults"
    CHILDREN = "children", "Children"


@tracked()
class Team(Setting):
    """A team of an authority: its people see the packages of the team."""

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="teams")
    name = models.CharField(max_length=200)
    directorate = models.CharField(choices=Directorate, default=Directorate.ADULTS)

    class Meta:
        constraints = [
            one_of("directorate", Directorate),
            models.UniqueConstraint(fields=["authority", "name"], name="team_one_each_name"),
        ]
        ordering = ["name"]

    def __str__(self):
        return self.name


class GrantQuerySet(models.QuerySet):
    def in_force(self, on=None):
        """Grants that hold on a day (today's, unless told): the first and last day included."""
        on = on or today()
        return self.filter(Q(until_on=None) | Q(until_on__gte=on), from_on__lte=on)

    def authorities(self, user, *roles) -> list[UUID]:
        """Ids of the authorities in which the user holds one of the roles (any, if none named)."""
        return _each(authority for authority, _ in self._held(user, roles))

    def teams(self, user, *roles) -> list[UUID]:
        """Ids of the teams for which the user holds one of the roles."""
        return _each(team for _, team in self._held(user, roles) if team)

    def whole_authorities(self, user, *roles) -> list[UUID]:
        """Ids of the authorities for all of whose teams the user holds one of the roles."""
        return _each(authority for authority, team in self._held(user, roles) if not team)

    def _held(self, user, roles):
        """(authority, team or none) of each grant of the user that holds today: a request asks
        once."""

        def asked():
            grants = self.in_force().filter(user=user.pk)
            return list(grants.values_list("role", "authority", "team"))

        held = once(("grants", user.pk), asked) if user.pk else []
        return [(authority, team) for role, authority, team in held if not roles or role in roles]


def _each(ids) -> list[UUID]:
    return list(dict.fromkeys(ids))


@tracked()
class Grant(Setting):
    """A role in an authority, and perhaps a team, from a day and perhaps until one.

    Never deleted: who held which role on any past date stays known. To end it is to date it.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="grants")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="grants")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="grants")
    role = models.CharField(choices=Role)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = GrantQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of("role", Role),
            models.CheckConstraint(
                name="grant_ends_after_it_begins",
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")),
            ),
        ]
        indexes = [models.Index(fields=["user", "role"])]

    def __str__(self):
        return f"{self.user}, {self.get_role_display()}"


def the_system() -> User:
    """Who acts when the clock does. Policies answer for it as for anyone."""
    return User.objects.get_or_create(email=THE_SYSTEM, defaults={"name": "The system"})[0]
