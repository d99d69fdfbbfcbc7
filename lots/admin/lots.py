from django.contrib import admin

from dps.admin import Cell, Part, Step, site
from dps.clock import now
from dps.money import pounds
from dps.words import uk_instant
from lots import policies
from lots.actions import schemes
from lots.admin.shapes import SettingAdmin, add, by_scheme, change, link, plain, said, take_away, to
from lots.forms import ModeForm
from lots.models import AdmissionMode, AwardRoute, Lot, Mode, Tier, Unit
from lots.queries import lots as standing
from lots.queries.rounds import Word

__all__ = ["AwardRouteAdmin", "LotAdmin", "TierAdmin"]

CHANGE = policies.change_lot


@admin.register(Lot, site=site)
class LotAdmin(SettingAdmin):
    policy = policies.view_lot
    list_display = ["key", "title", "scheme", "kind"]
    list_select_related = ["scheme"]
    list_filter = [by_scheme("scheme"), "kind"]
    search_fields = ["title", "key"]
    ordering = ["scheme__title", "position"]
    steps = (
        Step(
            "Change how it admits",
            CHANGE,
            schemes.set_mode,
            ModeForm,
            "How it admits is changed.",
        ),
        change(Lot, "Change the lot", CHANGE),
        take_away(CHANGE),
        add(Tier, "Add a tier", CHANGE, "Tiers of payment"),
        add(AwardRoute, "Add a route", CHANGE, "Routes to an award"),
    )

    def tag(self, lot):
        return Word(lot.standing.says, lot.standing.kind, lot.standing.shape)

    def facts(self, lot, user):
        return [
            ("Scheme", to(lot.scheme)),
            ("What it is", lot.get_kind_display()),
            ("About", lot.summary),
            ("Delivered", said(lot.modes, Mode)),
            ("Priced by", said(lot.units, Unit)),
            ("Pass mark", f"{plain(lot.pass_mark)} of 100"),
            ("Mini-competitions", f"Quality counts {plain(lot.quality_weight)} per cent"),
            ("Care Quality Commission", "Must be registered" if lot.needs_cqc else "Not needed"),
        ]

    def parts(self, lot, user):
        changes = lot.mode_changes.select_related("set_by", "decision").order_by("-number")
        modes = [
            [
                Cell(AdmissionMode(each.mode).label, sub="replaced" if place else "in force"),
                Cell(str(each.set_by), sub=uk_instant(each.set_at)),
                each.why or "As first set",
                link(each.decision, each.decision.number) if each.decision else "",
            ]
            for place, each in enumerate(changes)
        ]
        head = ("Admission", "Set", "Why", "Decision")
        yield Part("How it admits, every version", head, modes, "Not set yet: nobody can apply.")
        tiers = [
            [
                link(tier),
                numbers(tier),
                pounds(tier.ceiling) if tier.ceiling is not None else "None",
            ]
            for tier in policies.view_tier.rows(user).filter(lot=lot)
        ]
        head = ("Tier", "People per worker", "#Ceiling")
        yield Part("Tiers of payment", head, tiers, "No tiers yet: nothing can be priced.")
        routes = [
            [link(route), route.notice_words, route.notice_reference]
            for route in policies.view_award_route.rows(user).filter(lot=lot)
        ]
        head = ("Route", "Words of the notice", "Where")
        yield Part("Routes to an award", head, routes, "No routes yet: no package can be placed.")

    def found(self, policy, user, pk):
        lot = super().found(policy, user, pk)
        lot.standing = standing.with_standing(Lot.objects.filter(pk=lot.pk), now())[0].standing
        return lot


def numbers(tier: Tier) -> str:
    return str(tier.least) if tier.least == tier.greatest else f"{tier.least} to {tier.greatest}"


@admin.register(Tier, site=site)
class TierAdmin(SettingAdmin):
    policy = policies.view_tier
    list_display = ["title", "lot", "least", "greatest", "ceiling"]
    list_select_related = ["lot"]
    list_filter = [by_scheme("lot__scheme")]
    ordering = ["lot__position", "position"]
    steps = (
        change(Tier, "Change the tier", policies.change_tier),
        take_away(policies.change_tier),
    )

    def facts(self, tier, user):
        return [
            ("Lot", to(tier.lot)),
            ("People per worker", numbers(tier)),
            ("Ceiling", pounds(tier.ceiling) if tier.ceiling is not None else "None"),
        ]


@admin.register(AwardRoute, site=site)
class AwardRouteAdmin(SettingAdmin):
    policy = policies.view_award_route
    list_display = ["route", "lot", "notice_reference"]
    list_select_related = ["lot"]
    list_filter = [by_scheme("lot__scheme"), "route"]
    ordering = ["lot__position", "route"]
    steps = (
        change(AwardRoute, "Change the route", policies.change_award_route),
        take_away(policies.change_award_route),
    )

    def facts(self, route, user):
        return [
            ("Lot", to(route.lot)),
            ("Words of the notice", route.notice_words),
            ("Where they stand", route.notice_reference),
        ]
