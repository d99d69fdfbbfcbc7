"""Packages, as their lists and pages show them."""

from datetime import date

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet

from dps.models import Event, Grant, Role, Team
from dps.money import pounds
from dps.words import counted
from lots.models import Mode, Scheme, Unit
from packages import policies
from packages.models import CallOff, Package, PackageState, PatternLine, Placement, PlacementState
from providers.calculations import pricing

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PLURALS = {"hour": "hours", "half_day": "half days", "day": "days", "session": "sessions"}
ENDED = (PlacementState.ENDED, PlacementState.CANCELLED)


def joined_schemes(team: Team) -> QuerySet:
    """The schemes that a team's authority leads or is a partner of."""
    joined = Q(authority=team.authority_id) | Q(partners=team.authority_id)
    return Scheme.objects.filter(pk__in=Scheme.objects.filter(joined).values("pk"))


def for_list(user) -> QuerySet:
    """The packages that the person may see, each with what a row of the list shows."""
    seen = policies.view_package.rows(user)
    return seen.select_related("team", "locality", "client_group", "broker")


def counts_elsewhere(user) -> list[dict]:
    """Of the teams of the person's authorities whose packages they do not see: how many packages
    are open, and nothing else (rule 6)."""
    seen = policies.view_package.rows(user).values("pk")
    works_for = Grant.objects.authorities(user, Role.PRACTITIONER, Role.BUDGET_HOLDER, Role.BROKER)
    others = Package.objects.filter(authority__in=works_for).exclude(pk__in=seen)
    still_open = others.exclude(state=PackageState.CLOSED)
    return list(still_open.values("team__name").annotate(number=Count("pk")).order_by("team__name"))


def whole(user, package: Package) -> Package:
    """A package with everything that its page shows."""
    rows = policies.view_package.rows(user).select_related(
        "team", "scheme", "authority", "client_group", "locality__zone", "broker", "made_by"
    )
    running = Placement.objects.select_related("organisation", "service", "lot").order_by(
        "-chosen_at"
    )
    return rows.prefetch_related(
        "outcomes",
        "pattern",
        "approvals__by",
        Prefetch("placements", queryset=running),
    ).get(pk=package.pk)


def to_price(user) -> QuerySet:
    """The packages for which the person may search and compare."""
    rows = policies.view_package.rows(user).exclude(state=PackageState.CLOSED)
    return rows.select_related("locality__zone", "client_group")


def pattern_of(package: Package) -> list[pricing.PatternLine]:
    """The pattern of a package's week, to be priced. Its zone is that of its locality."""
    zone = package.locality.zone.key if package.locality.zone_id else ""
    return [line_of(line, zone) for line in package.pattern.all()]


def line_of(line: PatternLine, zone: str = "") -> pricing.PatternLine:
    return pricing.PatternLine(
        unit=line.unit,
        quantity=line.quantity,
        supported=line.supported,
        weekday=line.weekday,
        mode=line.mode,
        zone=zone,
    )


def said(line) -> str:
    """A part of a pattern in words: "2 half days on Tuesday, 3 people together"."""
    number = f"{line.quantity.normalize():f}"
    one = Unit(line.unit).label.lower()
    words = f"{number} {one if line.quantity == 1 else PLURALS.get(line.unit, one + 's')}"
    if line.weekday is not None:
        words += f" on {WEEKDAYS[line.weekday]}"
    words += ", one to one" if line.supported == 1 else f", {line.supported} people together"
    return words + (", virtual" if line.mode == Mode.VIRTUAL else "")


def pattern_said(package: Package) -> list[str]:
    return [said(line) for line in package.pattern.all()]


def placed_now(package: Package) -> Placement | None:
    """The placement that it has, of those it has had. (Its placements are fetched.)"""
    return next((each for each in package.placements.all() if each.state not in ENDED), None)


def brokers_of(package: Package) -> list:
    """Who may be handed the package: the brokers of its authority."""
    held = Grant.objects.in_force().filter(authority=package.authority_id, role=Role.BROKER)
    grants = held.select_related("user").order_by("user__name")
    return list({grant.user_id: grant.user for grant in grants}.values())


# What is refused where it costs more than the budget, and nobody has approved as much.
REFUSALS = (
    "packages.placements.choose refused",
    "packages.placements.cost refused",
    "packages.marking.express refused",
    "packages.marking.award refused",
)


def refused_over_budget(pk):
    """The events by which a choice or an award was refused for the budget of a package (its id, or
    an OuterRef to it), the newest first: for those who may approve it, and for nobody else."""
    within = OuterRef(pk) if isinstance(pk, OuterRef) else pk
    competitions = CallOff.objects.filter(package=within).values("pk")
    refused = Event.objects.filter(
        Q(subject_kind="packages.package", subject_id=pk)
        | Q(subject_kind="packages.calloff", subject_id__in=competitions),
        verb__in=REFUSALS,
        why__contains="over the budget",
    )
    return refused.order_by("-at")


def budget_said(package: Package, cost) -> str:
    """A weekly cost against the budget: "£8.30 under budget"."""
    difference = package.weekly_budget - cost
    if not difference:
        return "just the budget"
    return f"{pounds(abs(difference))} {'under' if difference > 0 else 'over'} budget"


def shown_dates(package: Package, day: date) -> str:
    """How long until the support starts, in words."""
    days = (package.starts_on - day).days
    return f"in {counted(days, 'day')}" if days > 0 else ""
