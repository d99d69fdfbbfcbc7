"""Award reports: who is admitted, in a part for everyone and an exempt appendix."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from dps.models.base import Entry, Record, keeps_to, one_of, tracked
from lots.models import Decision, Round, Scheme


class ReportState(models.TextChoices):
    DRAFT = "draft", "Draft"
    FINAL = "final", "Final, to be decided"
    EFFECTIVE = "effective", "In effect"
    ABANDONED = "abandoned", "Abandoned"


S = ReportState
REPORT_MOVES = {
    S.DRAFT: [S.FINAL, S.ABANDONED],
    S.FINAL: [S.DRAFT, S.EFFECTIVE, S.ABANDONED],
}


@tracked()
class Report(Record):
    """The award report of a round or, with no round, of a batch of decided applications to open
    lots. Its evaluations are those that name it; the last version is the report."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="reports")
    round = models.ForeignKey(Round, models.PROTECT, null=True, related_name="reports")
    title = models.CharField(max_length=200)
    state = models.CharField(choices=ReportState, default=ReportState.DRAFT)
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, related_name="reports")
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    effective_at = models.DateTimeField(null=True)

    MOVES = REPORT_MOVES

    class Meta:
        triggers = [keeps_to(REPORT_MOVES)]
        constraints = [
            one_of("state", ReportState),
            models.UniqueConstraint(
                fields=["decision"], condition=~Q(state=S.ABANDONED), name="report_one_a_decision"
            ),
            models.CheckConstraint(
                name="report_in_effect_has_a_decision",
                condition=~Q(state=S.EFFECTIVE)
                | Q(decision__isnull=False, effective_at__isnull=False),
            ),
        ]
        ordering = ["-started_at"]

    def __str__(self):
        return self.title


class ReportText(Entry):
    """The report as it was written at an instant.

    `public` is {"headings": [{"title", "text", "tables": [{"caption", "head", "rows"}]}]}; it names
    no applicant. The last number holds.
    """

    report = models.ForeignKey(Report, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    public = models.JSONField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta(Entry.Meta):
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="report_text_numbered")
        ]
        ordering = ["number"]

    def __str__(self):
        return f"{self.report}, version {self.number}"


class Appendix(Entry):
    """The exempt appendix of a version, in a table of its own: what shows the public part never
    reads it (Local Government Act 1972, schedule 12A, paragraph 3).

    `contents` is {"applicants": [{"organisation_id", "organisation", "lot", "admits", "score",
    "reasons", "marks", "services"}]}.
    """

    version = models.OneToOneField(ReportText, models.PROTECT, related_name="appendix")
    contents = models.JSONField()

    class Meta(Entry.Meta):
        verbose_name_plural = "appendices"

    def __str__(self):
        return f"{self.version}, exempt appendix"
