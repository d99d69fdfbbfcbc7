"""Finding a service: the search, a service with the price of a pattern, the comparison."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from dps.clock import today
from dps.pages import page
from lots.models import Locality, Mode, Unit
from lots.policies import view_scheme_file
from packages import policies
from packages.queries import fitting, searching
from packages.queries.searching import Wanted
from providers.calculations import pricing
from providers.filters import RegisterFilter, chosen_scheme, schemes_of
from providers.models import Rate
from providers.queries import register

MOST_TYPED = 999  # of units, and of people, in a pattern that is typed
COMPARING = "packages.comparing"  # of the session: the ids of services


@page(policies.find_support)
def search(request):
    schemes = schemes_of(view_scheme_file, request.user)
    wanted = wanted_by(request)
    scheme = scheme_of(wanted, schemes) or chosen_scheme(request, schemes)
    if scheme is None:
        return render(request, "packages/search.html", {"title": "Find support"})
    filters = RegisterFilter(request.GET, user=request.user, scheme=scheme)
    asked = filters.asked
    shown = Paginator(fitting.best_first(filters.qs, wanted), 10).get_page(request.GET.get("page"))
    comparing = request.session.get(COMPARING, [])
    cards = searching.found(shown, wanted, asked, filters.choices)
    for card in cards:
        card.url += carried(request)
        card.is_compared = str(card.service.pk) in comparing
        card.compare_url = toggled(request, card.service.pk)
    facets = register.facets(request.user, asked, scheme, filters.choices)
    context = {
        "scheme": scheme,
        "schemes": schemes,
        "filter": filters,
        "facets": [facets[name] for name in facets if name != "locality"],
        "districts": facets["locality"],
        "areas": tiles(request, scheme, facets["locality"]),
        "page": shown,
        "cards": cards,
        "wanted": wanted,
        "wrong": wrong_in(request.GET),
        "words": asked.get("words", ""),
        "kept": kept(request),
        "units": Unit.choices,
        "modes": Mode.choices,
        "tray": tray(request, comparing),
        "compare_url": reverse("packages:compare") + carried(request),
    }
    return render(request, "packages/search.html", context)


@page(policies.price_service)
def service(request, service):
    """A service, with what a pattern costs there."""
    wanted = wanted_by(request)
    shown = searching.compared(request.user, [str(service.pk)])[0]
    card = searching.found([shown], wanted, {}, {})[0]
    lots = [standing.lot for standing in card.standings]
    package = wanted.package
    may_place = package is not None and policies.place_package.allows(request.user, package)
    rates = Rate.objects.on(today()).filter(service=service.pk)
    context = {
        "card": card,
        "service": shown,
        "wanted": wanted,
        "wrong": wrong_in(request.GET),
        "routes": searching.direct_routes(lots),
        "rates": rates.select_related("lot", "tier").order_by(
            "lot__position", "tier__position", "unit", "mode"
        ),
        "choose_url": choose_url(package, service) if may_place else "",
        "search_url": reverse("packages:search") + carried(request),
        "compare_url": toggled(request, service.pk),
        "is_compared": str(service.pk) in request.session.get(COMPARING, []),
        "kept": kept(request, only=("package",)),
        "units": Unit.choices,
        "modes": Mode.choices,
    }
    return render(request, "packages/service.html", context)


@page(policies.price_service, posts=True)
def compare_service(request, service):
    """Take a service into the comparison, or out of it; four at most."""
    if request.method == "POST":
        ids, pk = request.session.get(COMPARING, []), str(service.pk)
        ids = [each for each in ids if each != pk] if pk in ids else [*ids, pk]
        request.session[COMPARING] = ids[-searching.MOST :]
    onward = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(onward, allowed_hosts=None)
    return redirect(onward if onward and is_ours else "packages:search")


@page(policies.find_support)
def compare(request):
    """Up to four services: one pattern, one place, one basis."""
    wanted = wanted_by(request)
    comparing = request.session.get(COMPARING, [])
    ids = request.GET.getlist("service") or comparing
    services = searching.compared(request.user, ids)
    cards = searching.found(services, wanted, {}, {})
    package = wanted.package
    may_place = package is not None and policies.place_package.allows(request.user, package)
    columns = []
    for card in cards:
        card.url += carried(request)
        card.compare_url = toggled(request, card.service.pk)
        card.is_compared = str(card.service.pk) in comparing
        columns.append((card, choose_url(package, card.service) if may_place else ""))
    context = {
        "columns": columns,
        "wanted": wanted,
        "groups": searching.comparison(cards, package),
        "wide": len(cards) + 1,
        "search_url": reverse("packages:search") + carried(request),
    }
    return render(request, "packages/compare.html", context)


# What is asked for by the address


def wanted_by(request) -> Wanted:
    """The pattern to be priced: that of `?package=`, or `?quantity=` of one line."""
    if package := searching.package_asked(request.user, request.GET.get("package", "")):
        return searching.of_package(package)
    line = typed_line(request.GET)
    return searching.of_line(line) if line else Wanted([], [], today())


def scheme_of(wanted: Wanted, schemes):
    """The scheme of the package that is searched for: its services alone may be placed with."""
    if wanted.package is None:
        return None
    return next((each for each in schemes if each.pk == wanted.package.scheme_id), None)


def typed_line(asked) -> pricing.PatternLine | None:
    """A line of support as it was typed; none where it makes no sense."""
    quantity = number_in(asked.get("quantity", ""), Decimal)
    supported = number_in(asked.get("supported", "") or "1", int)
    if quantity is None or supported is None:
        return None
    try:
        return pricing.PatternLine(
            unit=asked.get("unit", Unit.HOUR),
            quantity=quantity,
            supported=supported,
            mode=asked.get("mode_priced", Mode.FACE_TO_FACE),
        )
    except ValueError:
        return None


def number_in(typed: str, kind):
    """A number that support can be so much of; None where what was typed is none."""
    try:
        number = kind(typed.strip())
    except (InvalidOperation, ValueError):
        return None
    return number if Decimal(number).is_finite() and 0 < number <= MOST_TYPED else None


def wrong_in(asked) -> dict[str, str]:
    """What is to be mended in a pattern that was typed, by field."""
    wrong = {}
    if (typed := asked.get("quantity", "").strip()) and number_in(typed, Decimal) is None:
        wrong["quantity"] = f"Enter a number from 0.01 to {MOST_TYPED}, like 3 or 2.5"
    if (typed := asked.get("supported", "").strip()) and number_in(typed, int) is None:
        wrong["supported"] = f"Enter a whole number from 1 to {MOST_TYPED}"
    return wrong


def carried(request) -> str:
    """The part of the address that says what is priced, for the next page."""
    names = ("scheme", "package", "quantity", "unit", "supported", "mode_priced")
    said = {name: request.GET[name] for name in names if request.GET.get(name)}
    return f"?{urlencode(said)}" if said else ""


def kept(request, only=None) -> list[tuple[str, str]]:
    """What a form of the page sends along: the rest of the address."""
    names = only or [name for name in request.GET if name != "page"]
    return [(name, value) for name in names for value in request.GET.getlist(name)]


def toggled(request, pk) -> str:
    onward = urlencode({"next": request.get_full_path()})
    return f"{reverse('packages:compare_service', args=[pk])}?{onward}"


def choose_url(package, service) -> str:
    return f"{reverse('packages:choose', args=[package.pk])}?service={service.pk}"


def tray(request, comparing) -> list[tuple[str, str]]:
    services = searching.compared(request.user, comparing)
    return [(service.name, toggled(request, service.pk)) for service in services]


@dataclass(frozen=True)
class Area:
    """A tile of the map: a link that chooses its district, or takes it out."""

    name: str
    short: str
    column: int
    row: int
    count: int
    url: str
    is_chosen: bool


def tiles(request, scheme, facet) -> list[Area]:
    """The districts as tiles; none where the scheme has no map."""
    options = {option.value: option for option in facet.options}
    places = list(Locality.objects.filter(scheme=scheme.pk))
    if not any(place.column or place.row for place in places):
        return []
    left, top = min(p.column for p in places), min(p.row for p in places)
    found = []
    for place in places:
        option = options[str(place.pk)]
        asked = request.GET.copy()
        chosen = [pk for pk in asked.getlist("locality") if pk != option.value]
        asked.setlist("locality", chosen if option.is_chosen else [*chosen, option.value])
        asked.pop("page", None)
        found.append(
            Area(
                place.title,
                place.short or place.title[:4],
                place.column - left,
                place.row - top,
                option.count,
                f"?{asked.urlencode()}",
                option.is_chosen,
            )
        )
    return found
