"""Older rounds, in bulk: the same records, entries and events as the actions write."""

from datetime import datetime, timedelta
from random import Random

from dps import envelopes
from dps.calendar import local_day, start_of_day
from dps.clock import pretending
from dps.demo import admitted, papers, people, writing
from dps.demo.names import SERVICES, organisations
from dps.demo.records import record
from dps.models import User, the_system
from lots.actions.rounds import calendar_of, questionnaire_of
from lots.calculations import schedules
from lots.models import (
    AdmissionMode,
    Deadline,
    Decision,
    Lot,
    ProcedureState,
    Round,
    RoundLot,
    Scheme,
)
from providers.calculations.sizes import size_of
from providers.models import (
    Application,
    ApplicationState,
    Member,
    Organisation,
    Submission,
)
from providers.queries.applications import snapshot

PROVIDERS = 47  # of the predecessor: domain digest, section 2A
SERVICES_OF_THE_PREDECESSOR = 72
INITIAL = (
    datetime.fromisoformat("2022-05-27T11:00+00:00"),
    datetime.fromisoformat("2022-06-17T11:00+00:00"),
)


def load(scheme: Scheme, day) -> None:
    """The organisations, the initial round and each re-opening but the last before the day, with
    what was decided on each."""
    random = Random(scheme.slug)  # noqa: S311 (the same demo each time)
    made = [organisation(*each, random, first=n == 0) for n, each in enumerate(named())]
    lots = list(Lot.objects.with_mode().filter(scheme=scheme).prefetch_related("tiers"))
    first = closed_round(scheme, lots, *INITIAL, number=1, is_initial=True)
    sent = [
        submit(first, applicant, [lots[place % len(lots)]], random, place)
        for place, applicant in enumerate(made)
    ]
    decision = Decision.objects.get(scheme=scheme, number=AWARDED)
    admitted.settle(
        scheme, round=first, sent=sent, decision=decision, random=random, by=the_system()
    )
    reopening = [lot for lot in lots if lot.mode == AdmissionMode.ROUNDS]
    outside = [each for place, each in enumerate(made) if lots[place % len(lots)] not in reopening]
    for number, window in enumerate(past_windows(scheme, day), 2):
        round = closed_round(scheme, reopening, window.opens_at, window.closes_at, number=number)
        joining, outside = outside[:2], outside[2:]
        sent = [
            submit(round, applicant, reopening[:1], random, made.index(applicant))
            for applicant in joining
        ]
        at = start_of_day(local_day(window.closes_at + timedelta(days=62)))
        year = f"{at:%y}"
        decision = admitted.award_decision(
            scheme, f"{year}/{10000 + number * 7:05}", round, reopening, at
        )
        admitted.settle(
            scheme, round=round, sent=sent, decision=decision, random=random, by=the_system()
        )


AWARDED = "22/00067"  # the decision that admitted the first


def named() -> list[tuple[str, str]]:
    return organisations(PROVIDERS)


def past_windows(scheme: Scheme, day) -> list:
    """The schedule's windows that closed before the last one that has opened by the day."""
    schedule = scheme.schedule
    planned = schedules.windows(
        first_opens_on=schedule.first_opens_on,
        every_months=schedule.every_months,
        open_days=schedule.open_days,
        opens_at=schedule.opens_at,
        closes_at=schedule.closes_at,
        until=scheme.ends_on,
        calendar=calendar_of(scheme),
    )
    return [window for window in planned if window.opens_at.date() <= day][:-1]


def organisation(name: str, form: str, random: Random, first: bool) -> Organisation:
    staff = random.choice([3, 6, 9, 14, 30, 80, 320])
    turnover = staff * 31000
    number = Organisation.objects.count() + 1
    made = Organisation.objects.create(
        name=name,
        legal_form=form,
        # of runs that neither register has given out
        company_number=f"99{number:06}" if form in ("cic", "company") else "",
        charity_number=f"99{number:05}" if form == "charity" else "",
        staff=staff,
        turnover=turnover,
        size=size_of(staff, turnover),
        is_vcse=form in ("cic", "charity"),
        address="1 Invented Street\nMaidstone",
        contact_name=f"Manager of {name}",
        contact_email=f"office@{name.split()[0].lower()}.example",
        registered_at=INITIAL[0],
    )
    envelopes.issue(made)
    owner = (
        people.person(people.PROVIDERS[0])
        if first
        else User.objects.create_user(f"owner{number}@providers.example", name=f"Manager of {name}")
    )
    Member.objects.create(
        organisation=made, user=owner, is_owner=True, is_signatory=True, joined_at=INITIAL[0]
    )
    return made


def closed_round(scheme, lots, opens_at, closes_at, *, number, is_initial=False) -> Round:
    """A round as the actions would have left it: announced, opened, closed, its key unwrapped."""
    round = Round.objects.create(
        scheme=scheme,
        title="Initial round" if is_initial else f"Round {number}",
        number=number,
        is_initial=is_initial,
        opens_at=opens_at,
        state=ProcedureState.CLOSED,
        questionnaire=questionnaire_of(scheme),
        schedule=None if is_initial else scheme.schedule,
    )
    RoundLot.objects.bulk_create(RoundLot(round=round, lot=lot) for lot in lots)
    announced_at = opens_at - timedelta(days=28)
    Deadline.objects.create(
        procedure=round, at=closes_at, set_at=announced_at, set_by=the_system(), why="As published"
    )
    envelopes.issue(round)
    envelopes.keep_open(round)
    record(
        round,
        [
            ("lots.round.started", announced_at),
            ("lots.round.published", announced_at),
            ("lots.round.open", opens_at),
            ("lots.round.closed", closes_at + timedelta(seconds=30)),
            ("lots.round.unsealed", closes_at + timedelta(seconds=31)),
        ],
        the_system(),
    )
    return round


def submit(
    round: Round, applicant: Organisation, lots: list[Lot], random: Random, place: int
) -> tuple[Submission, dict]:
    """An application that was submitted two days before its round closed, and what it says."""
    closes_at = round.deadlines.latest("at").at
    at = closes_at - timedelta(days=2, minutes=random.randint(1, 600))
    owner = applicant.members.select_related("user").get().user
    application = Application.objects.create(
        scheme=round.scheme,
        round=round,
        organisation=applicant,
        questionnaire=round.questionnaire,
        state=ApplicationState.SUBMITTED,
        started_at=at - timedelta(days=6),
    )
    envelopes.issue(application, within=round)
    with pretending(at):
        document = applicant.documents.first() or papers.add(applicant, owner)
    said = writing.contents(
        application, lots, str(at.date()), str(document.pk), random, names_of(place)
    )
    answers: dict = {}
    for section in said.values():
        answers |= section.get("answers", {})
    contents = {
        "organisation": snapshot(applicant),
        "questionnaire": round.questionnaire.number,
        "lots": [lot.key for lot in lots],
        "answers": answers,
        "services": said["-services"]["services"],
        "documents": papers.pinned(document, owner),
    }
    submission = Submission(
        application=application,
        number=1,
        fingerprint=envelopes.fingerprint(application, contents),
        submitted_at=at,
        submitted_by=owner,
    )
    envelopes.seal(submission, contents | {"declared_by": owner.name}).save()
    record(
        application,
        [
            ("providers.application.started", application.started_at),
            ("providers.application.submitted", at),
        ],
        owner,
    )
    return submission, contents


def names_of(place: int) -> list[str]:
    """What the services of the organisation at a place are called: two for the first of them, so
    that there are as many services as the predecessor had."""
    count = 2 if place < SERVICES_OF_THE_PREDECESSOR - PROVIDERS else 1
    named = list(SERVICES)
    return [named[(place + n) % len(named)] for n in range(count)]
