"""What is done alike with a round and a call-off: parts of their actions, which ask who may."""

from datetime import datetime

from dps.actions import Refused, move, note, part
from dps.clock import now
from dps.words import uk_instant
from lots.models import Deadline, Opening, Procedure, ProcedureState


@part
def set_first_deadline(procedure: Procedure, at: datetime, by, why: str = "") -> None:
    """Give a locked draft its deadline and announce it."""
    if at <= max(now(), procedure.opens_at):
        raise Refused("The deadline must be after the opening", field="deadline")
    Deadline.objects.create(procedure_id=procedure.pk, at=at, set_at=now(), set_by=by, why=why)
    move(procedure, ProcedureState.PUBLISHED, by=by, why=why, deadline=at.isoformat())


@part
def put_off_deadline(procedure: Procedure, at: datetime, by, why: str) -> None:
    """Give everyone longer. Refused once the deadline has passed: something may have been read."""
    current = deadline_of(procedure)
    if now() >= current:
        raise Refused("The deadline has passed, so it cannot be extended")
    if at <= current:
        raise Refused("The new deadline must be later than the present one", field="deadline")
    Deadline.objects.create(procedure_id=procedure.pk, at=at, set_at=now(), set_by=by, why=why)
    note(
        procedure,
        f"{procedure._meta.label_lower}.extended",
        by=by,
        why=why,
        deadline=at.isoformat(),
    )


def deadline_of(procedure: Procedure) -> datetime:
    return Deadline.objects.filter(procedure=procedure.pk).latest("at").at


def has_passed(procedure: Procedure) -> bool:
    """Whether it ran to its deadline."""
    return Procedure.objects.past_deadline(now()).filter(pk=procedure.pk).exists()


@part
def record_opening(procedure: Procedure, by) -> Opening:
    """One person's part in opening it. Refused until the deadline has passed."""
    if not has_passed(procedure):
        raise Refused("The deadline has not passed yet")
    if procedure.openings.filter(by=by).exists():
        raise Refused("You have opened this already. Another person is needed")
    opening = Opening.objects.create(procedure_id=procedure.pk, by=by, at=now())
    note(procedure, f"{procedure._meta.label_lower}.opened", by=by)
    return opening


def in_time(procedure: Procedure) -> datetime:
    """The present instant, while the procedure takes what people do. Refused before it opens, and
    from an instant after its deadline; on the deadline is in time."""
    instant, deadline = now(), deadline_of(procedure)
    if procedure.state == ProcedureState.CANCELLED:
        raise Refused(f"This {noun(procedure)} was cancelled. Your draft has been kept.")
    if instant > deadline:
        raise Refused(f"The deadline was {uk_instant(deadline)}. Your draft has been kept.")
    return instant


def noun(procedure: Procedure) -> str:
    return procedure._meta.verbose_name
