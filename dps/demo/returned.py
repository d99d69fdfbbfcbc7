"""Returns of the periods that are over, in bulk: filed by most, and not by some."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from dps.calendar import at_local
from dps.clock import pretending
from dps.demo import people
from dps.demo.records import events
from dps.models import Event, the_system
from lots.models import Better, Scheme
from providers.calculations.periods import due_on
from providers.models import Figure, Member, Return, ReturnLine, ReturnPeriod, ReturnState
from providers.queries import returns as reading

SILENT = 6  # providers that have not filed for the last period; one of them signs in to the demo


def load(scheme: Scheme, day: date) -> None:
    """Each period that was over by the day, asked for on the morning after it ended."""
    random = Random(f"{scheme.slug} returned")  # noqa: S311 (the same demo each time)
    wanted = reading.periods_to_make(scheme, day)
    last = max((period.until_on for frequency, period in wanted if asks(scheme, frequency)))
    for frequency, period in wanted:
        made_on = period.until_on + timedelta(days=1)
        with pretending(at_six(made_on)):
            asked = reading.asked_of(scheme, frequency, period)
        said = {
            "scheme": scheme,
            "frequency": frequency,
            "from_on": period.from_on,
            "until_on": period.until_on,
            "due_on": due_on(period, made_on),
            "made_at": at_six(made_on),
        }
        ReturnPeriod.objects.create(**said)
        write(said, asked, period.until_on == last, day, random)


def asks(scheme: Scheme, frequency: str) -> bool:
    return scheme.indicators.filter(frequency=frequency).exists()


def write(said: dict, asked: dict, is_last: bool, day: date, random: Random) -> None:
    """The returns of a period, with the figures of those that filed."""
    by = owners()
    silent = silent_ones(asked) if is_last else set()
    owed, noted = [], []
    for organisation in asked:
        filed = {}
        if organisation not in silent:
            last = min(said["due_on"], day - timedelta(days=1))
            days = max((last - said["made_at"].date()).days, 0)
            filed_on = said["made_at"].date() + timedelta(days=random.randint(days // 2, days))
            filed = {"state": ReturnState.FILED, "filed_at": at_local(filed_on, TEN)}
        owed.append(Return(organisation=organisation, **said, **filed))
    Return.objects.bulk_create(owed)
    lines = [line(each, n, i) for each in owed for n, i in enumerate(asked[each.organisation], 1)]
    ReturnLine.objects.bulk_create(lines)
    Figure.objects.bulk_create(
        Figure(
            line=one,
            number=1,
            value=figure(one, random),
            at=one.of.filed_at,
            by=by[one.of.organisation_id],
        )
        for one in lines
        if one.of.state == ReturnState.FILED
    )
    for each in owed:
        noted += events(each, [("providers.return.made", each.made_at)], the_system())
        if each.state == ReturnState.FILED:
            filed = [("providers.return.filed", each.filed_at)]
            noted += events(each, filed, by[each.organisation_id])
    Event.objects.bulk_create(noted)


TEN = time(10)


def at_six(day: date) -> datetime:
    return datetime.fromisoformat(f"{day}T06:00:00+00:00")


def silent_ones(asked: dict) -> set:
    """Those that have not filed: the one whose owner signs in, and the last by name."""
    signs_in = people.PROVIDERS[0].email
    own = [o for o in asked if o.members.filter(user__email=signs_in).exists()]
    others = sorted((o for o in asked if o not in own), key=lambda o: o.name)
    return {*own, *others[-(SILENT - len(own)) :]}


def owners() -> dict:
    """{organisation id: its owner}."""
    found = Member.objects.filter(is_owner=True, left_at=None).select_related("user")
    return {member.organisation_id: member.user for member in found}


def line(owed: Return, position: int, indicator) -> ReturnLine:
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


def figure(one: ReturnLine, random: Random) -> Decimal:
    """Mostly on the right side of the target, and sometimes not."""
    worse = random.random() < 0.2
    share = Decimal(random.randint(70, 95) if worse else random.randint(100, 112)) / 100
    if one.better == Better.LOWER:
        share = 2 - share
    most = Decimal(100) if one.measure == "%" else Decimal(10000)
    return min((one.target * share).quantize(Decimal(1)), most)
