"""Where the journeys play: a scheme file with what its schedule comes to, the council's people and
the clock of everything."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.core.management import call_command

from dps.clock import UK, move_by, moved_by, now
from dps.demo.people import SignIn, staff
from dps.models import Role
from dps.settings import BASE_DIR
from lots.models import Scheme

COMMISSIONER = SignIn("ruth@council.example", "Ruth Okafor", "Commissioner", Role.COMMISSIONER)
SECOND = SignIn("ada@council.example", "Ada Lund", "Commissioner", Role.COMMISSIONER)
EVALUATORS = [
    SignIn("ines@council.example", "Ines Marlowe", "Evaluator", Role.EVALUATOR),
    SignIn("tomasz@council.example", "Tomasz Bell", "Evaluator", Role.EVALUATOR),
]
MODERATOR = SignIn("grace@council.example", "Grace Amari", "Moderator", Role.MODERATOR)
APPROVER = SignIn("helen@council.example", "Helen Stroud", "Approver", Role.APPROVER)
LAWYER = SignIn("piers@council.example", "Piers Halloran", "Legal officer", Role.LEGAL_OFFICER)
PRACTITIONER = SignIn("samira@council.example", "Samira Haddad", "", Role.PRACTITIONER, 0)
PANEL = [COMMISSIONER, *EVALUATORS, MODERATOR, APPROVER]
EVERYONE = [*PANEL, SECOND, LAWYER, PRACTITIONER]


@dataclass(frozen=True)
class Way:
    """A scheme file and what its schedule comes to: instants on the clocks of the UK. `answers`
    are those that pass where the first choice does not."""

    file: str
    before: str
    announced: str
    opens: str
    closes: str
    opens_on: str
    lot: str
    open_lot: str
    answers: dict[str, str] = field(default_factory=dict)


KENT = Way(
    file="kent-everyday-life.yaml",
    before="2027-02-01T10:00",
    announced="2027-02-18T10:00",
    opens="2027-04-01T09:00",
    closes="2027-04-22T12:00",
    opens_on="Thursday 1 April 2027",
    lot="Lot 1a",
    open_lot="Lot 2",
    answers={"been convicted of": "No", "not paid its tax": "No"},
)
NORTHMERE = Way(
    file="second-example.yaml",
    before="2027-07-01T10:00",
    announced="2027-08-10T10:00",
    opens="2027-09-01T00:00",
    closes="2027-10-01T17:00",
    opens_on="Wednesday 1 September 2027",
    lot="Lot breaks",
    open_lot="Lot at-home",
)


def move_to(words, **later):
    """Set the clock of everything to a time in the UK, or so much later."""
    there = datetime.fromisoformat(words).replace(tzinfo=UK)
    move_by(there + timedelta(**later) - (now() - moved_by()))


def move_to_instant(instant):
    """Set the clock of everything to an instant."""
    move_by(instant - (now() - moved_by()))


def council(way) -> Scheme:
    """The scheme in force and the council's people, while lots that re-open are shut."""
    move_to(way.before)
    call_command("load_bank_holidays")
    call_command("load_scheme", str(BASE_DIR / "schemes" / way.file))
    scheme = Scheme.objects.get()
    staff(scheme.authority, EVERYONE)
    return scheme
