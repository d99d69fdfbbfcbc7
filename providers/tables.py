import django_tables2 as tables
from django.template.loader import render_to_string
from django.urls import reverse

from dps.words import short_date, uk_date, uk_instant
from providers.models import Application, Return, ReturnPeriod, Service, Submission

DECIDED = {"word": "Decided", "kind": "", "shape": "tick"}
FIGURES = {"td": {"class": "num"}, "th": {"class": "num"}}


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
        if record.is_decided:
            return render_to_string("components/tag.html", DECIDED)
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


class ReturnTable(tables.Table):
    """What a provider owes and has filed."""

    period = tables.Column(
        verbose_name="Return",
        accessor="pk",
        order_by=("until_on", "scheme__title"),
        linkify=lambda record: record.get_absolute_url(),
    )
    due = tables.TemplateColumn(
        template_name="providers/return_due.html",
        verbose_name="Due or filed",
        order_by=("due_on", "filed_at"),
    )

    class Meta:
        model = Return
        fields = ["period", "organisation", "due", "state"]
        empty_text = (
            "No returns yet. The first comes when a month, quarter or year is over in which you "
            "stood on a lot with indicators."
        )

    def render_period(self, record):
        return f"{record.scheme.short_title}: {record.period}"

    def render_state(self, record):
        return render_to_string("components/tag.html", {"record": record})


class PeriodTable(tables.Table):
    """Who has filed, period by period, in the workplace."""

    period = tables.Column(
        accessor="pk",
        order_by=("until_on", "frequency"),
        linkify=lambda record: reverse("admin:kpi", args=[record.pk]),
    )
    scheme = tables.Column(accessor="scheme__short_title", verbose_name="Scheme")
    due_on = tables.Column(verbose_name="Due")
    asked = tables.Column(verbose_name="Asked", attrs=FIGURES)
    filed = tables.Column(verbose_name="Filed", attrs=FIGURES)
    overdue = tables.Column(verbose_name="Overdue", attrs=FIGURES)

    class Meta:
        model = ReturnPeriod
        fields = ["period", "scheme", "frequency", "due_on", "asked", "filed", "overdue"]
        empty_text = (
            "No returns yet. They are asked for by themselves when a month, quarter or year is "
            "over in which a provider stood admitted to a lot with indicators."
        )

    def render_period(self, record):
        return str(record)

    def render_due_on(self, value):
        return uk_date(value)


class ServiceTable(tables.Table):
    """The services that an organisation keeps on the register."""

    name = tables.Column(
        verbose_name="Service",
        linkify=lambda record: reverse("providers:service", args=[record.pk]),
    )
    scheme = tables.Column(accessor="scheme__short_title", verbose_name="Scheme")
    state = tables.Column()
    capacity = tables.Column(
        verbose_name="People at a time", attrs={"td": {"class": "num"}, "th": {"class": "num"}}
    )
    vacancies_confirmed_at = tables.Column(verbose_name="Vacancies confirmed", default="Never")

    class Meta:
        model = Service
        fields = ["name", "scheme", "state", "capacity", "vacancies_confirmed_at"]
        empty_text = "No services yet. Those of your application come here once you are admitted."

    def render_state(self, record):
        return render_to_string("components/tag.html", {"record": record})

    def render_vacancies_confirmed_at(self, value, record):
        return f"{record.vacancies}, on {short_date(value)}"
