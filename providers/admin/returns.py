"""Returns of indicators in the workplace: who has filed, and the figures against target."""

from functools import partial

from django.contrib import admin
from django.db.models import F
from django.urls import reverse
from django.utils.html import format_html

from dps.admin import Cell, Part, RecordAdmin, site
from dps.calendar import working_days_between
from dps.clock import now, today
from dps.filters import belonging_to
from dps.models import BankHoliday
from dps.models import Part as Country
from dps.words import clock, uk_date, uk_instant
from lots.policies import view_scheme_file
from providers import policies
from providers.calculations.targets import said_figure, said_target
from providers.models import Return, ReturnPeriod, ReturnState
from providers.queries import returns as reading
from providers.views import returns

site.page("kpi/", returns.kpi_periods)
site.page("kpi/<uuid:id>/", returns.kpi)

PERIODS = 24  # offered to narrow the list to


class PeriodFilter(admin.SimpleListFilter):
    """The last periods, by their last day: a quarter and its last month are apart."""

    title = "period"
    parameter_name = "period"

    def lookups(self, request, model_admin):
        rows = policies.view_return.rows(request.user).order_by("-until_on", "from_on")
        found = rows.values_list("from_on", "until_on").distinct()[:PERIODS]
        return [(f"{a}.{b}", str(ReturnPeriod(from_on=a, until_on=b))) for a, b in found]

    def queryset(self, request, queryset):
        if self.value() not in {value for value, _ in self.lookup_choices}:
            return queryset
        first, last = self.value().split(".")
        return queryset.filter(from_on=first, until_on=last)


class OverdueFilter(admin.SimpleListFilter):
    title = "day"
    parameter_name = "overdue"

    def lookups(self, request, model_admin):
        return [("yes", "Overdue"), ("late", "Filed late")]

    def queryset(self, request, queryset):
        if self.value() == "yes":
            return queryset.filter(state=ReturnState.DUE, due_on__lt=today())
        if self.value() == "late":
            return queryset.filter(state=ReturnState.FILED, filed_at__date__gt=F("due_on"))
        return queryset


@admin.register(Return, site=site)
class ReturnAdmin(RecordAdmin):
    policy = policies.view_return
    list_display = ["organisation", "period", "due", "state", "filed"]
    list_select_related = ["organisation"]
    list_filter = [belonging_to(view_scheme_file, "scheme"), PeriodFilter, "state", OverdueFilter]
    search_fields = ["organisation__name"]
    ordering = ["state", "due_on", "organisation__name"]

    @admin.display(description="Period", ordering="until_on")
    def period(self, owed):
        return owed.period

    @admin.display(description="Due", ordering="due_on")
    def due(self, owed):
        return owed.due_on if owed.state == ReturnState.FILED else str(clock(owed.due_on, now()))

    @admin.display(description="Filed", ordering="filed_at")
    def filed(self, owed):
        return filed_said(owed)

    def crumbs(self, owed):
        return [
            ("KPI returns", reverse("admin:kpi_periods")),
            ("Every return", reverse("admin:providers_return_changelist")),
        ]

    def clock(self, owed):
        if owed.state == ReturnState.FILED:
            return None
        calendar = BankHoliday.objects.calendar(Country.ENGLAND)
        return clock(owed.due_on, now(), days=partial(working_days_between, calendar=calendar))

    def facts(self, owed, user):
        facts = [
            ("Provider", owed.organisation),
            ("Scheme", owed.scheme.title),
            ("Period", period_link(owed, user)),
            ("Returned", owed.get_frequency_display()),
            ("Due", uk_date(owed.due_on)),
            ("Filed", filed_said(owed) or "Not yet"),
        ]
        return facts

    def parts(self, owed, user):
        lines = reading.lines_of(owed)
        yield Part(
            "Figures against target",
            ("Indicator", "Target", "#Figure", "Against target", "#Period before", "Remark"),
            [
                [
                    Cell(line.title, sub=line.guidance),
                    said_target(line.target, line.measure, line.better),
                    said_figure(line.latest.value, line.measure) if line.latest else "Not filed",
                    against(line),
                    said_figure(line.last.value, line.measure) if line.last else "None",
                    (line.latest.comment if line.latest else "") or "None",
                ]
                for line in lines
            ],
        )
        corrected = [line for line in lines if len(line.versions) > 1]
        if corrected:
            yield Part(
                "Corrected figures, every version",
                ("Indicator", "#Figure", "Given", "Why"),
                [
                    [
                        Cell(line.title, sub="replaced" if place else "in force"),
                        Cell(said_figure(figure.value, line.measure), sub=figure.comment),
                        Cell(str(figure.by), sub=uk_instant(figure.at)),
                        figure.why or "As first filed",
                    ]
                    for line in corrected
                    for place, figure in enumerate(line.versions)
                ],
            )


def against(line) -> Cell:
    if line.latest is None:
        return Cell("Not filed", kind="", shape="ring")
    return Cell("Met", kind="go", shape="tick") if line.is_met else MISSED


MISSED = Cell("Not met", kind="warn", shape="look")


def filed_said(owed) -> str:
    if not owed.filed_at:
        return ""
    return f"{uk_instant(owed.filed_at)}{', late' if reading.is_late(owed) else ''}"


def period_link(owed, user):
    """The period, with the way to everyone's figures for it."""
    seen = policies.view_return_period.rows(user)
    found = seen.filter(
        scheme=owed.scheme_id, frequency=owed.frequency, from_on=owed.from_on
    ).first()
    if found is None:
        return owed.period
    return format_html('<a href="{}">{}</a>', reverse("admin:kpi", args=[found.pk]), owed.period)
