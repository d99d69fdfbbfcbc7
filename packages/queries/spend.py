"""What placements cost, from their dated terms: the sum of each line's weekly cost for its days."""

from datetime import date
from decimal import Decimal

from django.db.models import (
    Count,
    DateField,
    DecimalField,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Greatest, Least, Round

from packages.models import PlacementState, PlacementTerm

COSTED = [PlacementState.STARTED, PlacementState.ENDED, PlacementState.COSTED]
NONE = Decimal("0.00")


def with_cost(terms: QuerySet, from_on: date, until_on: date) -> QuerySet:
    """Annotate `cost`: pounds for the days of a term that lie between two dates (both included), a
    seventh of the weekly cost for each, to the penny. A term lasts until the next of its placement
    begins, or the placement ends."""
    later = PlacementTerm.objects.filter(placement=OuterRef("placement")).filter(
        Q(from_on__gt=OuterRef("from_on"))
        | Q(from_on=OuterRef("from_on"), number__gt=OuterRef("number"))
    )
    next_on = Subquery(later.order_by("from_on", "number").values("from_on")[:1])
    end = Least(
        Coalesce(_minus(next_on, 1), Value(until_on)),
        Coalesce(F("placement__ends_on"), Value(until_on)),
        Value(until_on),
        output_field=DateField(),
    )
    start = Greatest(F("from_on"), Value(from_on), output_field=DateField())
    days = Greatest(_days(end, start) + 1, 0)
    begun = terms.filter(from_on__lte=until_on, placement__state__in=COSTED)
    pounds = Cast(days, DecimalField(max_digits=12, decimal_places=2)) * F("weekly_cost") / 7
    return begun.annotate(
        cost=Round(pounds, 2, output_field=DecimalField(max_digits=14, decimal_places=2))
    )


def _minus(day, days: int) -> Func:
    return Func(
        day, Value(days), template="(%(expressions)s)", arg_joiner=" - ", output_field=DateField()
    )


def _days(end, start) -> Func:
    return Func(
        end, start, template="(%(expressions)s)", arg_joiner=" - ", output_field=IntegerField()
    )


def by_directorate(terms: QuerySet, from_on: date, until_on: date) -> dict[str, Decimal]:
    """{directorate: pounds between two dates}."""
    rows = with_cost(terms, from_on, until_on).values("placement__package__team__directorate")
    found = rows.annotate(pounds=Sum("cost")).order_by("placement__package__team__directorate")
    return {row["placement__package__team__directorate"]: row["pounds"] or NONE for row in found}


def by_lot(terms: QuerySet, from_on: date, until_on: date) -> list[dict]:
    """Rows of lot (none: off the scheme), how many placements cost something, and pounds."""
    rows = with_cost(terms, from_on, until_on).filter(cost__gt=0)
    found = rows.values("placement__lot__key", "placement__lot__title").annotate(
        placements=Count("placement", distinct=True), pounds=Sum("cost")
    )
    return list(found.order_by("placement__lot__key"))


def by_team(terms: QuerySet, from_on: date, until_on: date) -> dict:
    """{team id: pounds between two dates}."""
    rows = with_cost(terms, from_on, until_on).values("placement__package__team")
    return {
        row["placement__package__team"]: row["pounds"] or NONE
        for row in rows.annotate(pounds=Sum("cost")).order_by()
    }
