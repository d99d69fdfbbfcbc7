import django_tables2 as tables
from django.template.loader import render_to_string
from django.urls import reverse

from awards.models import Agreement, AgreementState, Evaluation, Report
from dps.words import short_date


class AgreementTable(tables.Table):
    """The agreements of a person's organisations."""

    reference = tables.Column(
        verbose_name="Agreement",
        linkify=lambda record: reverse("awards:agreement", args=[record.pk]),
    )
    lots = tables.Column(accessor="pk", verbose_name="Lots", orderable=False)
    dated = tables.Column(accessor="sent_at", verbose_name="Since")

    class Meta:
        model = Agreement
        fields = ["reference", "organisation", "scheme", "lots", "state", "dated"]
        empty_text = (
            "No agreements yet. Once your organisation is admitted to a lot, the council sends one "
            "to sign."
        )

    def render_scheme(self, record):
        return record.scheme.short_title

    def render_lots(self, record):
        return ", ".join(lot.key for lot in record.lots.all())

    def render_state(self, record):
        if record.state == AgreementState.SENT:
            look = {"word": "To be signed", "kind": "warn", "shape": "look"}
            return render_to_string("components/tag.html", look)
        return render_to_string("components/tag.html", {"record": record})

    def render_dated(self, record):
        return short_date(record.in_force_at or record.sent_at)


class ResultTable(tables.Table):
    """The decisions on the applications of a person's organisations."""

    lot = tables.Column(
        accessor="lot", linkify=lambda record: reverse("awards:result", args=[record.pk])
    )
    organisation = tables.Column(accessor="application__organisation")
    scheme = tables.Column(accessor="application__scheme__short_title", verbose_name="Scheme")
    admits = tables.Column(verbose_name="Outcome")
    decided = tables.Column(accessor="report__effective_at", verbose_name="In effect since")

    class Meta:
        model = Evaluation
        prefix = "result-"
        attrs = {"of": "decisions"}
        fields = ["lot", "organisation", "scheme", "admits", "decided"]
        empty_text = "No decisions yet. Once one has taken effect, it is here with your marks."

    def render_admits(self, value):
        admitted = {"word": "Admitted", "kind": "go", "shape": "tick"}
        refused = {"word": "Not admitted", "kind": "", "shape": "dash"}
        return render_to_string("components/tag.html", admitted if value else refused)

    def render_decided(self, value):
        return short_date(value)


class ReportTable(tables.Table):
    """Award reports whose public part is out."""

    title = tables.Column(
        verbose_name="Report", linkify=lambda record: reverse("awards:report", args=[record.pk])
    )
    scheme = tables.Column(accessor="scheme__short_title", verbose_name="Scheme")
    authority = tables.Column(accessor="scheme__authority__name")
    decision = tables.Column(accessor="decision__number")
    state = tables.Column()

    class Meta:
        model = Report
        fields = ["title", "scheme", "authority", "decision", "state"]
        empty_text = "No award report is out yet. Each comes here with its decision."

    def render_state(self, record):
        return render_to_string("components/tag.html", {"record": record})
