from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from awards import policies
from awards.actions import reports
from awards.forms.reports import DecisionForm, SignForm, TextsForm
from awards.models import Report, ReportState
from awards.queries import evaluations as marking
from awards.queries import reports as reading
from awards.views import reports as views
from dps.admin import Cell, Part, RecordAdmin, Step, list_of, page_of, site
from dps.clock import today
from dps.forms import Form, ReasonForm
from dps.words import counted, uk_date, uk_instant
from lots.calculations import decisions as steps
from lots.models import DecisionState

S = ReportState
site.page("reports/start/<uuid:id>/", views.start_report)
site.page("reports/appendix/<uuid:id>/", views.appendix)
site.page("reports/appendix/<uuid:id>/pdf/", views.appendix_pdf)


def unsigned(report: Report) -> bool:
    return report.decision is None or report.decision.signed_at is None


@admin.register(Report, site=site)
class ReportAdmin(RecordAdmin):
    """Award reports, from the first draft to the instant at which they take effect."""

    policy = policies.view_report_file
    list_display = ["title", "of_scheme", "state", "of_decision", "started_at"]
    list_select_related = ["scheme", "decision"]
    list_filter = ["state"]
    search_fields = ["title"]
    ordering = ["-started_at"]
    steps = (
        Step(
            "Write it",
            policies.write_report,
            reports.write,
            TextsForm,
            "A new version is kept.",
            applies=lambda report: report.state == S.DRAFT,
            says=lambda report: (
                "Numbers are worked out anew with each version. Name no applicant here: names "
                "stand in the exempt appendix."
            ),
        ),
        Step(
            "Finish it",
            policies.write_report,
            reports.finish,
            Form,
            "Final. Draft its decision next.",
            applies=lambda report: report.state == S.DRAFT,
            says=lambda report: "The last version is the one that is decided upon.",
        ),
        Step(
            "Draft its decision",
            policies.write_report,
            reports.draft_decision,
            DecisionForm,
            "The decision is drafted.",
            is_onward=True,
            applies=lambda report: report.state == S.FINAL and report.decision is None,
            says=lambda report: (
                "Over open lots an officer decides under the standing delegation. Over a round it "
                "is a key decision: forward plan, committee, signature, call-in."
            ),
        ),
        Step(
            "Sign the decision",
            policies.decide_report,
            reports.sign,
            SignForm,
            "Signed. At its instant it takes effect by itself: organisations are admitted and get "
            "their letters, and agreements are drafted.",
            name="sign",
            applies=lambda report: (
                report.state == S.FINAL and report.decision is not None and unsigned(report)
            ),
            why_not=lambda report: why_unsigned(report),
            says=lambda report: what_signing_does(report),
        ),
        Step(
            "Back to draft",
            policies.write_report,
            reports.amend,
            ReasonForm,
            "Back to draft.",
            applies=lambda report: report.state == S.FINAL and unsigned(report),
        ),
        Step(
            "Abandon it",
            policies.write_report,
            reports.abandon,
            ReasonForm,
            "Abandoned. Its evaluations wait for another report.",
            kind="stop",
            applies=lambda report: report.state in (S.DRAFT, S.FINAL) and unsigned(report),
        ),
    )

    def changelist_view(self, request, extra_context=None):
        schemes = policies.report_on.rows(request.user).order_by("title")
        links = [
            (
                f"Start a report: {scheme.short_title}",
                reverse("admin:start_report", args=[scheme.pk]),
            )
            for scheme in schemes
        ]
        return super().changelist_view(request, {"links": links})

    @admin.display(description="Scheme", ordering="scheme__title")
    def of_scheme(self, report):
        return report.scheme.short_title

    @admin.display(description="Decision", ordering="decision__number")
    def of_decision(self, report):
        return report.decision.number if report.decision else ""

    def crumbs(self, report):
        return [("Award reports", list_of(Report))]

    def facts(self, report, user):
        decision, effective = report.decision, report.effective_at
        facts = [
            ("Scheme", report.scheme.short_title),
            ("Over", report.round.title if report.round else "Applications to open lots"),
            ("Lots", ", ".join(lot.key for lot in reading.lots_of(report))),
            ("Started", f"{uk_instant(report.started_at)}, {report.started_by}"),
            ("Decision", decision and link(page_of(decision), str(decision))),
            ("It stands at", decision and decision.get_state_display()),
            ("In effect since", effective and uk_instant(effective)),
        ]
        return [(label, words) for label, words in facts if words]

    def parts(self, report, user):
        versions = list(report.versions.select_related("by").order_by("-number"))
        rows = [[f"Version {each.number}", uk_instant(each.at), str(each.by)] for each in versions]
        yield Part("Every version", ("Version", "Written", "By"), rows)
        table = reading.numbers(report)
        yield Part("Numbers", tuple(table["head"]), table["rows"], "Nothing is in it any more.")

    def beside(self, report, user):
        page = reverse("awards:report", args=[report.pk])
        papers = [Cell("Public part", page, "A page and a PDF.")]
        held = reading.last_appendix(report)

        if held and policies.read_exempt.allows(user, held):
            url = reverse("admin:appendix", args=[held.pk])
            papers.append(Cell("Exempt appendix", url, "That you read it is put on record."))
        yield Part("Papers", rows=papers, template="lots/authority.html")
        undeclared = marking.to_declare(user, report.scheme).filter(
            applications__evaluations__report=report
        )
        if waiting := undeclared.distinct().count():
            url = reverse("admin:interests", args=[report.scheme_id])
            said = f"{counted(waiting, 'applicant')} of this report to declare about."
            yield Part(
                "Your interests",
                rows=[Cell("Declare your interests first", url, said)],
                template="lots/authority.html",
            )


def link(url: str, words: str):
    return format_html('<a href="{}">{}</a>', url, words)


def why_unsigned(report: Report) -> str:
    decision = report.decision
    due = steps.next_step(decision.kind, decision.state)
    if due != DecisionState.SIGNED:
        return f"The decision comes first: {DecisionState(due).label.lower()}." if due else ""
    return ""


def what_signing_does(report: Report) -> str:
    decision = report.decision
    if decision is None:
        return ""
    said = (
        "It takes effect at once."
        if decision.kind == "officer"
        else ("It takes effect when the time for calling it in is over.")
    )
    if decision.kind == "key" and decision.published_on:
        earliest = steps.earliest_on(decision.published_on)
        if today() < earliest:
            said += f" To be signed from {uk_date(earliest)}: 28 clear days on the forward plan."
    said += " Then the organisations are admitted, and get their letters and agreements."
    return f"{decision}. {said}"
