from uuid import uuid4

from django.db import models


class SealingKey(models.Model):
    """The key of a procedure (a round, a call-off), or of one application or offer in it.

    Has the id of what it seals for. Neither record nor entry: rotation writes `wrapped` anew, the
    opening of a procedure fills `plain`, and to delete the row is to erase what it sealed.
    """

    id = models.UUIDField(primary_key=True)
    within = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    wrapped = models.BinaryField()
    plain = models.BinaryField(null=True)


class Envelope(models.Model):
    """Sealed contents, at a revision. A subclass gives `sealed_for` (an application, an offer) and
    `is_own(user)`: whether a reading by that user goes without a record."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    revision = models.PositiveIntegerField(default=1)
    sealed = models.BinaryField()

    class Meta:
        abstract = True
