import django_tables2 as tables
from django.template.loader import render_to_string
from django.urls import reverse

from dps.words import uk_instant
from providers.models import Application, Submission


class ApplicationTable(tables.Table):
    name = tables.Column(
        verbose_name="Application",
        accessor="pk",
        order_by=("scheme__title", "round__title"),
        linkify=lambda record: record.get_absolute_url(),
    )
    state = tables.Column()
    deadline = tables.Column(default="None: open at any time")
    times_submitted = tables.Column(
        verbose_name="Times submitted", attrs={"td": {"class": "num"}, "th": {"class": "num"}}
    )

    class Meta:
        model = Application
        fields = ["name", "organisation", "state", "deadline", "times_submitted"]
        empty_text = "No applications yet. What takes applications now is on your first page."

    def render_name(self, record):
        return f"{record.scheme.short_title}: {record.round.title if record.round else 'open lots'}"

    def render_state(self, record):
        return render_to_string("components/tag.html", {"record": record})

    def render_deadline(self, value):
        return uk_instant(value)


class SubmissionTable(tables.Table):
    """What may be read, in the workplace."""

    organisation = tables.Column(
        accessor="application__organisation",
        linkify=lambda record: reverse("admin:reading_pane", args=[record.pk]),
    )
    scheme = tables.Column(verbose_name="Scheme", accessor="application__scheme__short_title")
    round = tables.Column(accessor="application__round", default="Open lots")
    number = tables.Column(
        verbose_name="Version", attrs={"td": {"class": "num"}, "th": {"class": "num"}}
    )
    submitted_at = tables.Column(verbose_name="Submitted")

    class Meta:
        model = Submission
        fields = ["organisation", "scheme", "round", "number", "submitted_at"]
        empty_text = (
            "Nothing to read yet. Applications come here when their round has closed and been "
            "opened; those to open lots as they are submitted."
        )

    def render_submitted_at(self, value):
        return uk_instant(value)
