"""Returns of indicators: asked for when a period is over, filed, corrected, reminded of."""

from decimal import Decimal

from dps.actions import Refused, action, lock, move, note, part, promise, require
from dps.clock import now, today
from lots.models import Scheme
from providers import policies
from providers.calculations.periods import Period, due_on, reminder_due
from providers.calculations.targets import figure_problem
from providers.models import Figure, Return, ReturnLine, ReturnPeriod, ReturnState
from providers.queries import returns as reading

Answers = dict[object, tuple[Decimal | None, str]]  # by the pk of the line: figure, remark
AT_ONCE = 24  # periods made in one go: the rest come with the next tick


@action
def make(scheme: Scheme, *, by) -> list[ReturnPeriod]:
    """Ask for the returns of every period of a scheme that is over and was not asked for: of each
    organisation that stood admitted on its last day, with a line for each indicator of the period
    for its lots. Each period is made once; an indicator defined later begins with a later one.

    Refused when there is no such period.
    """
    scheme = lock(scheme)
    require(policies.make_returns, by, scheme)
    wanted = reading.periods_to_make(scheme, today())[:AT_ONCE]
    if not wanted:
        raise Refused("The returns of every period that is over are made")
    return [_made(scheme, frequency, period, by) for frequency, period in wanted]


@part
def _made(scheme: Scheme, frequency: str, period: Period, by) -> ReturnPeriod:
    """Ask for the returns of one period, and put on record that they were asked for."""
    said = {
        "scheme": scheme,
        "frequency": frequency,
        "from_on": period.from_on,
        "until_on": period.until_on,
        "due_on": due_on(period, today()),
        "made_at": now(),
    }
    asked = reading.asked_of(scheme, frequency, period)
    owed = [Return(organisation=organisation, **said) for organisation in asked]
    Return.objects.bulk_create(owed)
    ReturnLine.objects.bulk_create(
        _line(each, place, indicator)
        for each in owed
        for place, indicator in enumerate(asked[each.organisation], 1)
    )
    for each in owed:
        note(each, "providers.return.made", by=by)
        promise("providers.return_due", each)
    return ReturnPeriod.objects.create(**said)


def _line(owed: Return, position: int, indicator) -> ReturnLine:
    """An indicator as it is defined now: the return keeps it so."""
    return ReturnLine(
        of=owed,
        indicator=indicator,
        position=position,
        title=indicator.title,
        guidance=indicator.guidance,
        measure=indicator.measure,
        target=indicator.target,
        better=indicator.better,
    )


@action
def file(owed: Return, *, figures: Answers, by) -> Return:
    """Hand in the figures of a return: one for every line. After the day it is due too, and it
    shows as late. `figures` gives for the pk of each line a figure and a remark.

    Refused when a line has none, when one cannot be, and when it is filed already: to change what
    was filed, correct it.
    """
    owed = lock(owed)
    require(policies.file_return, by, owed)
    if owed.state == ReturnState.FILED:
        first = Figure.objects.filter(line__of=owed).order_by("at").first()
        raise Refused(f"{first.by} has filed this return meanwhile. Look at it, then correct it")
    at = now()
    lines = owed.lines.order_by("position")
    filed = [_figure(line, 1, figures, at=at, by=by) for line in lines]
    Figure.objects.bulk_create(filed)
    owed.filed_at = at
    owed.save(update_fields=["filed_at"])
    move(owed, ReturnState.FILED, by=by, late=reading.is_late(owed))
    promise("providers.return_receipt", owed, str(len(filed)))
    return owed


@action
def correct(owed: Return, *, figures: Answers, why: str, seen: int, by) -> Return:
    """Change figures that were filed. Those before stay, with who, when and why (rule 8); a line
    that is the same gets no new one. `seen` is how many figures there were when one began.

    Refused without a reason, when nothing differs, and when somebody corrected it meanwhile.
    """
    owed = lock(owed)
    require(policies.file_return, by, owed)
    if owed.state != ReturnState.FILED:
        raise Refused("This return is not filed yet")
    if not why.strip():
        raise Refused("Enter the reason", field="why")
    lines = reading.lines_of(owed)
    if sum(len(line.versions) for line in lines) != seen:
        last = Figure.objects.filter(line__of=owed).order_by("-at").first()
        raise Refused(
            f"{last.by} has corrected this return meanwhile. Look at it, then begin again"
        )
    at = now()
    given = [
        _figure(line, line.latest.number + 1, figures, at=at, by=by, why=why) for line in lines
    ]
    before = {line.pk: (line.latest.value, line.latest.comment) for line in lines}
    differ = [each for each in given if (each.value, each.comment) != before[each.line_id]]
    if not differ:
        raise Refused("Nothing has changed")
    Figure.objects.bulk_create(differ)
    note(owed, "providers.return.corrected", by=by, why=why, figures=len(differ))
    promise("providers.return_receipt", owed, str(seen + len(differ)))
    return owed


def _figure(line: ReturnLine, number: int, figures: Answers, **said) -> Figure:
    value, comment = figures.get(line.pk, (None, ""))
    field = f"value-{line.pk}"
    if value is None:
        raise Refused(f"Enter a figure for “{line.title}”", field=field)
    if problem := figure_problem(value, line.measure):
        raise Refused(f"“{line.title}” {problem}", field=field)
    return Figure(line=line, number=number, value=value, comment=comment.strip(), **said)


@action
def remind(owed: Return, *, by) -> Return:
    """Owe the provider the reminder that is due today: 14, 7 or 1 days before, on the day, or the
    day after and each week until three weeks on; of several missed only the last. Owed once."""
    owed = lock(owed)
    require(policies.remind_return, by, owed)
    days = reminder_due(owed.due_on, today())
    if days is None or owed.state != ReturnState.DUE:
        raise Refused("No reminder is due")
    promise("providers.return_reminder", owed, str(days), owed.due_on.isoformat())
    note(owed, "providers.return.reminded", by=by, days=days)
    return owed
