"""Which services fit a package best: ranked in SQL, so that the first page is the best of all."""

from collections import defaultdict
from decimal import Decimal

from django.db.models import (
    Case,
    DecimalField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Round

from dps.clock import now
from packages.models import Package
from packages.queries.searching import Wanted
from providers.models import STALE, Admission, AdmissionState, Rate, Service, Vat

MONEY = DecimalField(max_digits=14, decimal_places=2)
WITH_VAT = Decimal("1.2")  # as in calculations/pricing.py: prices are compared without it


def best_first(rows: QuerySet, wanted: Wanted) -> QuerySet:
    """Services by how many of the needs they meet, then by how well they say what was looked for,
    by places (confirmed lately, not known, none), by price and by name; without a pattern, by
    what was looked for and by name alone.

    The needs of a package are its district, its client group, a lot on which the provider takes
    placements on the first day, and a rate for each kind of support in the pattern; those of a
    pattern that was typed in are the rates. A service says nothing of ages, so nothing is asked.
    The price to rank by is that of the rates of the first day; what is shown is worked out from it
    day by day, and differs in a week in which a rate changes.
    """
    if not wanted.pattern:
        return rows
    priced = _priced(wanted)
    needs = Coalesce(Subquery(priced.values("kinds")[:1]), 0)
    for need in _needs(wanted.package, wanted.day) if wanted.package else ():
        needs = needs + _one_if(need)
    said = ["-fit"] if "fit" in rows.query.annotations else []
    return rows.annotate(
        needs=needs,
        places=_places(),
        weekly=Subquery(priced.values("cost")[:1]),
    ).order_by("-needs", *said, "places", F("weekly").asc(nulls_last=True), "name", "pk")


def _one_if(condition) -> Case:
    return Case(When(condition, then=1), default=0, output_field=IntegerField())


def _places() -> Case:
    """0 where places were confirmed lately, 1 where nobody knows, 2 where there were none."""
    lately = Q(vacancies_confirmed_at__gte=now() - STALE)
    return Case(
        When(lately & Q(vacancies__gt=0), then=0),
        When(lately & Q(vacancies=0), then=2),
        default=1,
        output_field=IntegerField(),
    )


def _needs(package: Package, day) -> list:
    """What a package asks for besides its pattern: a condition each."""
    taking = Admission.objects.standing().filter(
        Q(agreement_until=None) | Q(agreement_until__gte=day),
        agreement_from__lte=day,
        lot__services=OuterRef("pk"),
        organisation=OuterRef("organisation"),
    )
    return [
        _has("localities", locality=package.locality_id),
        _has("client_groups", clientgroup=package.client_group_id),
        Exists(taking.exclude(state=AdmissionState.SUSPENDED)),
    ]


def _has(path: str, **term) -> Exists:
    return Exists(getattr(Service, path).through.objects.filter(service=OuterRef("pk"), **term))


def _priced(wanted: Wanted) -> QuerySet:
    """Of a service's lots on which its provider stands, that which prices most of the pattern, for
    the least: `kinds` of support that have a rate, `cost` in pounds a week where all have."""
    standing = Admission.objects.standing().filter(
        lot=OuterRef("lot"), organisation=OuterRef("service__organisation")
    )
    lots = Service.lots.through.objects.filter(Exists(standing), service=OuterRef("pk"))
    cost, kinds = Value(Decimal(0), output_field=MONEY), Value(0)
    for number, (kind, quantity) in enumerate(_kinds(wanted.pattern).items()):
        name = f"rate_{number}"
        lots = lots.annotate(**{name: Subquery(_rates(wanted.day, *kind), output_field=MONEY)})
        cost = cost + Round(F(name) * quantity, precision=2, output_field=MONEY)
        kinds = kinds + _one_if(Q(**{f"{name}__isnull": False}))
    lots = lots.annotate(cost=cost, kinds=kinds)
    return lots.order_by("-kinds", F("cost").asc(nulls_last=True), "lot__position")


def _kinds(pattern) -> dict[tuple, Decimal]:
    """How much of each kind of support a week has: (unit, mode, supported together, zone)."""
    found: dict[tuple, Decimal] = defaultdict(Decimal)
    for line in pattern:
        found[line.unit, line.mode, line.supported, line.zone] += line.quantity
    return found


def _rates(day, unit: str, mode: str, supported: int, zone: str) -> QuerySet:
    """Pounds a unit without VAT, of a service on a lot; a zone's own rate before that for all."""
    held = Rate.objects.on(day).filter(
        service=OuterRef("service"),
        lot=OuterRef("lot"),
        unit=unit,
        mode=mode,
        tier__least__lte=supported,
        tier__greatest__gte=supported,
        zone_key__in={zone, ""},
    )
    without = Case(
        When(vat=Vat.INCLUDED, then=Round(F("pounds") / WITH_VAT, precision=2)),
        default=F("pounds"),
        output_field=MONEY,
    )
    return held.order_by("tier__position", "-zone_key").values(net=without)[:1]
