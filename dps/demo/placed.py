"""Everyone who is supported on the demo's day, and some who were with another provider before:
packages, identities, placements and their dated terms, in bulk."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from dps import envelopes
from dps.demo import people
from dps.demo.names import NEEDS, PERSONS
from dps.demo.records import events
from dps.models import Directorate, Event, Team
from lots.models import AwardRoute, Mode, Route, Scheme, Unit
from packages.models import (
    AgeBand,
    Capacity,
    Identity,
    LegalBasis,
    Package,
    PackageState,
    PatternLine,
    PaymentRoute,
    Placement,
    PlacementState,
    PlacementTerm,
)
from providers.calculations.pricing import Line, weekly_cost
from providers.models import Rate, Service

# domain digest, section 2A: people through the framework, and on individual contracts
ON_THE_SCHEME, OFF_IT = 1115, 293
SPEND = {Directorate.ADULTS: Decimal(6349221), Directorate.CHILDREN: Decimal(3298100)}
ADULTS = 930  # of the people; the rest are children and young people in transition
WEEK = 7
BEGIN = date(2022, 10, 1)
MOST = {Unit.HOUR: 30, Unit.HALF_DAY: 10, Unit.DAY: 5, Unit.SESSION: 10}
OFF_RATE = Decimal("18.40")  # pounds an hour of an individual contract


@dataclass
class Person:
    """Someone to be placed: where they belong, from when, and what a week is to cost at about."""

    number: int
    team: Team
    is_on_scheme: bool
    from_on: date
    weekly: Decimal


@dataclass
class Lines:
    """Rows of each kind, to be written in one go."""

    packages: list
    patterns: list
    placements: list
    terms: list
    events: list


def load(scheme: Scheme, day: date) -> None:
    """Everyone, as they stand on a day. Spend of the last whole financial year before it comes to
    that of the source, directorate by directorate, person by person: what is too much with one
    is made up for with the next, and no line is there to balance the sum."""
    random = Random(f"{scheme.slug} placed")  # noqa: S311 (the same demo each time)
    year = last_year(day)
    made = Lines([], [], [], [], [])
    offered = Offered(scheme, day)
    for persons in everyone(scheme, day, year, random).values():
        carried = Decimal(0)
        for person in persons:
            wanted = person.weekly * weeks_in(person.from_on, None, year)
            cost = place(person, offered, made, day, carried, year, random)
            if wanted:
                carried += wanted - cost * weeks_in(person.from_on, None, year)
    write(made, random)


def last_year(day: date) -> tuple[date, date]:
    """The last whole financial year before a day: 1 April to 31 March."""
    start = day.year - (1 if (day.month, day.day) >= (4, 1) else 2)
    return date(start, 4, 1), date(start + 1, 3, 31)


def weeks_in(from_on: date, until_on: date | None, year: tuple[date, date]) -> Decimal:
    """Weeks of a financial year that lie between two dates."""
    first, last = max(from_on, year[0]), min(until_on or year[1], year[1])
    return Decimal(max((last - first).days + 1, 0)) / WEEK


def everyone(scheme: Scheme, day: date, year, random: Random) -> dict[str, list[Person]]:
    """The people by directorate, with weekly sums that come to the year's spend."""
    teams = {
        directorate: list(Team.objects.filter(authority=scheme.authority, directorate=directorate))
        for directorate in SPEND
    }
    number_of = {Directorate.ADULTS: ADULTS, Directorate.CHILDREN: ON_THE_SCHEME + OFF_IT - ADULTS}
    on_scheme = [True] * ON_THE_SCHEME + [False] * OFF_IT
    random.shuffle(on_scheme)
    found, number = {}, 0
    for directorate, count in number_of.items():
        drawn = []
        for _ in range(count):
            drawn.append(
                Person(
                    number,
                    random.choice(teams[directorate]),
                    on_scheme[number],
                    begun(day, year, random),
                    Decimal(str(round(min(max(random.lognormvariate(4.7, 0.5), 30), 450), 2))),
                )
            )
            number += 1
        total = sum(p.weekly * weeks_in(p.from_on, None, year) for p in drawn)
        for person in drawn:
            person.weekly *= SPEND[directorate] / total
        found[directorate] = drawn
    return found


def begun(day: date, year: tuple[date, date], random: Random) -> date:
    """When a placement began: three in four before the year, some in it, a few since."""
    draw = random.random()
    if draw < 0.75 or year[1] <= BEGIN:
        first, last = BEGIN, max(year[0], BEGIN)
    elif draw < 0.95:
        first, last = max(year[0], BEGIN), year[1]
    else:
        first, last = year[1], day - timedelta(days=10)
    return first + timedelta(days=random.randint(0, max((last - first).days, 0)))


class Offered:
    """What can be bought: services with their rates for one person or a group, by lot."""

    def __init__(self, scheme: Scheme, day: date):
        self.scheme = scheme
        self.lots = list(scheme.lots.all())
        self.routes = {
            route.lot_id: route for route in AwardRoute.objects.filter(route=Route.DIRECT)
        }
        services = Service.objects.current().filter(scheme=scheme).select_related("organisation")
        self.services = list(
            services.prefetch_related("localities", "client_groups").order_by("pk")
        )
        self.services.sort(key=lambda service: (service.organisation.name, service.name))
        rates = Rate.objects.on(day).filter(service__in=self.services, from_on__lte=BEGIN)
        self.rates: dict = {}
        for rate in rates.select_related("tier", "lot").order_by("number"):
            if rate.unit in MOST:
                self.rates.setdefault(rate.service_id, []).append(rate)
        self.services = [service for service in self.services if service.pk in self.rates]
        self.localities = list(scheme.localities.all())
        self.groups = list(scheme.client_groups.all())
        self.outcomes = list(scheme.outcomes.all())
        self.maker = people.person(staff("practitioner@kent.example"))


def staff(email: str):
    return next(who for who in people.STAFF if who.email == email)


def place(person, offered: Offered, made: Lines, day, carried: Decimal, year, random) -> Decimal:
    """Write a person's package, and the placement that they are in. What a week of it costs."""
    share = weeks_in(person.from_on, None, year)
    target = person.weekly
    if share:
        target = max(person.weekly + carried / share, Decimal(15))
    service = random.choice(offered.services) if person.is_on_scheme else None
    rate = random.choice(offered.rates[service.pk]) if service else None
    units, pounds = quantity(target, rate.pounds if rate else OFF_RATE, rate)
    what = Line(named(rate), units, pounds)
    cost = weekly_cost([what])
    package = package_of(person, offered, service, cost, random)
    made.packages.append(package)
    made.patterns.append(
        PatternLine(
            package=package,
            position=0,
            unit=rate.unit if rate else Unit.HOUR,
            quantity=units,
            supported=rate.tier.least if rate else 1,
            mode=rate.mode if rate else Mode.FACE_TO_FACE,
        )
    )
    previous(person, package, offered, made, random)
    add(package, offered, made, service, rate, what, person.from_on, None)
    return cost


def quantity(target: Decimal, pounds: Decimal, rate) -> tuple[Decimal, Decimal]:
    """So many units of a rate as come nearest to a weekly sum: hours in halves, others whole."""
    unit = rate.unit if rate else Unit.HOUR
    step = Decimal("0.5") if unit == Unit.HOUR else Decimal(1)
    units = (target / pounds / step).quantize(Decimal(1), ROUND_HALF_UP) * step
    return min(max(units, step), Decimal(MOST[unit])), pounds


def named(rate) -> str:
    if rate is None:
        return "Hour, individual contract"
    return f"{rate.get_unit_display()}, {rate.tier.title}"


def package_of(person, offered: Offered, service, cost: Decimal, random: Random) -> Package:
    is_adult = person.team.directorate == Directorate.ADULTS
    localities = list(service.localities.all()) if service else []
    groups = list(service.client_groups.all()) if service else []
    bands = (
        [AgeBand.FROM_18, AgeBand.FROM_26, AgeBand.FROM_26, AgeBand.FROM_65]
        if is_adult
        else [AgeBand.UNDER_16, AgeBand.FROM_16, AgeBand.FROM_16]
    )
    return Package(
        authority=person.team.authority,
        team=person.team,
        scheme=offered.scheme,
        reference=reference(person.number, random),
        state=PackageState.PLACED,
        legal_basis=LegalBasis.CARE_ACT if is_adult else LegalBasis.CHILDREN_ACT,
        age_band=random.choice(bands),
        client_group=random.choice(groups or offered.groups),
        locality=random.choice(localities or offered.localities),
        need=random.choice(NEEDS),
        starts_on=person.from_on,
        weekly_budget=(cost / 10 + 1).quantize(Decimal(1), ROUND_HALF_UP) * 10,
        payment_route=payment(person, random),
        made_by=offered.maker,
        made_at=at_ten(person.from_on - timedelta(days=21)),
    )


def reference(number: int, random: Random) -> str:
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    tail = letters[number % 32] + letters[number // 32 % 32] + letters[number // 1024]
    return f"P-{''.join(random.choice(letters) for _ in range(3))}{tail}"


def payment(person, random: Random) -> str:
    routes = [PaymentRoute.COUNCIL] * 8 + [
        PaymentRoute.DIRECT_PAYMENT,
        PaymentRoute.INDIVIDUAL_FUND,
    ]
    if not person.is_on_scheme:
        routes = [PaymentRoute.COUNCIL, PaymentRoute.DIRECT_PAYMENT]
    return random.choice(routes)


def previous(person, package, offered: Offered, made: Lines, random: Random) -> None:
    """Where some were before: with another provider, until the day before this placement."""
    has_moved = person.is_on_scheme and person.from_on > BEGIN + timedelta(days=120)
    if not has_moved or random.random() > 0.15:
        return
    service = random.choice(offered.services)
    rate = random.choice(offered.rates[service.pk])
    units, pounds = quantity(Decimal(90), rate.pounds, rate)
    until_on = person.from_on - timedelta(days=1)
    since = until_on - timedelta(days=min((until_on - BEGIN).days, 90))
    what = Line(named(rate), units, pounds)
    add(package, offered, made, service, rate, what, since, until_on)


def add(package, offered, made: Lines, service, rate, what: Line, from_on, until_on) -> None:
    chosen_at = at_ten(from_on - timedelta(days=14))
    is_paid_out = package.payment_route == PaymentRoute.DIRECT_PAYMENT
    running = PlacementState.COSTED if is_paid_out else PlacementState.STARTED
    state = PlacementState.ENDED if until_on else running
    placement = Placement(
        package=package,
        organisation=service.organisation if service else None,
        payee="" if service else "A personal assistant or provider of the person's own choice",
        service=service,
        lot=rate.lot if rate else None,
        route=Route.DIRECT if service and not is_paid_out else "",
        award_route=offered.routes.get(rate.lot_id) if service and not is_paid_out else None,
        payment_route=package.payment_route,
        state=state,
        starts_on=from_on,
        ends_on=until_on,
        chosen_by_capacity=Capacity.PERSON,
        why="The person visited, liked the people there and could get there by bus.",
        chosen_at=chosen_at,
        chosen_by=offered.maker,
        order_number="" if is_paid_out else f"O-{package.reference[2:]}{'A' if until_on else ''}",
        ordered_at=None if is_paid_out else chosen_at,
    )
    made.placements.append(placement)
    made.terms.append(
        PlacementTerm(
            placement=placement,
            number=1,
            from_on=from_on,
            lines=[
                {
                    "what": what.what,
                    "units": str(what.units),
                    "rate": str(what.rate),
                    "cost": str(what.cost),
                }
            ],
            weekly_cost=what.cost,
            set_at=chosen_at,
            set_by=offered.maker,
            why="As chosen",
        )
    )
    verbs = [
        ("packages.placement.chosen", chosen_at),
        (f"packages.placement.{running}", at_ten(from_on)),
    ]
    if until_on:
        verbs.append(("packages.placement.ended", at_ten(until_on)))
    made.events += events(placement, verbs, offered.maker)


def at_ten(day: date) -> datetime:
    """Ten in the morning of a day, UTC."""
    return datetime.fromisoformat(f"{day}T10:00:00+00:00")


def write(made: Lines, random: Random) -> None:
    """All of it, with who the people are sealed under a key for each."""
    Package.objects.bulk_create(made.packages, batch_size=500)
    PatternLine.objects.bulk_create(made.patterns, batch_size=500)
    Placement.objects.bulk_create(made.placements, batch_size=500)
    PlacementTerm.objects.bulk_create(made.terms, batch_size=500)
    Event.objects.bulk_create(made.events, batch_size=1000)
    identities = []
    for package in made.packages:
        envelopes.issue(package)
        identities.append(envelopes.seal(Identity(package=package), somebody(package, random)))
    Identity.objects.bulk_create(identities, batch_size=500)
    through = Package.outcomes.through
    kinds = list(made.packages[0].scheme.outcomes.values_list("pk", flat=True))
    through.objects.bulk_create(
        through(package_id=package.pk, outcome_id=outcome)
        for package in made.packages
        for outcome in random.sample(kinds, 2)
    )


def somebody(package: Package, random: Random) -> dict:
    """A plainly invented person."""
    ages = {AgeBand.UNDER_16: 14, AgeBand.FROM_16: 17, AgeBand.FROM_18: 22, AgeBand.FROM_26: 41}
    born = package.starts_on.year - ages.get(package.age_band, 70)
    first, last = random.choice(PERSONS), random.choice(PERSONS)
    return {
        "name": f"{first} Invented-{last}",
        "born_on": f"{born}-06-{random.randint(1, 28):02}",
        "address": f"{random.randint(1, 90)} Invented Road",
        "nhs_number": "",
        "contact": "",
    }
