from datetime import datetime

from dps import envelopes
from dps.actions import Refused, action, excepted, lock, move, note, require
from dps.clock import UK, now
from dps.words import uk_date
from lots import policies
from lots.actions import procedures
from lots.calculations import regimes, schedules
from lots.models import (
    AdmissionMode,
    Lot,
    ProcedureState,
    Purpose,
    Questionnaire,
    QuestionnaireState,
    Round,
    RoundLot,
    Schedule,
    Scheme,
)
from lots.queries.lots import calendar_of, windows
from lots.queries.rounds import shut_because


@action
def start(
    scheme: Scheme,
    *,
    title: str,
    opens_at: datetime,
    lots: list[Lot],
    is_initial: bool = False,
    schedule: Schedule | None = None,
    by,
) -> Round:
    """A new round of the scheme for some of its lots, as a draft, with the key that will seal its
    applications. It asks the questionnaire in force.

    A closed lot opens in the initial round only; an open one needs no round.
    """
    scheme = lock(scheme)
    require(policies.run_scheme, by, scheme)
    chosen = Lot.objects.with_mode().filter(scheme=scheme, pk__in=[lot.pk for lot in lots])
    if not chosen:
        raise Refused("Choose at least one lot", field="lots")
    for lot in chosen:
        if lot.mode == AdmissionMode.CLOSED and not is_initial:
            raise Refused(f"{lot} is closed: it admits in the initial round only", field="lots")
        if lot.mode == AdmissionMode.OPEN:
            raise Refused(f"{lot} is open at any time and needs no round", field="lots")
    if is_initial and Round.objects.filter(scheme=scheme, is_initial=True).exists():
        raise Refused("The scheme has had its initial round", field="is_initial")
    round = Round.objects.create(
        scheme=scheme,
        title=title,
        opens_at=opens_at,
        number=Round.objects.filter(scheme=scheme).count() + 1,
        is_initial=is_initial,
        questionnaire=questionnaire_of(scheme),
        schedule=schedule,
        is_rehearsal=scheme.is_rehearsal,
    )
    RoundLot.objects.bulk_create(RoundLot(round=round, lot=lot) for lot in chosen)
    envelopes.issue(round)
    note(round, "lots.round.started", by=by)
    return round


@action
def correct(round: Round, *, title: str, opens_at: datetime, by) -> Round:
    """Another title and opening (UTC instant) for a draft, old and new on record. Once a round is
    announced its dates are counted on: it can only be given longer."""
    round = lock(round)
    require(policies.run_round, by, round)
    if round.state != ProcedureState.DRAFT:
        raise Refused("The round is announced, so only its deadline can be put off")
    said = {"title": title, "opens_at": opens_at}
    differs = {name: value for name, value in said.items() if value != getattr(round, name)}
    if not differs:
        raise Refused("Nothing has changed")
    differences = {name: [str(getattr(round, name)), str(value)] for name, value in differs.items()}
    for name, value in differs.items():
        setattr(round, name, value)
    round.save(update_fields=list(differs))
    note(round, "lots.round.changed", by=by, differences=differences)
    return round


@action
def plan(schedule: Schedule, *, by) -> Round | None:
    """Start and announce the schedule's next round, once its day of announcing has come. The
    opening and the deadline are worked out in UK time and stored in UTC; one that falls on a
    weekend or bank holiday moves to the next working day."""
    schedule = lock(schedule)
    require(policies.change_schedule, by, schedule)
    window = due_window(schedule)
    if window is None:
        return None
    lots = Lot.objects.with_mode().filter(scheme=schedule.scheme_id, mode=AdmissionMode.ROUNDS)
    if not lots:
        return None
    round = start(
        schedule.scheme,
        title=f"Round {Round.objects.filter(scheme=schedule.scheme_id).count() + 1}",
        opens_at=window.opens_at,
        lots=list(lots),
        schedule=schedule,
        by=by,
    )
    return publish(round, deadline=window.closes_at, by=by, why="From the schedule")


def due_window(schedule: Schedule):
    """The next window of the schedule that is to be announced by now and has no round yet; None
    when there is none."""
    latest = Round.objects.filter(schedule=schedule).order_by("-opens_at").first()
    return schedules.due(
        windows(schedule, schedule.scheme, calendar_of(schedule.scheme)),
        after=latest.opens_at if latest else None,
        announced_days=schedule.announced_days,
        at=now(),
    )


@action
def publish(round: Round, *, deadline: datetime, by, why: str = "", exception: str = "") -> Round:
    """Announce a round with its deadline (UTC instant).

    A window shorter than the regime's least (or than what the notice says instead) is refused,
    naming the rule; where the regime allows, a reason departs from it and goes on the register of
    exceptions.
    """
    round = lock(round)
    require(policies.run_round, by, round)
    if problem := window_problem(round, deadline):
        if not problem.may_depart:
            raise Refused(problem.message, field="deadline")
        if not exception:
            raise Refused(
                f"{problem.message} Enter why this round departs from it", field="exception"
            )
        excepted(problem.rule, round, by=by, why=exception)
    if deadline.astimezone(UK).date() > round.scheme.ends_on:
        raise Refused(f"The scheme ends on {uk_date(round.scheme.ends_on)}", field="deadline")
    procedures.set_first_deadline(round, deadline, by, why)
    return round


def window_problem(round: Round, deadline: datetime):
    scheme = round.scheme
    profile = regimes.PROFILES[scheme.regime].departing(departures(scheme))
    begins_at = max(round.opens_at, now())  # nobody can apply before it is announced
    return regimes.window_problem(
        profile, begins_at, deadline, calendar_of(scheme), initial=round.is_initial
    )


def departures(scheme: Scheme) -> dict:
    """{rule: the number that the notice gives instead (None where the rule is no number)}."""
    return dict(scheme.departures.order_by("set_at").values_list("rule", "number"))


def questionnaire_of(scheme: Scheme) -> Questionnaire:
    """The questionnaire in force for applications: the last one published."""
    published = scheme.questionnaires.filter(
        purpose=Purpose.ADMISSION, state=QuestionnaireState.PUBLISHED
    )
    if found := published.order_by("-number").first():
        return found
    raise Refused("Publish a questionnaire first: applicants have nothing to answer")


@action
def extend(round: Round, *, deadline: datetime, by, why: str) -> Round:
    """Give everyone longer. Refused once the deadline has passed. Those who have begun are told by
    the app that knows them, which asks for what was put off (`lots.queries.rounds.extended`)."""
    round = lock(round)
    require(policies.run_round, by, round)
    procedures.put_off_deadline(round, deadline, by, why)
    return round


@action
def cancel(round: Round, *, by, why: str) -> Round:
    """End a round before its deadline. It is never opened."""
    round = lock(round)
    require(policies.run_round, by, round)
    if procedures.has_passed(round):
        raise Refused("The deadline has passed, so this round cannot be cancelled")
    move(round, ProcedureState.CANCELLED, by=by, why=why)
    return round


@action
def begin(round: Round, *, by) -> Round:
    """Put on record that a round has opened to applications. Refused before its instant, and while
    a lot's opening is covered by no decision: the round stays shut, and says which."""
    round = lock(round)
    require(policies.close_round, by, round)
    if now() < round.opens_at:
        raise Refused("The round does not open yet")
    if missing := shut_because(round, now()):
        raise Refused(" ".join(missing))
    move(round, ProcedureState.OPEN, by=by)
    return round


@action
def close(round: Round, *, by, why: str = "") -> Round:
    """Put on record that the deadline has passed. What may be read does not wait for this."""
    round = lock(round)
    require(policies.close_round, by, round)
    if not procedures.has_passed(round):
        raise Refused("The deadline has not passed yet")
    move(round, ProcedureState.CLOSED, by=by, why=why)
    return round


@action
def open(round: Round, *, by):
    """One person's part in opening a round. Refused until the deadline has passed."""
    round = lock(round)
    require(policies.run_round, by, round)
    return procedures.record_opening(round, by)


@action
def unseal(round: Round, *, by) -> Round:
    """Keep the key of an opened round where it cannot be lost with the master keys."""
    round = lock(round)
    require(policies.close_round, by, round)
    if not Round.objects.opened(now()).filter(pk=round.pk).exists():
        raise Refused("This round is not opened yet")
    envelopes.keep_open(round)
    note(round, "lots.round.unsealed", by=by)
    return round
