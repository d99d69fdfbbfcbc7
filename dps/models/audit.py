from collections.abc import Collection

from django.conf import settings
from django.db import connection, models

from dps.models.base import Entry
from dps.told import spoken


class AboutQuerySet(models.QuerySet):
    def kinds(self, among: Collection[str]) -> set[str]:
        """Those kinds of subject that there is an entry about. One look into the index for each."""
        table = connection.ops.quote_name(self.model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT kind FROM unnest(%s) AS kind"  # noqa: S608 (our own table's name)
                f" WHERE EXISTS (SELECT FROM {table} WHERE subject_kind = kind)",
                [list(among)],
            )
            return {kind for [kind] in cursor.fetchall()}


class About(Entry):
    """An entry about a thing of any kind: by whom, when and why."""

    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    subject_kind = models.CharField(max_length=100)
    subject_id = models.UUIDField()
    why = models.TextField(blank=True)

    objects = AboutQuerySet.as_manager()

    class Meta(Entry.Meta):
        abstract = True
        indexes = [models.Index(fields=["subject_kind", "subject_id", "at"])]
        ordering = ["at", "id"]


class Event(About):
    """One line of the audit trail: who did what to which thing, when and why."""

    verb = models.CharField(max_length=200)
    data = models.JSONField(default=dict)

    def __str__(self):
        return spoken(self.verb)


class Excepted(About):
    """An exception to a rule, and its reason. All of them are one register."""

    rule = models.CharField(max_length=100)

    class Meta(About.Meta):
        verbose_name = "exception"
        constraints = [
            models.CheckConstraint(name="exception_has_a_reason", condition=~models.Q(why=""))
        ]

    def __str__(self):
        return f"Exception to {self.rule.replace('_', ' ')}"
