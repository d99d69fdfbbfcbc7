"""The words that a scheme uses for places, activities, people and outcomes."""

from django.db import models

from dps.models.base import Setting, tracked
from lots.models.schemes import Scheme


class Term(Setting):
    """A word of a scheme's own, told apart by its key."""

    key = models.SlugField(max_length=60)
    title = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True
        ordering = ["position", "title"]

    def __str__(self):
        return self.title


def one_each(noun: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(fields=["scheme", "key"], name=f"{noun}_one_each_key")


@tracked()
class Zone(Term):
    """A set of localities that are priced alike."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="zones")

    class Meta(Term.Meta):
        constraints = [one_each("zone")]


@tracked()
class Locality(Term):
    """A district. `column` and `row` are its tile on the scheme's map; `short` is for phones."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="localities")
    zone = models.ForeignKey(Zone, models.PROTECT, null=True, blank=True, related_name="localities")
    short = models.CharField(max_length=12, blank=True)
    column = models.PositiveSmallIntegerField(default=0)
    row = models.PositiveSmallIntegerField(default=0)

    class Meta(Term.Meta):
        constraints = [one_each("locality")]
        verbose_name_plural = "localities"


@tracked()
class Activity(Term):
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="activities")

    class Meta(Term.Meta):
        constraints = [one_each("activity")]
        verbose_name_plural = "activities"


@tracked()
class ClientGroup(Term):
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="client_groups")

    class Meta(Term.Meta):
        constraints = [one_each("client_group")]


@tracked()
class Outcome(Term):
    """What a person may want to be different, from the specification."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="outcomes")
    text = models.TextField(blank=True)

    class Meta(Term.Meta):
        constraints = [one_each("outcome")]
