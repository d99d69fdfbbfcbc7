"""A package: its list, its parts one by one, and its page with the next step on it."""

from dataclasses import dataclass

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse

from dps.forms import Form, ReasonForm
from dps.models import Team
from dps.money import pounds
from dps.pages import listing, page, posted
from dps.policies import history
from dps.words import short_date, uk_date
from lots.models import Mode, Unit
from lots.policies import view_scheme_file
from packages import policies
from packages.actions import identities, packages
from packages.filters import PackageFilter
from packages.forms.packages import (
    AboutForm,
    ApproveForm,
    IdentityForm,
    LookForm,
    NeedForm,
    PatternForm,
    ReferForm,
    WhereForm,
)
from packages.models import Package, PackageState, PaymentRoute
from packages.queries import packages as reading
from packages.queries.packages import joined_schemes
from packages.tables import PackageTable

S = PackageState
NEWEST = 15
ABOUT = (
    "legal_basis",
    "age_band",
    "client_group",
    "locality",
    "starts_on",
    "ends_on",
    "weekly_budget",
    "payment_route",
)


@page(policies.see_packages)
def package_list(request):
    filters = PackageFilter(request.GET, queryset=reading.for_list(request.user))
    context = {
        "filter": filters,
        "table": listing(request, PackageTable, filters.qs),
        "elsewhere": reading.counts_elsewhere(request.user),
        "may_start": policies.begin_package.allows(request.user),
    }
    return render(request, "packages/packages.html", context)


@page(policies.begin_package, posts=True)
def package_start(request):
    """Start a package: for which team and scheme, where there is a choice; what it is about."""
    teams = list(policies.start_package.rows(request.user).select_related("authority"))
    schemes = list(schemes_of(request.user, teams))
    where = {"team": request.GET.get("team"), "scheme": request.GET.get("scheme")}
    if len(teams) == 1 and len(schemes) == 1:
        where = {"team": str(teams[0].pk), "scheme": str(schemes[0].pk)}
    asked = WhereForm(where if any(where.values()) else None, teams=teams, schemes=schemes)
    if not (asked.is_bound and asked.is_valid()):
        context = {"form": asked, "step": "where", "teams": teams, "schemes": schemes}
        return render(request, "packages/start.html", context, status=asked.status)
    team = next(each for each in teams if str(each.pk) == asked.cleaned_data["team"])
    scheme = next(each for each in schemes if str(each.pk) == asked.cleaned_data["scheme"])
    form = AboutForm(posted(request), scheme=scheme, initial={"payment_route": "council"})
    if form.is_valid():
        with form.refusals():
            package = packages.start(team, scheme=scheme, by=request.user, **form.cleaned_data)
            messages.success(request, f"Package {package.reference} is started, as a draft.")
            return redirect("packages:package", package.pk)
    context = {"form": form, "step": "about", "team": team, "scheme": scheme}
    return render(request, "packages/start.html", context, status=form.status)


def schemes_of(user, teams: list[Team]):
    """The schemes that packages of the teams may be under, of those the person may see."""
    joined = [pk for team in teams for pk in joined_schemes(team).values_list("pk", flat=True)]
    seen = view_scheme_file.rows(user).filter(pk__in=joined, is_rehearsal=False)
    return seen.order_by("title")


@page(policies.view_package)
def package(request, package):
    """The record: in draft a task list, later its facts; always with the next step on it."""
    package = reading.whole(request.user, package)
    may = {
        name: getattr(policies, f"{name}_package").allows(request.user, package)
        for name in ("change", "place", "approve", "identify", "refer", "close")
    }
    placement = reading.placed_now(package)
    identity = getattr(package, "identity", None)
    knows = identity is not None and policies.view_identity.allows(request.user, identity)
    context = {
        "package": package,
        "placement": placement,
        "placements": package.placements.all(),
        "steps": steps(package, placement, may),
        "tasks": tasks(package) if package.state == S.DRAFT and may["change"] else [],
        "facts": facts(package),
        "pattern": reading.pattern_said(package),
        "path": path_of(package),
        "may": may,
        "identity": identity if knows else None,
        "may_read": knows and policies.open_identity.allows(request.user, identity),
        "approvals": package.approvals.all(),
        "events": history(request.user, package).order_by("-at", "-id")[:NEWEST],
    }
    return render(request, "packages/package.html", context)


def path_of(package: Package) -> list[str]:
    middle = [S.CALLED_OFF.label] if package.state == S.CALLED_OFF else []
    return [S.DRAFT.label, S.READY.label, *middle, S.PLACED.label, S.CLOSED.label]


def facts(package: Package, change_url: str = "") -> list[tuple]:
    rows = [
        ("Legal basis", package.get_legal_basis_display()),
        ("Age", package.get_age_band_display()),
        ("Client group", str(package.client_group)),
        ("District", str(package.locality)),
        ("First day", uk_date(package.starts_on)),
        ("Last day", uk_date(package.ends_on) if package.ends_on else "Not set"),
        ("Budget", f"{pounds(package.weekly_budget)} a week"),
        ("How it is paid", package.get_payment_route_display()),
    ]
    return [(*row, change_url) for row in rows] if change_url else rows


@dataclass(frozen=True)
class Line:
    """A line of the task list of a draft."""

    name: str
    url: str
    is_done: bool
    sub: str = ""

    word = property(lambda line: "Complete" if line.is_done else "Not started")
    kind = property(lambda line: "go" if line.is_done else "")
    shape = property(lambda line: "tick" if line.is_done else "ring")


def tasks(package: Package) -> list[Line]:
    has_identity = hasattr(package, "identity")
    return [
        Line("What it is about", to("package_about", package), True),
        Line(
            "The need and the outcomes",
            to("package_need", package),
            bool(package.need and package.outcomes.all()),
        ),
        Line("The pattern of a week", to("package_pattern", package), bool(package.pattern.all())),
        Line(
            "Who it is for",
            to("package_identity", package),
            has_identity,
            "Kept apart, encrypted. No provider reads it before award.",
        ),
    ]


def to(name: str, record) -> str:
    return reverse(f"packages:{name}", args=[record.pk])


@dataclass(frozen=True)
class Way:
    """A step that may be taken with a package."""

    label: str
    url: str
    kind: str = ""
    why_not: str = ""


def steps(package: Package, placement, may: dict) -> list[Way]:
    is_ready = package.state == S.READY
    is_open = package.state in (S.DRAFT, S.READY)
    is_direct_payment = package.payment_route == PaymentRoute.DIRECT_PAYMENT
    find = f"{reverse('packages:search')}?package={package.pk}&scheme={package.scheme_id}"
    compete = competition_url(package)
    ways = [
        (
            package.state == S.DRAFT and may["change"],
            Way("Check answers and mark ready", to("package_check", package)),
        ),
        (is_ready and may["place"], Way("Find a provider", find)),
        (
            is_ready and may["place"] and is_direct_payment,
            Way("Cost a payee off the register", to("package_cost", package), "2"),
        ),
        (
            is_ready and may["place"] and not is_direct_payment and compete,
            Way("Start a mini-competition", compete, "2"),
        ),
        (placement, Way("Go to the placement", to("placement", placement) if placement else "")),
        (
            is_open and may["refer"],
            Way("Refer to a broker", to("package_refer", package), "2"),
        ),
        (
            package.state != S.CLOSED and may["approve"],
            Way("Approve over the budget", to("package_approve", package), "2"),
        ),
        (
            is_open and may["close"],
            Way("Close the package", to("package_close", package), "stop"),
        ),
    ]
    return [way for applies, way in ways if applies]


def competition_url(package: Package) -> str:
    try:
        return reverse("packages:competition_start", args=[package.pk])
    except NoReverseMatch:
        return ""


# Its parts


@page(policies.change_package, posts=True)
def package_about(request, package):
    initial = {name: getattr(package, name) for name in ABOUT}
    form = AboutForm(posted(request), scheme=package.scheme, initial=initial)
    return saved(request, package, form, "What it is about", lambda: form.cleaned_data)


@page(policies.change_package, posts=True)
def package_need(request, package):
    initial = {"need": package.need, "outcomes": package.outcomes.all()}
    form = NeedForm(posted(request), scheme=package.scheme, initial=initial)
    return saved(request, package, form, "The need and the outcomes", lambda: form.cleaned_data)


def saved(request, package, form, title, details):
    if form.is_valid():
        with form.refusals():
            packages.change(package, by=request.user, **details())
            messages.success(request, "Saved.")
            return redirect("packages:package", package.pk)
    return asking(request, package, form, title, "Save")


def asking(request, package, form, title, button, **more):
    context = {"package": package, "form": form, "title": title, "button": button, **more}
    return render(request, "packages/asking.html", context, status=form.status)


@page(policies.change_package, posts=True)
def package_pattern(request, package):
    lines = list(package.pattern.all())
    typed = sum(name.startswith("quantity-") for name in request.POST)
    more = "more" in request.POST
    rows = (typed + 2 * more) if request.method == "POST" else max(len(lines) + 2, 4)
    lots = package.scheme.lots.all()
    form = PatternForm(
        posted(request),
        units=[unit for unit in Unit.values if any(unit in lot.units for lot in lots)],
        modes=[mode for mode in Mode.values if any(mode in lot.modes for lot in lots)],
        rows=max(rows, 4),
        initial=PatternForm.shown(lines),
    )
    if form.is_valid() and not more:
        with form.refusals():
            packages.set_pattern(package, lines=form.lines, by=request.user)
            messages.success(request, "Saved.")
            return redirect("packages:package", package.pk)
    if more:
        form.errors.clear()
    context = {"package": package, "form": form}
    return render(request, "packages/pattern.html", context, status=form.status)


@page(policies.identify_package, posts=True)
def package_identity(request, package):
    """Write who it is for. What was written before is read to be changed: that is on record."""
    held = getattr(package, "identity", None)
    initial = {}
    if held is not None and request.method == "GET":
        said = identities.read(held, by=request.user)
        initial = said | {"family": "\n".join(said["family"])}
    form = IdentityForm(posted(request), initial=initial)
    if form.is_valid():
        with form.refusals():
            identities.write(package, by=request.user, **form.cleaned_data)
            messages.success(request, "Saved, encrypted.")
            return redirect("packages:package", package.pk)
    says = "It lies apart from the package, encrypted. Every reading is on record."
    return asking(request, package, form, "Who it is for", "Save", says=says)


@page(policies.change_package, posts=True)
def package_check(request, package):
    """Check the answers, then mark the package ready to place."""
    package = reading.whole(request.user, package)
    form = Form(posted(request))
    if form.is_valid():
        with form.refusals():
            packages.mark_ready(package, by=request.user)
            messages.success(request, "Ready to place. Next, find a provider.")
            return redirect("packages:package", package.pk)
    need, pattern = to("package_need", package), to("package_pattern", package)
    outcomes = "\n".join(str(outcome) for outcome in package.outcomes.all())
    who = "Written, encrypted" if hasattr(package, "identity") else ""
    groups = [
        ("What it is about", facts(package, to("package_about", package))),
        ("Need and outcomes", [("Need", package.need, need), ("Outcomes", outcomes, need)]),
        ("Pattern of a week", [("Support", "\n".join(reading.pattern_said(package)), pattern)]),
        ("Who it is for", [("Identity", who, to("package_identity", package))]),
    ]
    context = {"package": package, "form": form, "groups": groups}
    context["missing"] = packages.what_is_missing(package)
    return render(request, "packages/check.html", context, status=form.status)


@page(policies.refer_package, posts=True)
def package_refer(request, package):
    form = ReferForm(posted(request), brokers=reading.brokers_of(package))
    if form.is_valid():
        with form.refusals():
            packages.refer(package, by=request.user, **form.cleaned_data)
            messages.success(request, "Referred. The broker is told by e-mail.")
            return redirect("packages:package", package.pk)
    says = "The broker then sees this package and places it."
    return asking(request, package, form, "Refer to a broker", "Refer package", says=says)


@page(policies.approve_package, posts=True)
def package_approve(request, package):
    form = ApproveForm(posted(request))
    if form.is_valid():
        with form.refusals():
            packages.approve(package, by=request.user, **form.cleaned_data)
            limit = pounds(form.cleaned_data["weekly_limit"])
            messages.success(request, f"Approved up to {limit} a week.")
            return redirect("packages:package", package.pk)
    says = f"The budget is {pounds(package.weekly_budget)} a week."
    if refused := reading.refused_over_budget(package.pk).select_related("by").first():
        says += f" {refused.by} was refused a choice on {short_date(refused.at)}: {refused.why}."
    return asking(request, package, form, "Approve over the budget", "Approve cost", says=says)


@page(policies.close_package, posts=True)
def package_close(request, package):
    form = ReasonForm(posted(request))
    if form.is_valid():
        with form.refusals():
            packages.close(package, by=request.user, **form.cleaned_data)
            messages.success(request, "Package closed.")
            return redirect("packages:package", package.pk)
    return asking(request, package, form, "Close the package", "Close package", kind="stop")


# Who it is for


@page(policies.open_identity)
def identity(request, identity):
    """Who the person is, to those who may read it; that they did is on record first."""
    said = identities.read(identity, by=request.user)
    is_staff = policies.find_support.allows(request.user)
    context = {
        "frame_of": "components/work.html" if is_staff else "components/portal.html",
        "said": said,
        "package": identity.package,
        "may_see_package": policies.view_package.allows(request.user, identity.package),
    }
    return render(request, "packages/identity.html", context)


@page(policies.look_into, posts=True)
def identity_look(request, identity):
    """An auditor's reason, before the reading."""
    form = LookForm(posted(request))
    if form.is_valid():
        with form.refusals():
            identities.look(identity, by=request.user, **form.cleaned_data)
            return redirect("packages:identity", identity.pk)
    title = "Ask to read who it is for"
    return asking(request, identity.package, form, title, "Record reason and read")
