"""The returns of indicators: what is to be made, reminded of, filed, read."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Min, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from dps.calendar import start_of_day
from dps.clock import UK
from dps.models import Promise, the_system
from dps.promises import key_of
from lots.models import Better, Frequency, Indicator, Lot, Scheme
from providers import policies
from providers.calculations.periods import (
    REMIND_BEFORE,
    Period,
    period_of,
    periods_over,
    reminder_due,
)
from providers.calculations.targets import meets
from providers.models import (
    Admission,
    Figure,
    Organisation,
    Return,
    ReturnLine,
    ReturnPeriod,
    ReturnState,
)

MET = Q(better=Better.HIGHER, value__gte=F("target")) | Q(
    better=Better.LOWER, value__lte=F("target")
)

# What is due and not done


def schemes_to_make(today: date) -> list[Scheme]:
    """The schemes with a period that is over and whose returns are not made."""
    schemes = policies.make_returns.rows(the_system()).filter(
        published_at__isnull=False, is_rehearsal=False, starts_on__lt=today
    )
    made: dict[object, set] = {}
    for scheme, *which in ReturnPeriod.objects.values_list("scheme", "frequency", "from_on"):
        made.setdefault(scheme, set()).add(tuple(which))
    return [s for s in schemes if any(_unmade(s, made.get(s.pk, set()), today))]


def periods_to_make(scheme: Scheme, today: date) -> list[tuple[str, Period]]:
    """The periods of a scheme that are over and whose returns are not made, the earliest first."""
    made = set(scheme.return_periods.values_list("frequency", "from_on"))
    return sorted(_unmade(scheme, made, today), key=lambda each: each[1].until_on)


def _unmade(scheme: Scheme, made: set, today: date):
    for frequency in Frequency.values:
        for period in periods_over(frequency, scheme.starts_on, today):
            if (frequency, period.from_on) not in made:
                yield frequency, period


def stood(scheme: Scheme, on: date) -> QuerySet:
    """The admissions of a scheme that stood at the end of a day; suspended ones too, since support
    that runs goes on."""
    end = start_of_day(on + timedelta(days=1))
    still = Q(ended_at=None, pk__in=Admission.objects.standing().values("pk"))
    return Admission.objects.filter(
        still | Q(ended_at__gte=end), scheme=scheme, admitted_at__lt=end
    )


def asked_of(scheme: Scheme, frequency: str, period: Period) -> dict[Organisation, list[Indicator]]:
    """Whom a period asks for what: each organisation that stood on its last day, with the
    indicators that were in force all through it and are for one of its lots. None who is asked
    nothing, and none who has the return already."""
    of_then = Q(until_on=None) | Q(until_on__gte=period.until_on)
    indicators = list(
        scheme.indicators.filter(of_then, frequency=frequency, from_on__lte=period.from_on)
    )
    lots: dict[Organisation, set[str]] = {}
    admissions = stood(scheme, period.until_on).exclude(
        organisation__returns__in=Return.objects.filter(
            scheme=scheme, frequency=frequency, from_on=period.from_on
        )
    )
    for each in admissions.select_related("organisation", "lot"):
        lots.setdefault(each.organisation, set()).add(each.lot.key)
    asked = {
        organisation: [i for i in indicators if not i.lots or keys & set(i.lots)]
        for organisation, keys in lots.items()
    }
    return {organisation: wanted for organisation, wanted in asked.items() if wanted}


def to_remind(today: date) -> list[Return]:
    """The returns whose reminder is due and not yet owed, the longest due first."""
    soon = policies.remind_return.rows(the_system()).filter(
        state=ReturnState.DUE, due_on__lte=today + timedelta(days=max(REMIND_BEFORE))
    )
    owed = {reminder_key(each, today): each for each in soon.order_by("due_on", "pk")}
    made = set(Promise.objects.filter(key__in=owed).values_list("key", flat=True))
    return [each for key, each in owed.items() if key not in made]


def reminder_key(owed: Return, today: date) -> str:
    days = reminder_due(owed.due_on, today)
    return key_of("providers.return_reminder", owed, str(days), owed.due_on.isoformat())


# What a provider sees


def for_list(user) -> QuerySet:
    """The returns of the person's organisations: due first, then filed, newest first."""
    own = policies.view_organisation.rows(user).values("pk")
    rows = policies.view_return.rows(user).filter(organisation__in=own)
    return rows.select_related("scheme", "organisation").order_by(
        "state", "-filed_at", "due_on", "pk"
    )


def due_from(user) -> QuerySet:
    """What a person's organisations have still to file, the longest due first."""
    return for_list(user).filter(state=ReturnState.DUE)


def lines_of(owed: Return) -> list[ReturnLine]:
    """What a return asks, each with its figures as `versions` (the last first), the one that holds
    as `latest`, whether that `is_met`, and what was returned for the period before as `last`."""
    figures = Figure.objects.order_by("-number").select_related("by")
    lines = list(owed.lines.prefetch_related(Prefetch("figures", figures, to_attr="versions")))
    before = _last_figures(owed)
    for line in lines:
        line.latest = line.versions[0] if line.versions else None
        line.is_met = line.latest and meets(line.latest.value, line.target, line.better)
        line.last = before.get(line.indicator_id)
    return lines


def _last_figures(owed: Return) -> dict:
    """The figures of the period just before, by their indicator."""
    before = period_of(owed.frequency, owed.from_on - timedelta(days=1))
    figures = Figure.objects.filter(
        line__of__scheme=owed.scheme_id,
        line__of__organisation=owed.organisation_id,
        line__of__frequency=owed.frequency,
        line__of__from_on=before.from_on,
    )
    return {f.line.indicator_id: f for f in figures.select_related("line").order_by("number")}


# What the scheme's staff see


def is_late(owed: Return) -> bool:
    """Whether it was filed after the day that it was due."""
    return bool(owed.filed_at) and owed.filed_at.astimezone(UK).date() > owed.due_on


def periods(user, on: date) -> QuerySet:
    """The periods whose returns the person may see, the last first, with how many are `asked`,
    `filed` and `overdue` on a day."""
    of_it = Return.objects.filter(
        scheme=OuterRef("scheme"), frequency=OuterRef("frequency"), from_on=OuterRef("from_on")
    )
    late = Q(state=ReturnState.DUE, due_on__lt=on)
    rows = policies.view_return_period.rows(user).select_related("scheme")
    return (
        rows.annotate(
            asked=_counted(of_it),
            filed=_counted(of_it.filter(state=ReturnState.FILED)),
            overdue=_counted(of_it.filter(late)),
        )
        .filter(asked__gt=0)
        .order_by("-until_on", "frequency", "scheme__title", "pk")
    )


def _counted(rows: QuerySet) -> Coalesce:
    counted = rows.order_by().values("scheme").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def of_period(user, period: ReturnPeriod, lot: Lot | None = None, state: str = "") -> QuerySet:
    """The returns of a period that the person may see: those not filed first, then by name."""
    rows = policies.view_return.rows(user).filter(
        scheme=period.scheme_id, frequency=period.frequency, from_on=period.from_on
    )
    if lot:
        on_lot = stood(period.scheme, period.until_on).filter(lot=lot)
        rows = rows.filter(organisation__in=on_lot.values("organisation"))
    if state:
        rows = rows.filter(state=state)
    return rows.select_related("organisation").order_by("state", "organisation__name", "pk")


def latest_value() -> Subquery:
    """Of a line: the figure that holds."""
    figures = Figure.objects.filter(line=OuterRef("pk")).order_by("-number")
    return Subquery(figures.values("value")[:1])


def totals(returns: QuerySet) -> list[dict]:
    """For each indicator that returns ask for: how many were `asked` for it, have `filed` a figure
    and `met` the target, as it stood for them."""
    lines = ReturnLine.objects.filter(of__in=returns.order_by().values("pk"))
    of_each = ("indicator", "title", "measure", "target", "better")
    return list(
        lines.annotate(value=latest_value())
        .order_by()
        .values(*of_each)
        .annotate(
            asked=Count("pk"),
            filed=Count("pk", filter=Q(value__isnull=False)),
            met=Count("pk", filter=MET),
            place=Min("position"),  # which depends on what else a return asks for
        )
        .order_by("place", "title")
    )


def with_values(returns: Iterable[Return]) -> dict[object, dict[object, ReturnLine]]:
    """The lines of returns, by return and indicator, each with its `value` (None: not filed)."""
    found: dict[object, dict[object, ReturnLine]] = {each.pk: {} for each in returns}
    for line in ReturnLine.objects.filter(of__in=found).annotate(value=latest_value()):
        found[line.of_id][line.indicator_id] = line
    return found


def overdue(user, at: datetime) -> QuerySet:
    """The returns that the person may see whose day has passed, the longest due first."""
    rows = policies.view_return.rows(user).filter(
        state=ReturnState.DUE, due_on__lt=at.astimezone(UK).date()
    )
    return rows.select_related("organisation", "scheme").order_by("due_on", "organisation__name")
