"""Call-offs in the workplace: what was published to whom. They are run on the competitions' pages;
of offers nothing shows here, before the deadline or after."""

from django.contrib import admin
from django.urls import reverse

from dps.admin import Cell, Part, RecordAdmin, site
from dps.clock import now
from dps.money import pounds
from dps.words import uk_instant
from packages import policies
from packages.models import CallOff
from packages.queries import call_offs as reading
from packages.queries.competitions import in_a_sentence

MOST = 200  # of those invited that the page of a call-off shows; the evidence has them all


@admin.register(CallOff, site=site)
class CallOffAdmin(RecordAdmin):
    policy = policies.view_call_off_file
    list_display = ["title", "of_scheme", "of_lot", "opens_at", "closes", "state"]
    list_select_related = ["scheme", "lot"]
    list_filter = ["state"]
    search_fields = ["title"]
    ordering = ["-opens_at"]

    def get_queryset(self, request):
        return super().get_queryset(request).with_deadline()

    @admin.display(description="Closes", ordering="deadline")
    def closes(self, call_off):
        return call_off.deadline

    @admin.display(description="Scheme", ordering="scheme__title")
    def of_scheme(self, call_off):
        return call_off.scheme.short_title

    @admin.display(description="Lot", ordering="lot__key")
    def of_lot(self, call_off):
        return call_off.lot.key

    def found(self, policy, user, pk):
        return reading.whole(super().found(policy, user, pk))

    def tag(self, call_off):
        return reading.word_of(call_off, now())

    def clock(self, call_off):
        return reading.clock_of(call_off, now())

    def facts(self, call_off, user):
        deadline = call_off.deadline
        facts = [
            ("Scheme", call_off.scheme.short_title),
            ("Lot", str(call_off.lot)),
            ("What is asked for", in_a_sentence(call_off)),
            ("Budget", f"{pounds(call_off.weekly_budget)} a week"),
            ("Published", uk_instant(call_off.opens_at) if deadline else "Not yet"),
            ("Deadline", uk_instant(deadline) if deadline else "Not set yet"),
            ("Notice", call_off.published.get("notice_words", "")),
        ]
        return [(label, words) for label, words in facts if words]

    def parts(self, call_off, user):
        invited = Part(
            "Invited",
            ("Organisation", "On the lot now", "Invited"),
            [
                [
                    row.organisation.name,
                    row.admission.get_state_display(),
                    Cell("No", sub=row.withheld) if row.withheld else "Yes",
                ]
                for row in reading.evidence(call_off)[:MOST]
            ],
            "Nobody yet: the list is made of the register when the call-off is published.",
        )
        url = reverse("packages:competition_invited", args=[call_off.pk])
        invited.links.append(("The list in pages", url))
        yield invited
        yield Part(
            "How offers are marked",
            ("Criterion", "Counts"),
            [list(pair) for pair in reading.criteria(call_off)],
        )
        deadlines = call_off.deadlines.select_related("set_by").order_by("-at")
        yield Part(
            "Deadline, every version",
            ("Deadline", "Set", "Why"),
            [
                [
                    Cell(uk_instant(each.at), sub="replaced" if place else "in force"),
                    Cell(str(each.set_by), sub=uk_instant(each.set_at)),
                    each.why or "As published",
                ]
                for place, each in enumerate(deadlines)
            ],
            "None yet: it is set when the call-off is published.",
        )
