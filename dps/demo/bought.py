"""The last weeks' packages, placements and mini-competitions, through the actions."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from dps.calendar import last_working_day, noon, rolled
from dps.clock import pretending
from dps.demo import writing
from dps.demo.admitted import who
from dps.demo.decided import at, owner_of
from dps.demo.names import NEEDS
from dps.models import BankHoliday, Part, Team, the_system
from lots.models import Lot, Mode, Question, Scheme, Unit
from packages.actions import call_offs, identities, marking, offers, orders, packages, placements
from packages.models import AgeBand, CallOff, Capacity, LegalBasis, Offer, Package
from packages.queries import call_offs as calling
from providers.models import Admission, Organisation, Rate

BUDGET = Decimal(220)


class Buyer:
    """Writes and places packages for a team."""

    def __init__(self, scheme: Scheme, day: date, random: Random):
        self.scheme, self.day, self.random = scheme, day, random
        self.practitioner = who("practitioner@kent.example")
        self.broker = who("broker@kent.example")
        self.budget_holder = who("budget@kent.example")
        held = self.practitioner.grants.filter(team__isnull=False).first()
        self.team = held.team if held else Team.objects.filter(authority=scheme.authority).first()
        self.number = 0

    def draft(self, budget: Decimal = BUDGET) -> Package:
        """A package that is begun."""
        self.number += 1
        return packages.start(
            self.team,
            scheme=self.scheme,
            legal_basis=LegalBasis.CARE_ACT,
            age_band=AgeBand.FROM_18,
            client_group=self.scheme.client_groups.first(),
            locality=self.scheme.localities.all()[self.number % 12],
            starts_on=self.day + timedelta(days=14),
            weekly_budget=budget,
            need=NEEDS[self.number % len(NEEDS)],
            outcomes=list(self.scheme.outcomes.all()[:2]),
            by=self.practitioner,
        )

    def ready(self, pattern: list[dict], budget: Decimal = BUDGET) -> Package:
        """A package that can be placed."""
        package = self.draft(budget)
        packages.set_pattern(package, lines=pattern, by=self.practitioner)
        identities.write(
            package,
            name=f"Rowan Invented-{self.number}",
            born_on=date(2004, 6, 1),
            address="1 Invented Road",
            by=self.practitioner,
        )
        return packages.mark_ready(package, by=self.practitioner)


def hours(number: int, supported: int = 1) -> list[dict]:
    """So many hours a week, on no day in particular."""
    return [
        {
            "unit": Unit.HOUR,
            "quantity": Decimal(number),
            "supported": supported,
            "mode": Mode.FACE_TO_FACE,
            "weekday": None,
        }
    ]


def load(scheme: Scheme, day: date, random: Random) -> None:
    """A package in each state, an order to accept, and three mini-competitions."""
    buyer = Buyer(scheme, day, random)
    lot = Lot.objects.get(scheme=scheme, key="1a")
    in_force = Admission.objects.filter(lot=lot).in_force(day)
    on_lot = Organisation.objects.filter(pk__in=in_force.values("organisation")).order_by("name")
    first = Organisation.objects.get(members__user__email="owner@larkspur.example")
    others = [each for each in on_lot if each != first]
    with pretending(at(day, -16)):
        decided = competition(buyer, lot, day, closes=-4)
        for organisation in others[:3]:
            offer(decided, organisation, random)
    with pretending(at(day, -14)):
        to_mark = competition(buyer, lot, day, closes=-2)
        for organisation in [*others[3:6], first]:
            offer(to_mark, organisation, random)
    with pretending(at(day, -4, 11)):
        packages.refer(buyer.ready(hours(5)), broker=buyer.broker, by=buyer.practitioner)
        running = competition(buyer, lot, day, closes=7)
        offer(running, others[0], random)
        offer(running, first, random, is_sent=False)
    with pretending(at(day, -3, 15)):
        finish(decided, buyer, random)
    with pretending(at(day, -1, 15)):
        declare(buyer, to_mark)
        chosen(buyer, lot, first)
        buyer.ready(hours(4))
        buyer.draft()


def competition(buyer: Buyer, lot: Lot, day: date, closes: int) -> CallOff:
    """A package published to all on the lot, with a deadline at noon of the working day that is so
    many days from a day, or next to it on the far side."""
    package = buyer.ready(hours(6))
    call_off = call_offs.start(
        package, lot=lot, markers=[buyer.practitioner, buyer.broker], by=buyer.practitioner
    )
    calendar = BankHoliday.objects.calendar(Part.ENGLAND)
    to_working_day = rolled if closes > 0 else last_working_day
    closes_on = to_working_day(day + timedelta(days=closes), calendar)
    return call_offs.publish(call_off, deadline=noon(closes_on), by=buyer.practitioner)


def offer(call_off: CallOff, organisation: Organisation, random: Random, is_sent=True) -> Offer:
    """An offer, a little under the agreed rates; or its draft, with the price still to come."""
    owner = owner_of(organisation)
    made = offers.start(call_off, organisation=organisation, by=owner)
    answers = {
        question.key: writing.answer(question, str(call_off.package.starts_on), "", random)
        for question in Question.objects.filter(section__questionnaire=call_off.questionnaire)
    }
    contents = {"answers": answers}
    if is_sent:
        draft = offers.open_draft(made, by=owner)
        chosen = next(each for each in draft["candidates"] if not each.offerable.gaps)
        contents["service"] = str(chosen.service.pk)
        contents["rates"] = {
            rated.key: f"{rated.agreed - Decimal(random.randint(0, 120)) / 100:.2f}"
            for rated in chosen.offerable.rated
        }
    offers.save(made.draft, contents=contents, seen=made.draft.revision, by=owner)
    if is_sent:
        offers.submit(made, name=owner.name, by=owner)
    return made


def declare(buyer: Buyer, call_off: CallOff) -> None:
    """Those who mark declare no interest in those who were invited."""
    for person in (buyer.practitioner, buyer.broker):
        if calling.to_declare_about(person, call_off):
            call_offs.declare(call_off, conflicts=[], by=person)


def finish(call_off: CallOff, buyer: Buyer, random: Random) -> None:
    """Mark, rank, and write down what the person prefers: what is left is to award."""
    call_offs.close(call_off, by=the_system())
    call_offs.unseal(call_off, by=the_system())
    declare(buyer, call_off)
    for place, each in enumerate(call_off.offers.order_by("pk")):
        for question in calling.scored_of(call_off, each.organisation.size):
            marking.mark(
                each,
                question=question,
                mark=[4, 3, 5][place % 3],
                reason="It meets what is asked and says how.",
                by=buyer.practitioner,
            )
    marking.rank(call_off, by=buyer.practitioner)


def chosen(buyer: Buyer, lot: Lot, organisation: Organisation) -> None:
    """A direct choice that is ordered, for the provider to accept."""
    rate = (
        Rate.objects.on(buyer.day)
        .filter(service__organisation=organisation, lot=lot, unit=Unit.HOUR, tier__greatest=1)
        .select_related("service")
        .first()
    )
    package = buyer.ready(hours(4))
    placement = placements.choose(
        package,
        service=rate.service,
        lot=lot,
        capacity=Capacity.PERSON,
        why="Went to see them twice and wants to go there with a friend.",
        by=buyer.practitioner,
    )
    orders.send(placement, by=buyer.practitioner)
