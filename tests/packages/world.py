"""A team with a package to place, and a provider that may take it."""

from datetime import timedelta
from types import SimpleNamespace

from django.test import Client

from dps.models import Role
from lots.models import AwardRoute, Route, Tier, Unit
from packages.actions import orders, placements
from tests.factories import (
    NOON,
    LotFactory,
    OrganisationFactory,
    PackageFactory,
    SchemeFactory,
    ServiceFactory,
    TeamFactory,
    member_of,
    owner_of,
    staff,
)

START = NOON + timedelta(days=14)  # noon of the package's first day
BASIS = "UK GDPR articles 6(1)(e) and 9(2)(h): care that is arranged under the Care Act 2014"
WORDS = "The person may choose directly among those admitted."


def build(**package):
    """A scheme with one lot that allows direct choice, a provider with a service on it at £20.00 an
    hour, and a package of team West; who works there, and who does not."""
    scheme = SchemeFactory()
    lot = LotFactory(scheme=scheme, key="A", units=[Unit.HOUR, Unit.HALF_DAY, Unit.DAY])
    Tier.objects.create(lot=lot, key="few", position=2, title="Small group", least=2, greatest=4)
    AwardRoute.objects.create(
        lot=lot, route=Route.DIRECT, notice_words=WORDS, notice_reference="II.2.4(a)"
    )
    west = TeamFactory(authority=scheme.authority, name="West")
    east = TeamFactory(authority=scheme.authority, name="East")
    organisation = OrganisationFactory(name="Harbour Kitchen Trust")
    service = ServiceFactory(
        scheme=scheme, organisation=organisation, name="Cook together", lot=lot
    )
    practitioner = staff(scheme.authority, Role.PRACTITIONER, team=west)
    made = PackageFactory(team=west, scheme=scheme, made_by=practitioner, **package)
    service.localities.add(made.locality)
    service.client_groups.add(made.client_group)
    return SimpleNamespace(
        scheme=scheme,
        authority=scheme.authority,
        lot=lot,
        west=west,
        east=east,
        organisation=organisation,
        owner=owner_of(organisation),
        contributor=member_of(organisation),
        rival=owner_of(OrganisationFactory(name="Rival Care")),
        service=service,
        package=made,
        practitioner=practitioner,
        broker=staff(scheme.authority, Role.BROKER, team=west),
        budget_holder=staff(scheme.authority, Role.BUDGET_HOLDER, team=west),
        other_team=staff(scheme.authority, Role.PRACTITIONER, team=east),
        auditor=staff(scheme.authority, Role.AUDITOR),
        finance=staff(scheme.authority, Role.FINANCE),
        commissioner=staff(scheme.authority, Role.COMMISSIONER),
        neighbour=staff(SchemeFactory().authority, Role.PRACTITIONER),
    )


def chosen(world, **changed):
    said = {"capacity": "person", "why": "Likes the kitchen", "by": world.practitioner} | changed
    return placements.choose(world.package, service=world.service, lot=world.lot, **said)


def ordered(world, **changed):
    return orders.send(chosen(world, **changed), by=world.practitioner)


def accepted(world):
    return orders.accept(ordered(world), by=world.owner)


def released(world):
    placement = accepted(world)
    placements.release(placement, lawful_basis=BASIS, by=world.practitioner)
    return placement


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client
