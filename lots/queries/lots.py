"""Whether lots take applications, and when they next do: the same words for everyone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from dps.calendar import Calendar, working_days_between
from dps.clock import UK
from dps.models import BankHoliday
from dps.words import Clock, clock, counted, short_date, uk_date
from lots import policies
from lots.calculations import regimes, schedules
from lots.calculations.schedules import Window
from lots.models import (
    AdmissionMode,
    Lot,
    Mode,
    ProcedureState,
    Round,
    RoundLot,
    Schedule,
    Scheme,
)

OPEN = "Open"
NEVER = "Closed, does not re-open"
AWAITS = "Closed, until a decision opens it"
UNDATED = "Closed, no opening is set yet"


@dataclass(frozen=True)
class Standing:
    """Whether a lot takes applications, in words. `round_id` is the round it takes them in (none
    where it takes them at any time), or else the round announced next; `closes_at` and `opens_at`
    are instants, of which `opens_at` may come from the schedule before a round is announced.
    `decided_on` is the last day for deciding an application sent now to a lot open at any time."""

    says: str
    is_open: bool = False
    round_id: object = None
    closes_at: datetime | None = None
    opens_at: datetime | None = None
    decided_on: date | None = None

    @property
    def kind(self) -> str:
        return "go" if self.is_open else ""

    @property
    def shape(self) -> str:
        return "dot" if self.is_open else "square"


def for_scheme(user, scheme: Scheme, at: datetime) -> list[Lot]:
    """The lots of a scheme that the person may see, each with its `standing` at an instant."""
    return with_standing(lots_of(policies.view_scheme.rows(user).filter(pk=scheme.pk)), at)


def for_schemes(schemes: Iterable[Scheme], user, at: datetime) -> dict[object, list[Lot]]:
    """The lots of several schemes by the id of their scheme, each with its `standing`; in a number
    of queries that does not grow."""
    seen = policies.view_scheme.rows(user).filter(pk__in=[scheme.pk for scheme in schemes])
    grouped: dict[object, list[Lot]] = {scheme.pk: [] for scheme in schemes}
    for lot in with_standing(lots_of(seen), at):
        grouped[lot.scheme_id].append(lot)
    return grouped


def lots_of(schemes: QuerySet) -> QuerySet:
    return Lot.objects.filter(scheme__in=schemes.values("pk"))


def with_standing(lots: QuerySet, at: datetime) -> list[Lot]:
    """The lots, each with its `mode`, its `standing` at an instant, the `clock` of its round while
    it is open, what there is to say `about` when it opens, and what one would `apply_to`."""
    found = list(
        asked(lots, at)
        .select_related("scheme", "scheme__schedule")
        .prefetch_related("scheme__departures")
        .order_by("scheme__title", "position")
    )
    calendar = cache(lambda parts: BankHoliday.objects.calendar(*parts))
    for lot in found:
        lot.standing = standing(lot, at, calendar)
        closes_at, parts = lot.standing.closes_at, regimes.PROFILES[lot.scheme.regime].parts
        lot.clock = time_left(closes_at, at, calendar(parts)) if closes_at else None
        lot.about = about(lot)
        lot.apply_to = str(lot.standing.round_id or lot.scheme_id)  # round or scheme, for the form
    return found


def asked(lots: QuerySet, at: datetime) -> QuerySet:
    """Lots with what their standing at an instant depends on: the mode, the round that takes
    applications, the next one announced, one that is due and stays shut, and whether the lot has
    had a round."""
    here = Q(round_lots__lot=OuterRef("pk"))
    taking = Round.objects.taking_applications(at).filter(here).order_by("deadline")
    announced = Round.objects.filter(here, state=ProcedureState.PUBLISHED)
    coming = announced.filter(opens_at__gt=at).order_by("opens_at")
    begun = announced.with_deadline().with_uncovered(at)
    shut = begun.filter(opens_at__lte=at, deadline__gte=at, is_uncovered=True)
    had = RoundLot.objects.filter(lot=OuterRef("pk"), round__opens_at__lte=at)
    return lots.with_mode().annotate(
        open_round=Subquery(taking.values("pk")[:1]),
        open_until=Subquery(taking.values("deadline")[:1]),
        next_round=Subquery(coming.values("pk")[:1]),
        next_opens_at=Subquery(coming.values("opens_at")[:1]),
        awaits_decision=Exists(shut),
        has_opened=Exists(
            had.filter(round__state__in=[ProcedureState.OPEN, ProcedureState.CLOSED])
        ),
    )


def standing(lot: Lot, at: datetime, calendar) -> Standing:
    """What is said of a lot from `asked`; `calendar` gives the working days of parts of the UK."""
    if local(at) > lot.scheme.ends_on:
        return Standing(NEVER)
    if lot.open_round and lot.mode != AdmissionMode.OPEN:
        return Standing(OPEN, True, lot.open_round, lot.open_until)
    if takes_at_any_time(lot):
        return Standing(OPEN, True, decided_on=decided_on(lot, at, calendar))
    if lot.awaits_decision:
        return Standing(AWAITS)
    if lot.next_round:
        opens_at = lot.next_opens_at
        return Standing(opening(opens_at), round_id=lot.next_round, opens_at=opens_at)
    return unannounced(lot, at, calendar)


def unannounced(lot: Lot, at: datetime, calendar) -> Standing:
    """What is said of a lot that is closed with no round announced: what its mode and the scheme's
    schedule foresee."""
    if lot.mode == AdmissionMode.CLOSED:
        has_had_its_round = lot.has_opened or local(at) >= lot.scheme.starts_on
        return Standing(NEVER if has_had_its_round else UNDATED)
    schedule = getattr(lot.scheme, "schedule", None)
    if schedule is None or lot.mode is None:
        return Standing(UNDATED)
    parts = regimes.PROFILES[lot.scheme.regime].parts
    window = schedules.next_opening(windows(schedule, lot.scheme, calendar(parts)), at)
    if window is None:
        return Standing(NEVER)
    return Standing(opening(window.opens_at), opens_at=window.opens_at)


def elsewhere(lots: list[Lot]) -> str:
    """Where those may turn whose lot does not re-open: the lots that are open, or will be."""
    is_open = [lot.key for lot in lots if lot.standing.is_open]
    said = []
    if is_open:
        takes = "takes" if len(is_open) == 1 else "take"
        said.append(f"{listed(is_open)} {takes} applications now.")
    for lot in lots:
        if not lot.standing.is_open and lot.standing.opens_at:
            said.append(f"Lot {lot.key} opens on {uk_date(lot.standing.opens_at)}.")
    return " ".join(said)


def listed(keys: list[str]) -> str:
    """Lots by their keys: "Lot 1a", "Lots 1a and 2"."""
    if len(keys) == 1:
        return f"Lot {keys[0]}"
    return f"Lots {', '.join(keys[:-1])} and {keys[-1]}"


def takes_at_any_time(lot: Lot) -> bool:
    """Whether a lot with its `mode` needs no round to be applied for: it is open, or its regime has
    it take applications throughout and no notice departs from that (PCR 2015 reg. 34(2))."""
    if lot.mode == AdmissionMode.OPEN:
        return True
    if lot.mode != AdmissionMode.ROUNDS:
        return False
    return regimes.accepts_between_rounds(regimes.PROFILES[lot.scheme.regime], departures_of(lot))


def departures_of(lot: Lot) -> dict:
    """{rule: the number that the scheme's notice gives instead} for a lot."""
    said = lot.scheme.departures.all()
    return {d.rule: d.number for d in said if not d.lots or lot.key in d.lots}


def decided_on(lot: Lot, at: datetime, calendar) -> date | None:
    """The last day for deciding an application received at an instant; None where neither the law
    nor the notice gives a number of days."""
    profile = regimes.PROFILES[lot.scheme.regime].departing(departures_of(lot))
    return regimes.decision_due(profile, at, calendar(profile.parts))


def about(lot: Lot) -> str:
    """When a lot with its `mode` is open, and how its support is delivered: two sentences."""
    schedule = getattr(lot.scheme, "schedule", None)
    if lot.mode == AdmissionMode.CLOSED:
        opens = "Providers are admitted in the initial round only."
    elif lot.mode is None:
        opens = ""
    elif takes_at_any_time(lot):
        opens = f"Apply at any time until the scheme ends, on {short_date(lot.scheme.ends_on)}."
    elif schedule:
        often, long = counted(schedule.every_months, "month"), counted(schedule.open_days, "day")
        opens = f"Opens every {often}, for {long}."
    else:
        opens = "Opens in rounds, which are announced here."
    ways = ", ".join(Mode(way).label for way in lot.modes).capitalize()
    delivered = f"{ways}." if ways else ""
    return f"{opens} {delivered}".strip()


def open_at_any_time(scheme: Scheme, at: datetime) -> list[Lot]:
    """The lots of a scheme that may be applied for now, with no round."""
    if local(at) > scheme.ends_on or scheme.published_at is None:
        return []
    lots = Lot.objects.with_mode().filter(scheme=scheme.pk).select_related("scheme")
    return [lot for lot in lots.prefetch_related("scheme__departures") if takes_at_any_time(lot)]


def calendar_of(scheme: Scheme) -> Calendar:
    """The working days that the scheme's regime counts."""
    return BankHoliday.objects.calendar(*regimes.PROFILES[scheme.regime].parts)


def time_left(
    due: date | datetime,
    at: datetime,
    calendar: Calendar,
    verb: str = "Closes",
    past: str = "Closed",
) -> Clock:
    """How long is left until a day or an instant, in working days of a calendar."""
    days = partial(working_days_between, calendar=calendar)
    return clock(due, at, verb=verb, past=past, is_late=False, days=days)


def windows(schedule: Schedule, scheme: Scheme, calendar) -> tuple[Window, ...]:
    """Every window of a schedule until its scheme ends."""
    return schedules.windows(
        first_opens_on=schedule.first_opens_on,
        every_months=schedule.every_months,
        open_days=schedule.open_days,
        opens_at=schedule.opens_at,
        closes_at=schedule.closes_at,
        until=scheme.ends_on,
        calendar=calendar,
    )


def opening(at: datetime) -> str:
    return f"Closed, next opens on {uk_date(at)}"


def local(at: datetime) -> date:
    return at.astimezone(UK).date()
