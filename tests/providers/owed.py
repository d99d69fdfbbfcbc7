"""Returns to test with: a scheme with indicators, and organisations that stand on its lots."""

from datetime import UTC, date, datetime
from decimal import Decimal

import time_machine

from dps.models import the_system
from lots.models import Act, Frequency, Indicator
from providers.actions import returns
from providers.models import Admission, Return
from tests.factories import LotFactory, OrganisationFactory, SchemeFactory, decided, owner_of

STARTS = date(2026, 4, 1)
JULY_1 = datetime(2026, 7, 1, 8, tzinfo=UTC)  # the day after the second quarter of 2026
JULY_31 = date(2026, 7, 31)


def indicator(scheme, key, **said) -> Indicator:
    given = {
        "title": key.capitalize(),
        "guidance": f"Count the {key}",
        "measure": "%",
        "target": Decimal(90),
        "frequency": Frequency.QUARTERLY,
        "from_on": STARTS,
    }
    return Indicator.objects.create(scheme=scheme, key=key, **(given | said))


def scheme_with_indicators():
    """Lots A and B; complaints (fewer are better) and progress of everyone, rooms of lot B."""
    scheme = SchemeFactory(starts_on=STARTS)
    LotFactory(scheme=scheme, key="A", position=1)
    LotFactory(scheme=scheme, key="B", position=2)
    indicator(scheme, "complaints", measure="complaints", target=Decimal(5), better="lower")
    indicator(scheme, "progress")
    indicator(scheme, "rooms", measure="rooms", target=Decimal(2), lots=["B"])
    return scheme


def stands(scheme, key="A", organisation=None, **said) -> Admission:
    lot = scheme.lots.get(key=key)
    return Admission.objects.create(
        scheme=scheme,
        lot=lot,
        organisation=organisation or OrganisationFactory(),
        decision=scheme.decisions.first() or decided(scheme, [lot], Act.AWARD),
        **{"admitted_at": datetime(2026, 4, 1, tzinfo=UTC), **said},
    )


def made(scheme, at=JULY_1) -> list[Return]:
    with time_machine.travel(at, tick=False):
        returns.make(scheme, by=the_system())
    return list(Return.objects.filter(scheme=scheme).order_by("from_on", "organisation__name"))


def owed_return(scheme=None):
    """A return for April to June 2026 that asks for complaints and progress, and an owner."""
    scheme = scheme or scheme_with_indicators()
    organisation = stands(scheme).organisation
    owner = owner_of(organisation)
    made(scheme)
    return Return.objects.get(organisation=organisation), owner


def answers(owed, *values, remark="") -> dict:
    lines = owed.lines.order_by("position")
    return {line.pk: (Decimal(value), remark) for line, value in zip(lines, values, strict=True)}


def sent(owed, *values, **more) -> dict:
    """What the form posts."""
    lines = owed.lines.order_by("position")
    figures = {f"value-{line.pk}": value for line, value in zip(lines, values, strict=True)}
    return figures | more
