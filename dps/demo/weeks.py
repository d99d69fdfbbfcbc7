"""The demo's last weeks, lived through the actions: the last round, and open lots."""

from datetime import date, datetime, timedelta
from random import Random

from dps.clock import now, pretending, today
from dps.demo import papers, people, writing
from dps.models import the_system
from dps.promises import keep_now
from lots.actions import rounds
from lots.models import AdmissionMode, Lot, Round, Scheme
from providers.actions import applications, organisations
from providers.models import Application, LegalForm, Member, Organisation
from providers.queries.applications import lots_on_offer

NEW = [
    ("Larkspur Lane Newcomers CIC", LegalForm.CIC, "owner@larkspur.example"),
    ("Plain Pebble Sole Trading", LegalForm.SOLE_TRADER, "owner@newcomer.example"),
]


def live(scheme: Scheme, day: date) -> None:
    """Announce the last round, apply to it, let it close; apply to the open lots since."""
    random = Random(f"{scheme.slug} {day}")  # noqa: S311 (the same demo each time)
    by = {who.email: people.person(who) for who in people.PROVIDERS}
    with pretending(at(day, -90)):
        own = [
            organisations.register(by[email], name=name, legal_form=form, staff=4, by=by[email])
            for name, form, email in NEW
        ]
        organisations.invite(
            own[0],
            email="contributor@larkspur.example",
            name="Sam Birch",
            by=by["owner@larkspur.example"],
        )
    round = last_round(scheme, day)
    applicants = [own[0], *Organisation.objects.exclude(pk__in=[o.pk for o in own])[:11]]
    for place, applicant in enumerate(applicants):
        owner = owner_of(applicant)
        with pretending(round.opens_at + timedelta(days=2 + place, minutes=place)):
            application = applications.start(applicant, scheme=scheme, round=round, by=owner)
            write(application, random, owner)
        if place < 10:  # the last two never submitted
            with pretending(round.opens_at + timedelta(days=5 + place, minutes=place)):
                applications.submit(application, name=owner.name, by=owner)
    with pretending(round.opens_at + timedelta(days=17)):
        withdrawn = Application.objects.get(round=round, organisation=applicants[9])
        applications.withdraw(withdrawn, by=owner_of(applicants[9]))
    let_it_close(round)
    apply_to_open_lots(scheme, day, [*applicants[4:8]], random)
    with pretending(at(day, -3)):
        applications.start(own[1], scheme=scheme, by=owner_of(own[1]))
    keep_now()


def last_round(scheme: Scheme, day: date) -> Round:
    """The schedule's last round before the day, planned and opened as the ticks do."""
    schedule = scheme.schedule
    for days_before in range(70, 30, -1):
        with pretending(at(day, -days_before)):
            if found := rounds.plan(schedule, by=the_system()):
                break
    with pretending(found.opens_at + timedelta(seconds=30)):
        return rounds.begin(found, by=the_system())


def let_it_close(round: Round) -> None:
    closes_at = round.deadlines.latest("at").at
    with pretending(closes_at + timedelta(seconds=30)):
        rounds.close(round, by=the_system())
        rounds.unseal(round, by=the_system())


def apply_to_open_lots(scheme: Scheme, day: date, applicants, random: Random) -> None:
    """Two applications that are being decided, two that are being written."""
    if not Lot.objects.with_mode().filter(scheme=scheme, mode=AdmissionMode.OPEN).exists():
        return
    for place, applicant in enumerate(applicants):
        owner = owner_of(applicant)
        with pretending(at(day, -12 + 2 * place)):
            application = applications.start(applicant, scheme=scheme, by=owner)
            write(application, random, owner)
        if place < 2:
            with pretending(at(day, -9 + 3 * place)):
                applications.submit(application, name=owner.name, by=owner)


def write(application: Application, random: Random, by) -> None:
    """Answer everything, section by section, as people save them."""
    applicant = application.organisation
    document = papers.add(applicant, by)
    lots = lots_on_offer(application, now())
    said = writing.contents(application, lots, str(today()), str(document.pk), random)
    sections = {section.key: section for section in application.sections.all()}
    for key, contents in said.items():
        section = sections[key]
        applications.save(section, contents=contents, seen=section.revision, by=by)


def owner_of(organisation: Organisation):
    owner = Member.objects.filter(organisation=organisation, is_owner=True, left_at=None)
    return owner.select_related("user").first().user


def at(day: date, days: int) -> datetime:
    """Ten in the morning, UTC, so many days from a day."""
    return datetime.fromisoformat(f"{day}T10:00:00+00:00") + timedelta(days=days)
