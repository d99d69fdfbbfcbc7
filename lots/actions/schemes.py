from datetime import datetime
from decimal import Decimal

from dps.actions import Refused, action, lock, move, note, require
from dps.clock import now
from lots import policies
from lots.calculations import regimes
from lots.models import (
    Act,
    AdmissionMode,
    Authorisation,
    Decision,
    DecisionState,
    Departure,
    Lot,
    ModeChange,
    ProcedureState,
    RoundLot,
    Scheme,
    TextVersion,
)


@action
def publish(scheme: Scheme, *, by) -> Scheme:
    """Show the scheme to the world: its lots, questions and rounds."""
    scheme = lock(scheme)
    require(policies.run_scheme, by, scheme)
    if scheme.published_at:
        raise Refused("The scheme is published already")
    if not scheme.lots.exists():
        raise Refused("Add at least one lot first")
    scheme.published_at = now()
    scheme.save(update_fields=["published_at"])
    note(scheme, "lots.scheme.published", by=by)
    return scheme


@action
def depart(
    scheme: Scheme,
    *,
    rule: str,
    number: Decimal | None = None,
    lots: list[str] = (),
    notice_reference: str,
    why: str,
    by,
) -> Departure:
    """Put on record that the scheme's notice departs from a default of its regime. Refused for a
    rule that the regime does not let anybody depart from. `lots` are keys; none means all."""
    scheme = lock(scheme)
    require(policies.run_scheme, by, scheme)
    profile = regimes.PROFILES[scheme.regime]
    if problem := regimes.departure_problem(profile, rule, number):
        raise Refused(problem.message, field="number" if problem.may_depart else "rule")
    departure = Departure.objects.create(
        scheme=scheme,
        rule=rule,
        number=number,
        lots=list(lots),
        notice_reference=notice_reference,
        why=why,
        set_at=now(),
        set_by=by,
    )
    note(scheme, "lots.scheme.departed", by=by, why=why, rule=rule, number=str(number))
    return departure


@action
def write(scheme: Scheme, *, kind: str, title: str, body: str, by, why: str = "") -> TextVersion:
    """A new version of the specification or the terms. The earlier ones stay readable."""
    scheme = lock(scheme)
    require(policies.run_scheme, by, scheme)
    latest = scheme.texts.filter(kind=kind).order_by("-number").first()
    if latest and (latest.title, latest.body) == (title, body):
        raise Refused("Nothing has changed", field="body")
    version = TextVersion.objects.create(
        scheme=scheme,
        kind=kind,
        number=latest.number + 1 if latest else 1,
        title=title,
        body=body,
        set_at=now(),
        set_by=by,
        why=why,
    )
    note(scheme, f"lots.scheme.{kind} written", by=by, why=why, number=version.number)
    return version


@action
def set_mode(lot: Lot, *, mode: str, by, why: str = "", decision: Decision | None = None):
    """Change how a lot admits. The first setting needs no more; a change needs a reason and, once
    a round has opened the lot, an effective decision that covers re-opening or establishing it.

    A closed lot of a DPS or dynamic market is a framework and typed so, and refusing applications
    between rounds needs the scheme's departure (PCR 2015 reg. 34(2), (5)). A lot is not closed
    while a round of it, other than the initial one, is to come or takes applications (rule 4).
    """
    lot = lock(lot)
    require(policies.change_lot, by, lot)
    current = lot.mode_changes.order_by("number").last()
    if current and current.mode == mode:
        raise Refused(f"{lot} is that already", field="mode")
    scheme = lot.scheme
    departed = departed_for(lot)
    profile = regimes.PROFILES[scheme.regime]
    if problem := regimes.mode_problem(profile, mode, lot.kind, departed):
        raise Refused(problem.message, field="mode")
    if current and not why:
        raise Refused("Enter a reason", field="why")
    running = [ProcedureState.DRAFT, ProcedureState.PUBLISHED, ProcedureState.OPEN]
    later = RoundLot.objects.filter(lot=lot, round__is_initial=False, round__state__in=running)
    if mode == AdmissionMode.CLOSED and (held := later.select_related("round").first()):
        raise Refused(
            f"{held.round} is for this lot. Cancel it, or close the lot once it is over",
            field="mode",
        )
    opened = RoundLot.objects.filter(
        lot=lot, round__state__in=[ProcedureState.OPEN, ProcedureState.CLOSED]
    )
    if current and opened.exists():
        act = Act.ESTABLISH if mode == AdmissionMode.CLOSED else Act.REOPEN
        covering = Decision.objects.covering(act, lot, now().date(), now())
        if decision is None or decision not in covering:
            raise Refused(
                f"Choose an effective decision that covers “{act.label} lot {lot.key}” today",
                field="decision",
            )
    change = ModeChange.objects.create(
        lot=lot,
        number=current.number + 1 if current else 1,
        mode=mode,
        set_at=now(),
        set_by=by,
        why=why,
        decision=decision,
    )
    note(lot, "lots.lot.mode set", by=by, why=why, mode=mode)
    return change


def departed_for(lot: Lot) -> set[str]:
    """The rules that the scheme's notice departs from for this lot."""
    departures = lot.scheme.departures.values_list("rule", "lots")
    return {rule for rule, lots in departures if not lots or lot.key in lots}


@action
def record_decision(
    scheme: Scheme,
    *,
    number: str,
    title: str,
    decision: str,
    decision_maker: str,
    signed_at: datetime,
    effective_at: datetime,
    acts: list[tuple],
    by,
    **fields,
) -> Decision:
    """Put on the register a decision that was taken and signed already, with the acts that it
    authorises: (act, lot, first day, last day or None), and True where it is a standing
    delegation."""
    scheme = lock(scheme)
    require(policies.run_scheme, by, scheme)
    if effective_at < signed_at:
        raise Refused("A decision takes effect after it is signed", field="effective_at")
    made = Decision.objects.create(
        authority=scheme.authority,
        scheme=scheme,
        number=number,
        title=title,
        decision=decision,
        decision_maker=decision_maker,
        signed_at=signed_at,
        effective_at=effective_at,
        **fields,
    )
    Authorisation.objects.bulk_create(
        Authorisation(
            decision=made,
            act=act,
            lot=lot,
            from_on=first,
            until_on=last,
            is_standing=any(standing),
        )
        for act, lot, first, last, *standing in acts
    )
    move(lock(made), DecisionState.SIGNED, by=by, why="Taken before it was entered here")
    if effective_at <= now():
        move(lock(made), DecisionState.EFFECTIVE, by=by)
    return made
