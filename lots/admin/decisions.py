from django.contrib import admin

from dps.admin import Part, RecordAdmin, list_of, page_of, site
from dps.words import short_date, uk_instant
from lots import policies
from lots.admin.shapes import by_scheme, link, to
from lots.models import Act, Decision, Scheme
from lots.queries.decisions import days_said

WRITTEN = (
    ("Decision", "decision"),
    ("Reasons", "reasons"),
    ("Financial implications", "financial_implications"),
    ("Legal implications", "legal_implications"),
    ("Equality implications", "equality_implications"),
    ("Data protection implications", "data_protection_implications"),
    ("Recommendations and consultation", "consultation"),
    ("Alternatives considered and rejected", "alternatives"),
    ("Interests declared and dispensations", "interests"),
)


@admin.register(Decision, site=site)
class DecisionAdmin(RecordAdmin):
    """Decisions, and what each authorises."""

    policy = policies.view_decision_file
    list_display = ["number", "title", "scheme", "state", "effective_at"]
    list_select_related = ["scheme"]
    list_filter = [by_scheme("scheme"), "state", "kind"]
    search_fields = ["number", "title"]
    ordering = ["-signed_at", "number"]

    def crumbs(self, decision):
        scheme = decision.scheme
        return [("Schemes", list_of(Scheme)), (scheme.short_title, page_of(scheme))]

    def facts(self, decision, user):
        maker, advised = decision.decision_maker, decision.in_consultation_with
        signed, effective = decision.signed_at, decision.effective_at
        facts = [
            ("Scheme", to(decision.scheme)),
            ("Kind", decision.get_kind_display()),
            ("Taken by", f"{maker}, in consultation with {advised}" if advised else maker),
            ("Published", decision.published_on and short_date(decision.published_on)),
            ("Considered", decision.considered_on and short_date(decision.considered_on)),
            ("Signed", signed and uk_instant(signed)),
            ("Takes effect", effective and uk_instant(effective)),
            ("For publication", "Yes" if decision.is_for_publication else "No"),
            *((label, getattr(decision, name)) for label, name in WRITTEN),
        ]
        return [(label, words) for label, words in facts if words]

    def parts(self, decision, user):
        rows = [
            [
                Act(each.act).label,
                link(each.lot),
                days_said(each.from_on, each.until_on),
                "Again and again, under delegation" if each.is_standing else "Once",
            ]
            for each in decision.authorisations.select_related("lot")
        ]
        head = ("Act", "Lot", "Days", "How often")
        yield Part("What it authorises", head, rows, "Nothing: no act can rest on it.")
