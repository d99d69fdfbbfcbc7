"""What placements cost, from their dated terms: the sum of each line's weekly cost for its days."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import (
    Count,
    DateField,
    DecimalField,
    F,
    Func,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Concat, Greatest, Least, Round

from dps.models import Directorate
from dps.money import pounds
from packages import policies
from packages.calculations.years import a_year_before
from packages.models import PlacementState, PlacementTerm

NONE = Decimal("0.00")
COSTED = [PlacementState.STARTED, PlacementState.ENDED, PlacementState.COSTED]


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


def sums(user, from_on: date, until_on: date) -> list[dict]:
    """Of each team whose spend the person may see, and each lot (none: off the scheme), what its
    placements cost between two dates, as `pounds`, and how many cost anything, as `placements`."""
    teams = policies.view_spend.rows(user).values("pk")
    terms = PlacementTerm.objects.filter(placement__package__team__in=teams)
    rows = with_cost(terms, from_on, until_on).filter(cost__gt=0)
    found = rows.values(
        team=F("placement__package__team"),
        team_name=F("placement__package__team__name"),
        directorate=F("placement__package__team__directorate"),
        lot=F("placement__lot"),
        lot_name=Concat(
            Value("Lot "), F("placement__lot__key"), Value(": "), F("placement__lot__title")
        ),
    )
    return list(
        found.annotate(pounds=Sum("cost"), placements=Count("placement", distinct=True)).order_by(
            "directorate", "team_name", "placement__lot__key", "lot"
        )
    )


def first_day(user) -> date | None:
    """The day from which the person sees any spend; none while there is none."""
    teams = policies.view_spend.rows(user).values("pk")
    begun = PlacementTerm.objects.filter(placement__package__team__in=teams)
    return begun.aggregate(day=Min("from_on"))["day"]


@dataclass(frozen=True)
class Line:
    """A line of a table of spend: a year, the one before, and what lies between them."""

    label: str
    placements: int
    this: Decimal
    before: Decimal

    @property
    def more(self) -> str:
        """What is spent above the year before, with its sign."""
        return ("+" if self.this > self.before else "") + pounds(self.this - self.before)


def tables(user, from_on: date, until_on: date) -> dict:
    """Spend between two dates and between the same of the year before: `total`, and `tables` of
    (title, what a line is, lines)."""
    this = sums(user, from_on, until_on)
    before = sums(user, a_year_before(from_on), a_year_before(until_on))
    return {
        "total": lines(this, before, lambda row: ("", "Total")),
        "tables": [
            ("By directorate", "Directorate", lines(this, before, directorate)),
            ("By lot", "Lot", lines(this, before, lot)),
            ("By team", "Team", lines(this, before, team)),
        ],
    }


def lines(this: list[dict], before: list[dict], key: Callable) -> list[Line]:
    """One for each key (what it is, and its label) in either year."""
    keys = dict.fromkeys(sorted((key(row) for row in (*this, *before)), key=lambda k: k[1]))
    return [
        Line(
            at[1],
            sum(row["placements"] for row in this if key(row) == at),
            sum((row["pounds"] for row in this if key(row) == at), NONE),
            sum((row["pounds"] for row in before if key(row) == at), NONE),
        )
        for at in keys
    ]


def directorate(row: dict) -> tuple:
    return row["directorate"], Directorate(row["directorate"]).label


def lot(row: dict) -> tuple:
    return row["lot"], row["lot_name"] if row["lot"] else "Off the scheme"


def team(row: dict) -> tuple:
    return row["team"], row["team_name"]
