"""The register searched for a package: why a service fits, what the pattern costs there."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.urls import reverse

from dps.clock import today
from lots.models import AwardRoute, Mode, Route
from packages import policies
from packages.models import Package
from packages.queries.packages import pattern_of, pattern_said, said, to_price
from providers.calculations import pricing
from providers.models import Service
from providers.queries import prices
from providers.queries.register import standings

MOST = 4  # services that are compared


@dataclass(frozen=True)
class Wanted:
    """What is priced: the pattern of a package, or one that was typed in."""

    pattern: list[pricing.PatternLine]
    says: list[str]
    day: date
    package: Package | None = None

    @property
    def budget(self) -> Decimal | None:
        return self.package.weekly_budget if self.package else None


def of_package(package: Package) -> Wanted:
    return Wanted(pattern_of(package), pattern_said(package), package.starts_on, package)


def of_line(line: pricing.PatternLine) -> Wanted:
    return Wanted([line], [said(line)], today())


def package_asked(user, pk: str) -> Package | None:
    """The package that a search is for, if the person may see it."""
    rows = to_price(user).prefetch_related("pattern")
    return next((each for each in rows if str(each.pk) == pk), None) if pk else None


@dataclass
class Found:
    """A service as a card of the search shows it."""

    service: Service
    url: str
    standings: list
    quotes: list
    reasons: list
    wanted: Wanted
    is_compared: bool = False
    compare_url: str = ""

    @property
    def name(self):
        return self.service.name

    @property
    def organisation(self):
        return self.service.organisation

    @property
    def get_absolute_url(self):
        return self.url

    @property
    def quote(self):
        """The price to show: whole before part, then the least."""
        return prices.best(self.quotes)

    @property
    def cost(self):
        return self.quote.cost if self.quote else None

    @property
    def lots_in_words(self):
        keys = [standing.lot.key for standing in self.standings]
        return f"Lot{'s' if len(keys) > 1 else ''} {' and '.join(keys)}" if keys else ""

    @property
    def places_in_words(self):
        places = [place.title for place in self.service.localities.all()]
        return ", ".join(places) if len(places) <= 4 else f"{len(places)} districts"

    @property
    def suspended(self):
        keys = [standing.lot.key for standing in self.standings if standing.is_suspended]
        return f"on lot {' and '.join(keys)}; see the provider's record" if keys else ""


def found(services, wanted: Wanted, asked: dict, choices: dict) -> list[Found]:
    """What the cards show of a page of services: two statements."""
    services = list(services)
    standing = standings(services)
    lots = {pk: [each.lot for each in held] for pk, held in standing.items()}
    quotes = prices.quotes(services, wanted.pattern, wanted.day, lots) if wanted.pattern else {}
    return [
        Found(
            service,
            reverse("packages:service", args=[service.pk]),
            standing[service.pk],
            mine := [quotes[service.pk, lot.pk] for lot in lots[service.pk] if quotes],
            [
                *reasons(service, wanted, asked, choices, prices.best(mine)),
                *_of_standing(standing[service.pk], wanted),
            ],
            wanted,
        )
        for service in services
    ]


def reasons(service, wanted: Wanted, asked: dict, choices: dict, quote) -> list[tuple[str, bool]]:
    """Why a service fits and where it does not: (words, whether it does)."""
    said_of = {
        "activity": {str(each.pk): each.title for each in service.activities.all()},
        "locality": {str(each.pk): each.title for each in service.localities.all()},
        "client_group": {str(each.pk): each.title for each in service.client_groups.all()},
    }
    lines = []
    for facet, has in said_of.items():
        lines += [(has[pk], True) for pk in asked.get(facet, []) if pk in has]
    lines += [(Mode(mode).label, True) for mode in asked.get("mode", []) if mode in service.modes]
    lines += _of_words(service, asked.get("words", ""), said_of["activity"].values())
    if package := wanted.package:
        lines += _of_package(package, said_of)
        lines += [(line.what, True) for line in quote.price.lines] if quote else []
    if quote and quote.gaps:
        lines += [(f"no agreed rate: {gap}", False) for gap in quote.gaps]
    return list(dict.fromkeys(lines))


def _of_words(service, words: str, activities) -> list[tuple[str, bool]]:
    text = " ".join([service.name, service.description, str(service.organisation)]).lower()
    lines = []
    for word in words.split()[:12]:
        doing = [title for title in activities if word.lower() in title.lower()]
        stem = word.lower().rstrip("s")
        if doing:
            lines.append((doing[0], True))
        elif stem and stem in text:
            lines.append((_around(service, stem), True))
        else:
            lines.append((f"does not mention {word}", False))
    return lines


def _around(service, word: str) -> str:
    """The sentence of the description that a word is in, or the name."""
    for sentence in service.description.replace("\n", " ").split(". "):
        if word in sentence.lower():
            words = sentence.strip().rstrip(".")
            return f"“{words}”" if len(words) <= 90 else f"“{words[:88].rsplit(' ', 1)[0]}…”"
    return service.name


def _of_package(package: Package, said_of: dict) -> list[tuple[str, bool]]:
    place, group = package.locality, package.client_group
    serves = str(place.pk) in said_of["locality"]
    lines = [(place.title if serves else f"not in {place.title}", serves)]
    fits = str(group.pk) in said_of["client_group"]
    return [*lines, (group.title if fits else f"not said to be for {group.title}", fits)]


def _of_standing(standings, wanted: Wanted) -> list[tuple[str, bool]]:
    """Why nothing could start there yet; that its provider is suspended is said by itself."""
    if wanted.package is None or any(each.is_in_force for each in standings):
        return []
    return [("agreement not in force: no placement starts yet", False)]


# Comparing


def compared(user, ids: list[str]) -> list[Service]:
    """The services that are being compared, in the order in which they were chosen. What is no id
    is left out."""
    ids = [pk for pk in ids if is_an_id(pk)]
    rows = policies.price_service.rows(user).filter(pk__in=ids[:MOST])
    rows = rows.select_related("organisation", "scheme").prefetch_related(
        "lots", "localities", "activities", "client_groups"
    )
    by_id = {str(service.pk): service for service in rows}
    return [by_id[pk] for pk in ids if pk in by_id][:MOST]


def is_an_id(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def direct_routes(lots) -> dict:
    """The award routes by direct choice of lots, by the lot's id."""
    routes = AwardRoute.objects.filter(lot__in=lots, route=Route.DIRECT)
    return {route.lot_id: route for route in routes}


def comparison(cards: list[Found], package: Package | None) -> list[tuple[str, list]]:
    """The groups of a comparison: (title, rows of (name, cells)). A line of money has a cell for
    each service, empty where it has none; what a package needs, whether each meets it."""
    lines: dict[str, list] = {}
    for place, card in enumerate(cards):
        for line in card.quote.price.lines if card.quote else ():
            words = f"{line.units.normalize():f} at £{line.rate:,.2f} = £{line.cost:,.2f}"
            lines.setdefault(line.what, [""] * len(cards))[place] = words
    services = [card.service for card in cards]
    fit = [
        ("Districts", [_titles(service.localities) for service in services]),
        ("Who it is for", [_titles(service.client_groups) for service in services]),
        ("Activities", [_titles(service.activities) for service in services]),
        ("How", [", ".join(Mode(m).label for m in service.modes) for service in services]),
        ("People at a time", [str(service.capacity) for service in services]),
    ]
    met = (
        []
        if package is None
        else [
            (package.locality.title, [package.locality in s.localities.all() for s in services]),
            (
                package.client_group.title,
                [package.client_group in s.client_groups.all() for s in services],
            ),
            ("A price for the whole pattern", [card.cost is not None for card in cards]),
        ]
    )
    return [("Lines", list(lines.items())), ("Needs", met), ("Fit", fit)]


def _titles(terms) -> str:
    return ", ".join(term.title for term in terms.all()) or "None said"
