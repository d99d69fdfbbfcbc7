"""How fast applications are decided, month by month: a chart for each lot that is open."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import OuterRef, Subquery

from awards import policies as awarding
from awards.models import Outcome
from dps.calendar import Calendar, local_day, months_after, working_days_between
from dps.clock import today
from dps.models import BankHoliday, Grant, Role
from dps.once import once
from lots.calculations import regimes
from lots.models import Lot
from lots.queries.lots import departures_of

MONTHS = 6  # as far back as it looks, this month included


def charts(user) -> Iterator[dict]:
    """Working days from receipt to the first outcome, the median of each month, for those who
    run a scheme: of what came in outside rounds."""
    if not Grant.objects.authorities(user, Role.COMMISSIONER):
        return
    days = days_taken(user)
    lots = Lot.objects.filter(pk__in=list(days)).select_related("scheme")
    for lot in lots.prefetch_related("scheme__departures").order_by("scheme__title", "position"):
        limit = limit_of(lot)
        rows = [
            (f"{month:%b}", median(taken))
            for month, taken in sorted(by_month(days[lot.pk], calendar(lot)).items())
        ]
        says = "Working days from receipt to decision, the median of the month of receipt."
        yield {
            "title": f"Lot {lot.key}: working days to decide",
            "says": f"{says} The limit is {limit}." if limit else says,
            "rows": rows,
            "limit": limit,
            "head": ("Received", "Working days"),
        }


def days_taken(user) -> dict:
    """{lot: [(received, decided)]} of what was decided, in days."""
    since = months_after(today().replace(day=1), 1 - MONTHS)
    first = Outcome.objects.filter(evaluation=OuterRef("pk")).order_by("number")
    rows = (
        awarding.view_evaluation.rows(user)
        .filter(application__round=None, received_at__date__gte=since)
        .annotate(decided_at=Subquery(first.values("at")[:1]))
        .exclude(decided_at=None)
        .order_by()
    )
    found = defaultdict(list)
    for lot, received_at, decided_at in rows.values_list("lot", "received_at", "decided_at"):
        found[lot].append((local_day(received_at), local_day(decided_at)))
    return found


def calendar(lot: Lot) -> Calendar:
    """The working days that the regime of a lot counts; asked for once a page."""
    parts = regimes.PROFILES[lot.scheme.regime].parts
    return once(("calendar", parts), lambda: BankHoliday.objects.calendar(*parts))


def by_month(spans: Sequence[tuple[date, date]], calendar: Calendar) -> dict[date, list[int]]:
    """{first day of the month received: how many working days each took}."""
    months = defaultdict(list)
    for received_on, decided_on in spans:
        taken = working_days_between(received_on, decided_on, calendar)
        months[received_on.replace(day=1)].append(taken)
    return months


def median(numbers: Sequence[int]) -> Decimal:
    """The middle one; of an even number, half way between the two."""
    ordered = sorted(numbers)
    middle = Decimal(ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
    return middle.quantize(Decimal(1)) if middle == middle.to_integral() else middle


def limit_of(lot: Lot) -> int | None:
    """In how many working days the law or the notice has an application decided, if it says."""
    profile = regimes.PROFILES[lot.scheme.regime].departing(departures_of(lot))
    rule = profile.rules.get("decide_application")
    if rule is None or rule.unit != regimes.Unit.WORKING_DAYS:
        return None
    return profile.number(rule.key)
