"""The words and definitions of a scheme: each with the scheme it is of, and one step."""

from django.contrib import admin

from dps.admin import site
from dps.words import counted, short_date
from lots import policies
from lots.admin.shapes import SettingAdmin, by_scheme, change, plain, take_away, to
from lots.models import (
    Activity,
    ClientGroup,
    Indicator,
    Locality,
    Outcome,
    ReportHeading,
    Schedule,
    Zone,
)
from lots.queries.lots import listed


class TermAdmin(SettingAdmin):
    list_display = ["title", "scheme", "position"]
    list_select_related = ["scheme"]
    list_filter = [by_scheme("scheme")]
    search_fields = ["title"]
    ordering = ["scheme__title", "position", "title"]

    def facts(self, row, user):
        return [("Scheme", to(row.scheme)), ("Key", row.key), ("Place in the list", row.position)]


@admin.register(Zone, site=site)
class ZoneAdmin(TermAdmin):
    policy = policies.view_zone
    steps = (
        change(Zone, "Change the zone", policies.change_zone),
        take_away(policies.change_zone),
    )


@admin.register(Locality, site=site)
class LocalityAdmin(TermAdmin):
    policy = policies.view_locality
    list_display = ["title", "scheme", "zone", "position"]
    list_select_related = ["scheme", "zone"]
    steps = (
        change(Locality, "Change the locality", policies.change_locality),
        take_away(policies.change_locality),
    )

    def facts(self, row, user):
        tile = f"Column {row.column}, row {row.row}"
        zone = to(row.zone) if row.zone else "None"
        return [*super().facts(row, user), ("Zone", zone), ("On the map", tile)]


@admin.register(Activity, site=site)
class ActivityAdmin(TermAdmin):
    policy = policies.view_activity
    steps = (
        change(Activity, "Change the activity", policies.change_activity),
        take_away(policies.change_activity),
    )


@admin.register(ClientGroup, site=site)
class ClientGroupAdmin(TermAdmin):
    policy = policies.view_client_group
    steps = (
        change(ClientGroup, "Change the client group", policies.change_client_group),
        take_away(policies.change_client_group),
    )


@admin.register(Outcome, site=site)
class OutcomeAdmin(TermAdmin):
    policy = policies.view_outcome
    steps = (
        change(Outcome, "Change the outcome", policies.change_outcome),
        take_away(policies.change_outcome),
    )

    def facts(self, row, user):
        return [*super().facts(row, user), ("What it means", row.text or "As its title says")]


@admin.register(Indicator, site=site)
class IndicatorAdmin(SettingAdmin):
    policy = policies.view_indicator
    list_display = ["title", "scheme", "frequency", "from_on", "until_on"]
    list_select_related = ["scheme"]
    list_filter = [by_scheme("scheme"), "frequency"]
    search_fields = ["title"]
    ordering = ["scheme__title", "key"]
    steps = (
        change(Indicator, "Change the indicator", policies.change_indicator),
        take_away(policies.change_indicator),
    )

    def facts(self, row, user):
        until = f" to {short_date(row.until_on)}" if row.until_on else " on"
        return [
            ("Scheme", to(row.scheme)),
            ("How it is counted", row.guidance or "As its title says"),
            ("Target", f"{plain(row.target)} {row.measure}"),
            ("Better", row.get_better_display()),
            ("Returned", row.get_frequency_display()),
            ("For", listed(row.lots) if row.lots else "All lots"),
            ("From", f"{short_date(row.from_on)}{until}"),
        ]


@admin.register(ReportHeading, site=site)
class ReportHeadingAdmin(TermAdmin):
    policy = policies.view_report_heading
    steps = (
        change(ReportHeading, "Change the heading", policies.change_report_heading),
        take_away(policies.change_report_heading),
    )

    def facts(self, row, user):
        return [
            *super().facts(row, user),
            ("Opening words", row.text or "None"),
            ("Tables under it", ", ".join(row.computed) or "None"),
        ]


@admin.register(Schedule, site=site)
class ScheduleAdmin(SettingAdmin):
    policy = policies.view_schedule
    list_display = ["scheme", "first_opens_on", "every_months", "open_days"]
    list_select_related = ["scheme"]
    steps = (
        change(Schedule, "Change the schedule", policies.change_schedule),
        take_away(policies.change_schedule),
    )

    def facts(self, row, user):
        return [
            ("Scheme", to(row.scheme)),
            ("First re-opens", short_date(row.first_opens_on)),
            ("Then", f"Every {counted(row.every_months, 'month')}"),
            ("Open for", f"{counted(row.open_days, 'day')}, the day of opening not counted"),
            ("Opens at", f"{row.opens_at:%H:%M}"),
            ("Closes at", f"{row.closes_at:%H:%M}"),
            ("Announced", f"{counted(row.announced_days, 'day')} before it opens"),
        ]
