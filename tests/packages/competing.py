"""A mini-competition to take part in: a lot of three providers, a package that is ready, people."""

from datetime import date, timedelta
from decimal import Decimal

from django.core import mail

from dps.models import Role
from lots.models import AwardRoute, Outcome, Purpose, Question, Questionnaire, QuestionSection
from packages.actions import call_offs, marking, offers
from packages.models import Package, PackageState, PatternLine
from providers.actions import conflicts
from providers.models import Admission, Organisation, Rate, Service
from tests.factories import (
    LONG_AGO,
    NOON,
    LotFactory,
    OrganisationFactory,
    SchemeFactory,
    TeamFactory,
    UserFactory,
    decided,
    owner_of,
    staff,
    terms_of,
)
from tests.lots.world import bank_holidays

PUBLISHED = NOON - timedelta(days=16)  # a Monday at noon: ten days and more
OPENED = NOON + timedelta(seconds=1)
NEED = "Learns to cook a meal and to shop for it, in a quiet kitchen."
ANSWERS = {"outcomes": "We cook together every week.", "fit": "Two mornings, the same worker."}


class World:
    """`scheme`, `lot`, `team`, `buyer` (a practitioner, who marks too), `marker` (an evaluator),
    `package`; of each name in `names` an organisation on the lot and its owner."""

    def __init__(self, names=("Ash", "Beech", "Cedar"), agreed=Decimal("20.00"), **package):
        bank_holidays()
        self.scheme = SchemeFactory()
        terms_of(self.scheme)
        self.lot = LotFactory(scheme=self.scheme, key="A")
        AwardRoute.objects.create(
            lot=self.lot,
            route="mini_competition",
            notice_words="All providers admitted to the lot are invited.",
            notice_reference="II.2.4(b)",
        )
        self.questionnaire = questionnaire_of(self.scheme)
        self.decision = decided(self.scheme, [self.lot])
        self.team = TeamFactory(authority=self.scheme.authority)
        self.buyer = staff(self.scheme.authority, Role.PRACTITIONER, team=self.team)
        self.marker = staff(self.scheme.authority, Role.EVALUATOR, team=self.team)
        self.organisations = {name: self.admitted(name, agreed) for name in names}
        self.owners = {name: owner_of(each) for name, each in self.organisations.items()}
        self.package = self.package_of(**package)

    def admitted(self, name, agreed, **admission) -> Organisation:
        """An organisation on the lot with an agreement in force and one service, by the hour."""
        organisation = OrganisationFactory(name=name)
        Admission.objects.create(
            scheme=self.scheme,
            lot=self.lot,
            organisation=organisation,
            admitted_at=LONG_AGO,
            decision=self.decision,
            agreement_reference=f"A-{name}",
            agreement_from=LONG_AGO.date(),
            **admission,
        )
        service = Service.objects.create(
            scheme=self.scheme,
            organisation=organisation,
            name=f"{name} kitchen",
            modes=["face_to_face"],
            capacity=5,
            started_at=LONG_AGO,
        )
        service.lots.add(self.lot)
        Rate.objects.create(
            service=service,
            lot=self.lot,
            tier=self.lot.tiers.get(),
            unit="hour",
            mode="face_to_face",
            pounds=agreed,
            from_on=LONG_AGO.date(),
            number=1,
            set_at=LONG_AGO,
            set_by=UserFactory(),
        )
        return organisation

    def package_of(self, **changed) -> Package:
        """Ten hours a week, on two mornings, in a budget of £190."""
        said = {
            "reference": f"P-{Package.objects.count() + 1:06}",
            "state": PackageState.READY,
            "legal_basis": "care_act",
            "age_band": "26_64",
            "need": NEED,
            "starts_on": date(2026, 9, 7),
            "weekly_budget": Decimal("190.00"),
        } | changed
        package = Package.objects.create(
            authority=self.scheme.authority,
            team=self.team,
            scheme=self.scheme,
            client_group=self.scheme.client_groups.get(),
            locality=self.scheme.localities.get(),
            made_by=self.buyer,
            made_at=LONG_AGO,
            **said,
        )
        outcome, _ = Outcome.objects.get_or_create(scheme=self.scheme, key="cook", title="Cooking")
        package.outcomes.add(outcome)
        for position, (weekday, hours) in enumerate([(0, 4), (3, 6)]):
            PatternLine.objects.create(
                package=package, position=position, weekday=weekday, unit="hour", quantity=hours
            )
        return package

    def admission_of(self, name) -> Admission:
        return Admission.objects.get(lot=self.lot, organisation=self.organisations[name])

    def started(self, **more):
        return call_offs.start(
            self.package,
            lot=self.lot,
            markers=[self.buyer, self.marker],
            by=self.buyer,
            **more,
        )

    def published(self, deadline=NOON, **more):
        """At PUBLISHED, or whatever the time is."""
        return call_offs.publish(self.started(**more), deadline=deadline, by=self.buyer)

    def drafted(self, call_off, name, rate="20.00", **answers):
        """An offer of a provider with everything said that is asked."""
        owner = self.owners[name]
        offer = offers.start(call_off, organisation=self.organisations[name], by=owner)
        service = self.organisations[name].services.get()
        offers.save(
            offer.draft,
            contents={
                "answers": ANSWERS | answers,
                "service": str(service.pk),
                "rates": {"hour-1-face_to_face": rate},
            },
            seen=1,
            by=owner,
        )
        return offer

    def submitted(self, call_off, name, rate="20.00", **answers):
        offer = self.drafted(call_off, name, rate, **answers)
        offers.submit(offer, name="A signatory", by=self.owners[name])
        return offer

    def declared(self, call_off, *people, conflicts_with=()):
        for person in people or (self.buyer, self.marker):
            about = [self.organisations[name] for name in self.organisations]
            conflicts.declare(
                call_off.scheme,
                about=about,
                conflicts=[self.organisations[name] for name in conflicts_with],
                details="A cousin works there" if conflicts_with else "",
                by=person,
            )

    def marked(self, offer, outcomes, fit, by=None):
        for key, mark in {"outcomes": outcomes, "fit": fit}.items():
            question = Question.objects.get(section__questionnaire=self.questionnaire, key=key)
            marking.mark(
                offer,
                question=question,
                mark=mark,
                reason=f"Mark {mark} of {key}",
                by=by or self.buyer,
            )


def questionnaire_of(scheme) -> Questionnaire:
    """Two scored questions, 60 and 40, that pass with 3; and one for information."""
    questionnaire = Questionnaire.objects.create(
        scheme=scheme, purpose=Purpose.CALL_OFF, number=1, published_at=LONG_AGO
    )
    section = QuestionSection.objects.create(
        questionnaire=questionnaire, key="offer", position=1, title="Your offer"
    )
    for position, (key, weight) in enumerate([("outcomes", 60), ("fit", 40)]):
        Question.objects.create(
            section=section,
            key=key,
            position=position,
            kind="long_text",
            text=f"How about the {key}?",
            assessment="scored",
            weight=weight,
            pass_mark=3,
            word_limit=50,
        )
    Question.objects.create(
        section=section,
        key="start",
        position=5,
        kind="date",
        text="From which day?",
        is_required=False,
    )
    questionnaire.state = "published"
    questionnaire.save(update_fields=["state"])
    return questionnaire


def told() -> list[str]:
    """Who was written to since last asked, in order."""
    found = sorted(address for message in mail.outbox for address in message.recipients())
    mail.outbox.clear()
    return found
