"""A decision, from its draft to the instant at which it takes effect."""

from dps.actions import Refused, action, excepted, lock, move, note, part, require
from dps.clock import UK, now, today
from dps.words import uk_date
from lots import policies
from lots.calculations import decisions as steps
from lots.calculations import regimes
from lots.models import (
    Act,
    Authorisation,
    Decision,
    DecisionKind,
    DecisionState,
    Scheme,
)
from lots.queries.lots import calendar_of


@part
def draft(scheme: Scheme, *, number: str, acts: list[tuple], by, **fields) -> Decision:
    """A decision to be taken, with the acts that it will authorise: (act, lot, first day, last day
    or None), and True where it is a standing delegation. An officer decides under a standing
    delegation (`delegation`) that is effective and covers each of the acts."""
    if Decision.objects.filter(authority=scheme.authority_id, number=number).exists():
        raise Refused(f"There is a decision {number} already", field="number")
    made = Decision.objects.create(
        authority=scheme.authority, scheme=scheme, number=number, **fields
    )
    if made.kind == DecisionKind.OFFICER:
        _within_delegation(made, acts)
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
    note(made, "lots.decision.drafted", by=by)
    return made


@action
def begin(scheme: Scheme, *, number: str, acts: list[tuple], by, **fields) -> Decision:
    """Draft a decision that is not about an award: to establish, re-open or seal, or to delegate.
    What is awarded is decided on a report, which says to whom. An officer delegates nothing."""
    scheme = lock(scheme)
    require(policies.run_scheme, by, scheme)
    delegates = any(any(standing) for _, _, _, _, *standing in acts)
    if delegates and fields.get("kind") == DecisionKind.OFFICER:
        raise Refused("An officer decides under a delegation and makes none", field="is_standing")
    if not delegates and any(act == Act.AWARD for act, *_ in acts):
        raise Refused("An award is decided on its report. Start the report first", field="acts")
    return draft(scheme, number=number, acts=acts, by=by, **fields)


def _within_delegation(decision: Decision, acts: list[tuple]) -> None:
    for act, lot, first, *_ in acts:
        covering = Decision.objects.covering(act, lot, first, now()).filter(
            authorisations__is_standing=True
        )
        if decision.delegation not in covering:
            raise Refused(
                f"No standing delegation covers “{Act(act).label} lot {lot.key}” on "
                f"{uk_date(first)}",
                field="delegation",
            )


@action
def publish(decision: Decision, *, by) -> Decision:
    """Put a key decision on the forward plan."""
    decision = _step(decision, DecisionState.PUBLISHED, by)
    decision.published_on = today()
    decision.save(update_fields=["published_on"])
    return decision


@action
def consider(decision: Decision, *, recommendations: str, by) -> Decision:
    """Put on record that the committee considered it, with what it recommends ("" : endorsed)."""
    decision = _step(decision, DecisionState.CONSIDERED, by)
    decision.considered_on, decision.recommendations = today(), recommendations
    decision.save(update_fields=["considered_on", "recommendations"])
    return decision


@part
def _step(decision: Decision, to: str, by) -> Decision:
    """The next step of a decision before it is signed, by those who prepare it."""
    decision = lock(decision)
    require(policies.prepare_decision, by, decision)
    _in_turn(decision, to)
    move(decision, to, by=by)
    return decision


def _in_turn(decision: Decision, to: str) -> None:
    """Refuse what is not the next step of its kind."""
    due = steps.next_step(decision.kind, decision.state)
    if not due:
        raise Refused(f"This decision is now {decision.get_state_display().lower()}")
    if due != to:
        label = DecisionState(due).label.lower()
        raise Refused(f"What comes next for this kind of decision is: {label}")


@action
def sign(decision: Decision, *, by, exception: str = "") -> Decision:
    """Take the decision. One that awards is signed with its report, where the interests of the
    person who signs are asked for."""
    decision = lock(decision)
    require(policies.sign_decision, by, decision)
    if awards(decision):
        raise Refused("Sign this with its award report, which says who is admitted")
    return signed(decision, by=by, exception=exception)


def awards(decision: Decision) -> bool:
    """Whether it awards by itself, and so is signed with the report that says to whom."""
    return decision.authorisations.filter(act=Act.AWARD, is_standing=False).exists()


@part
def signed(decision: Decision, *, by, exception: str = "") -> Decision:
    """Sign a locked decision. It takes effect when call-in is over, an officer's at once.

    A key decision that was not on the forward plan for 28 clear days is refused, unless there is
    a reason (general exception), which goes on the register of exceptions.
    """
    _in_turn(decision, DecisionState.SIGNED)
    earliest = steps.earliest_day(decision.kind, decision.published_on)
    if earliest and today() < earliest:
        if not exception.strip():
            raise Refused(
                f"It is on the forward plan since {uk_date(decision.published_on)}, so it may "
                f"be taken from {uk_date(earliest)}. Enter why it cannot wait",
                field="exception",
            )
        excepted("forward_plan", decision, by=by, why=exception)
    decision.signed_at, decision.signed_by = now(), by
    decision.effective_at = takes_effect_at(decision)
    decision.save(update_fields=["signed_at", "signed_by", "effective_at"])
    effective = decision.effective_at.astimezone(UK).isoformat()
    move(decision, DecisionState.SIGNED, by=by, why=exception, effective=effective)
    return decision


def takes_effect_at(decision: Decision):
    """The instant at which a decision signed now takes effect if nobody calls it in."""
    if decision.kind not in steps.MAY_BE_CALLED_IN:
        return now()
    profile = regimes.PROFILES[decision.scheme.regime]
    return regimes.effective_at(profile, now(), calendar_of(decision.scheme))


@action
def call_in(decision: Decision, *, by, why: str) -> Decision:
    """Put on record that scrutiny called it in: it does not take effect."""
    decision = lock(decision)
    require(policies.prepare_decision, by, decision)
    if decision.kind not in steps.MAY_BE_CALLED_IN:
        raise Refused("An officer's decision is not called in")
    if decision.effective_at and decision.effective_at <= now():
        raise Refused("It has taken effect, so it cannot be called in")
    move(decision, DecisionState.CALLED_IN, by=by, why=why)
    return decision


@action
def uphold(decision: Decision, *, by, why: str) -> Decision:
    """Put on record that a decision which was called in stands. It takes effect at once."""
    decision = lock(decision)
    require(policies.prepare_decision, by, decision)
    move(decision, DecisionState.SIGNED, by=by, why=why)
    decision.effective_at = now()
    decision.save(update_fields=["effective_at"])
    return decision


@action
def withdraw(decision: Decision, *, by, why: str) -> Decision:
    """Take it off: it was not taken, or did not survive a call-in."""
    decision = lock(decision)
    require(policies.prepare_decision, by, decision)
    move(decision, DecisionState.WITHDRAWN, by=by, why=why)
    return decision


@action
def take_effect(decision: Decision, *, by) -> Decision:
    """Put on record that it has taken effect. What rests on it does not wait for this."""
    decision = lock(decision)
    require(policies.prepare_decision, by, decision)
    if not Decision.objects.effective(now()).filter(pk=decision.pk).exists():
        raise Refused("It has not taken effect yet")
    move(decision, DecisionState.EFFECTIVE, by=by)
    return decision
