"""The demo's last weeks, lived through the actions: the last round, and open lots."""

from datetime import date, datetime, timedelta
from random import Random

from dps.clock import now, pretending, today
from dps.demo import bought, decided, papers, people, writing
from dps.demo.decided import at, owner_of
from dps.models import the_system
from dps.promises import keep_now
from lots.actions import rounds
from lots.models import Lot, Round, Scheme
from providers.actions import applications, organisations
from providers.models import Admission, Application, LegalForm, Organisation, Service
from providers.queries.applications import lots_on_offer

NEWCOMER = ("Plain Pebble Sole Trading", LegalForm.SOLE_TRADER, "owner@newcomer.example")
OPEN_LOT = "2"


def live(scheme: Scheme, day: date) -> None:
    """Announce the last round, apply to it, let it close and begin to evaluate it; decide on what
    came in for the open lots meanwhile; buy support."""
    random = Random(f"{scheme.slug} {day}")  # noqa: S311 (the same demo each time)
    newcomer = register(day)
    round = last_round(scheme, day)
    lots = list(round.round_lots.values_list("lot", flat=True))
    outside = list(not_on(lots))[:11]
    sent = apply_to_round(scheme, round, outside, random)
    others = [
        each
        for each in not_on(Lot.objects.filter(scheme=scheme, key=OPEN_LOT))
        if each not in outside
    ]
    first, *rest = signs_in_first(others)
    batches = batches_of(scheme, day, [first, *rest[:10]], random)
    decided.first_batch(scheme, day, batches[0], random)
    decided.second_batch(scheme, day, batches[1], random)
    decided.third_batch(scheme, day, batches[2], random)
    let_it_close(round)
    decided.round_under_way(scheme, round.deadlines.latest("at").at, sent, random)
    decided.under_way(scheme, day, batches[3], random)
    with pretending(at(day, -3)):
        applications.start(newcomer, scheme=scheme, by=owner_of(newcomer))
    bought.load(scheme, day, random)
    keep_now()


def register(day: date) -> Organisation:
    """The organisation of the newcomer, and the colleague of the provider who signs in."""
    by = {who.email: people.person(who) for who in people.PROVIDERS}
    name, form, email = NEWCOMER
    with pretending(at(day, -90)):
        own = Organisation.objects.get(members__user=by["owner@larkspur.example"])
        organisations.invite(
            own,
            email="contributor@larkspur.example",
            name="Sam Birch",
            by=by["owner@larkspur.example"],
        )
        return organisations.register(by[email], name=name, legal_form=form, staff=4, by=by[email])


def not_on(lots):
    """The organisations that stand on none of these lots, by name."""
    standing = Admission.objects.standing().filter(lot__in=lots).values("organisation")
    admitted = Admission.objects.standing().values("organisation")
    found = Organisation.objects.filter(pk__in=admitted).exclude(pk__in=standing)
    return found.order_by("name")


def signs_in_first(applicants: list[Organisation]) -> list[Organisation]:
    """The organisation of the provider who signs in, then the others."""
    email = people.PROVIDERS[0].email
    own = [each for each in applicants if each.members.filter(user__email=email).exists()]
    return own + [each for each in applicants if each not in own]


def apply_to_round(scheme: Scheme, round: Round, applicants, random: Random) -> list[Application]:
    """What came in: the last two never submitted, the one before them withdrew."""
    begun = []
    for place, applicant in enumerate(applicants):
        owner = owner_of(applicant)
        with pretending(round.opens_at + timedelta(days=2 + place, minutes=place)):
            application = applications.start(applicant, scheme=scheme, round=round, by=owner)
            write(application, random, owner)
        begun.append(application)
    submitted, withdrawn = begun[:-2], begun[-3]
    for place, application in enumerate(submitted):
        owner = owner_of(application.organisation)
        with pretending(round.opens_at + timedelta(days=5 + place, minutes=place)):
            applications.submit(application, name=owner.name, by=owner)
    with pretending(round.opens_at + timedelta(days=17)):
        applications.withdraw(withdrawn, by=owner_of(withdrawn.organisation))
    return [each for each in submitted if each != withdrawn]


def batches_of(scheme: Scheme, day: date, applicants, random: Random) -> list[list[Application]]:
    """Applications to the open lots: three long since, two of three weeks ago, two of two weeks
    ago, two of last week, and two that are being written."""
    sent: list[list[Application]] = []
    for since, count in ((-44, 3), (-21, 2), (-13, 2), (-7, 2)):
        chosen, applicants = applicants[:count], applicants[count:]
        when = at(day, since)
        sent.append([apply_to_open_lots(scheme, when, each, random) for each in chosen])
    for applicant in applicants[:2]:
        with pretending(at(day, -4)):
            application = applications.start(applicant, scheme=scheme, by=owner_of(applicant))
            write(application, random, owner_of(applicant))
    return sent


def apply_to_open_lots(scheme: Scheme, when: datetime, applicant, random: Random) -> Application:
    owner = owner_of(applicant)
    with pretending(when):
        application = applications.start(applicant, scheme=scheme, by=owner)
        write(application, random, owner)
    with pretending(when + timedelta(hours=26)):
        applications.submit(application, name=owner.name, by=owner)
    return application


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


def write(application: Application, random: Random, by) -> None:
    """Answer everything, section by section, as people save them."""
    applicant = application.organisation
    document = papers.add(applicant, by)
    lots = lots_on_offer(application, now())
    names = list(Service.objects.filter(organisation=applicant).values_list("name", flat=True))
    said = writing.contents(
        application, lots, str(today()), str(document.pk), random, sorted(names)[:1]
    )
    sections = {section.key: section for section in application.sections.all()}
    for key, contents in said.items():
        section = sections[key]
        applications.save(section, contents=contents, seen=section.revision, by=by)
