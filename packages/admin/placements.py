from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from dps.admin import Part, RecordAdmin, site
from dps.clock import today
from dps.money import pounds
from dps.words import short_date, uk_date
from packages import policies
from packages.models import Placement
from packages.queries import placements as reading


@admin.register(Placement, site=site)
class PlacementAdmin(RecordAdmin):
    """Placements to read, for those who pay for and oversee them: references only."""

    policy = policies.view_placement_file
    list_display = ["package", "organisation", "lot", "state", "starts_on", "a_week"]
    list_filter = ["state", "payment_route"]
    search_fields = ["package__reference", "order_number", "organisation__name"]
    list_select_related = ["package", "organisation", "lot"]
    ordering = ["-chosen_at"]

    def get_queryset(self, request):
        return reading.with_cost(super().get_queryset(request), today())

    @admin.display(description="A week")
    def a_week(self, placement):
        cost = placement.cost_first if placement.cost_now is None else placement.cost_now
        return pounds(cost) if cost is not None else ""

    def path(self, placement):
        return []

    def facts(self, placement, user):
        page = reverse("packages:placement", args=[placement.pk])
        return [
            ("Package", placement.package.reference),
            ("Provider", placement.payee or str(placement.organisation)),
            ("Lot", str(placement.lot or "Off the scheme")),
            ("Paid by", placement.get_payment_route_display()),
            ("First day", uk_date(placement.starts_on)),
            ("Last day", uk_date(placement.ends_on) if placement.ends_on else "Not set"),
            ("Order", placement.order_number or "None"),
            ("Its page", format_html('<a href="{}">Open the placement</a>', page)),
        ]

    def parts(self, placement, user):
        yield Part(
            "Cost a week, every version",
            ("From", "#A week", "Why"),
            [
                [short_date(term.from_on), pounds(term.weekly_cost), term.why or "As chosen"]
                for term in placement.terms.all()
            ],
        )
