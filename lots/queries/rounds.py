"""Rounds as their pages show them: dates, state in words, and the decision behind each."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, OuterRef, QuerySet, Subquery

from dps.clock import UK
from dps.models import BankHoliday
from dps.words import Clock, uk_date
from lots import policies
from lots.calculations import regimes, schedules
from lots.models import (
    Act,
    AdmissionMode,
    Authorisation,
    Deadline,
    Decision,
    Lot,
    ProcedureState,
    Questionnaire,
    QuestionnaireState,
    Round,
    RoundLot,
    Schedule,
    Scheme,
)
from lots.queries.lots import calendar_of, time_left, windows

VERBS = {
    Act.ESTABLISH: "establish",
    Act.REOPEN: "re-open",
    Act.AWARD: "award",
    Act.SEAL: "seal the agreements of",
}


@dataclass(frozen=True)
class Word:
    """The state of a round at an instant, by the clock and the decision behind it."""

    word: str
    kind: str = ""
    shape: str = "ring"


def for_list(user, at: datetime) -> QuerySet:
    """The rounds that the person may see, with what a row of a list shows."""
    rounds = policies.view_round.rows(user).with_deadline().with_uncovered(at)
    return rounds.select_related("scheme").prefetch_related("round_lots__lot")


def for_scheme(user, scheme: Scheme, at: datetime) -> QuerySet:
    """The rounds of a scheme that the person may see, newest first."""
    return for_list(user, at).filter(scheme=scheme.pk).order_by("-opens_at", "-number")


def dated(user, scheme: Scheme, at: datetime, limit: int = 12) -> list[Round]:
    """The latest rounds of a scheme that are announced, each with its `standing` as a Word."""
    announced = for_scheme(user, scheme, at).exclude(state=ProcedureState.DRAFT)
    found = list(announced[:limit])
    for round in found:
        round.standing = word_of(round, at)
    return found


def deadlines(round: Round) -> list[Deadline]:
    """Every deadline the round has had, the one in force first."""
    return list(round.deadlines.order_by("-at"))


def word_of(round: Round, at: datetime) -> Word:
    """What is said of a round from `for_list`. Time decides, not whether a task has run yet."""
    if round.state == ProcedureState.CANCELLED:
        return Word("Cancelled", "stop", "dash")
    if round.state == ProcedureState.DRAFT or round.deadline is None:
        return Word("Draft")
    if round.deadline < at:
        return Word("Closed", "", "square")
    if round.opens_at > at:
        return Word("Announced", "info", "ring")
    if round.is_uncovered:
        return Word("Stays shut", "stop", "lock")
    return Word("Open", "go", "dot")


def clock_of(round: Round, at: datetime) -> Clock | None:
    """How long until a round from `for_list` opens or closes; None where neither is to come."""
    if round.state == ProcedureState.CANCELLED or round.deadline is None or round.deadline < at:
        return None
    calendar = calendar_of(round.scheme)
    if round.opens_at > at:
        return time_left(round.opens_at, at, calendar, "Opens", "Opened")
    return time_left(round.deadline, at, calendar)


def act_of(round: Round) -> Act:
    """What a decision has to authorise for each lot of the round."""
    return Act.ESTABLISH if round.is_initial else Act.REOPEN


def have_begun(scheme: Scheme) -> bool:
    """Whether a round of the scheme has opened: applicants count on what they were shown."""
    begun = [ProcedureState.OPEN, ProcedureState.CLOSED]
    return Round.objects.filter(scheme=scheme.pk, state__in=begun).exists()


def shut_because(round: Round, at: datetime) -> list[str]:
    """A sentence for each lot of the round whose opening no effective decision authorises."""
    day = uk_date(round.opens_at.astimezone(UK).date())
    rows = RoundLot.objects.uncovered(at).filter(round=round.pk).select_related("lot")
    return [
        f"{round} stays shut: no effective decision covers “{VERBS[Act(row.act)]} lot "
        f"{row.lot.key}” on {day}."
        for row in rows.order_by("lot__position")
    ]


def authorised_by(round: Round, at: datetime) -> QuerySet:
    """What effective decisions authorise of this round's opening, by lot."""
    day = round.opens_at.astimezone(UK).date()
    return (
        Authorisation.objects.covering(act_of(round), day)
        .filter(lot__round_lots__round=round.pk, decision__in=Decision.objects.effective(at))
        .select_related("decision", "lot")
        .order_by("decision__effective_at", "lot__position")
    )


# What is due and not done


def due_to_begin(at: datetime) -> QuerySet:
    """Announced rounds whose instant has come, whose deadline has not passed, and whose every lot
    a decision covers."""
    return Round.objects.taking_applications(at).filter(state=ProcedureState.PUBLISHED)


def due_to_close(at: datetime) -> QuerySet:
    """Rounds past their deadline that are not on record as closed."""
    waiting = [ProcedureState.PUBLISHED, ProcedureState.OPEN]
    return Round.objects.past_deadline(at).filter(state__in=waiting)


def due_to_plan(at: datetime) -> list[Schedule]:
    """Schedules whose next round is to be announced by now and is not, of published schemes that
    have a questionnaire in force and a lot that re-opens in rounds."""
    asks = Questionnaire.objects.filter(state=QuestionnaireState.PUBLISHED)
    reopens = Lot.objects.with_mode().filter(mode=AdmissionMode.ROUNDS)
    today = at.astimezone(UK).date()
    running = Schedule.objects.filter(
        scheme__published_at__lte=at,
        scheme__ends_on__gte=today,
        scheme__in=asks.values("scheme"),
    ).filter(scheme__in=reopens.values("scheme"))
    latest = Round.objects.filter(schedule=OuterRef("pk")).order_by("-opens_at")
    found = running.select_related("scheme").annotate(
        last_opens_at=Subquery(latest.values("opens_at")[:1])
    )
    calendars: dict[tuple, object] = {}
    due = []
    for schedule in found.order_by("pk"):
        scheme = schedule.scheme
        parts = regimes.PROFILES[scheme.regime].parts
        if parts not in calendars:
            calendars[parts] = BankHoliday.objects.calendar(*parts)
        window = schedules.due(
            windows(schedule, scheme, calendars[parts]),
            after=schedule.last_opens_at,
            announced_days=schedule.announced_days,
            at=at,
        )
        if window:
            due.append(schedule)
    return due


def extended(at: datetime) -> QuerySet:
    """Rounds still open whose deadline was put off: those who had begun are to be told. Annotates
    `deadline`, in force, and `extended_at`, when it was set."""
    latest = Deadline.objects.filter(procedure=OuterRef("pk")).order_by("-at")
    return (
        Round.objects.with_deadline()
        .annotate(
            times_set=Count("deadlines", distinct=True),
            extended_at=Subquery(latest.values("set_at")[:1]),
        )
        .filter(
            state__in=[ProcedureState.PUBLISHED, ProcedureState.OPEN],
            deadline__gte=at,
            times_set__gt=1,
        )
    )
