"""A small world, built row by row: a scheme of invented lots, and people."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from dps import envelopes
from dps.models import Authority, Grant, Team, User
from lots.models import (
    Act,
    Activity,
    AdmissionMode,
    Authorisation,
    ClientGroup,
    Deadline,
    Decision,
    DecisionState,
    Locality,
    Lot,
    Mode,
    ModeChange,
    Outcome,
    ProcedureState,
    Question,
    Questionnaire,
    QuestionnaireState,
    QuestionSection,
    Round,
    RoundLot,
    Schedule,
    Scheme,
    Tier,
    Unit,
)
from packages.models import (
    AgeBand,
    Identity,
    LegalBasis,
    Package,
    PackageState,
    PatternLine,
)
from providers.models import (
    Admission,
    Application,
    ApplicationState,
    Declaration,
    LegalForm,
    Member,
    Organisation,
    Rate,
    Section,
    Service,
    Submission,
)
from providers.queries.applications import snapshot

NOON = datetime(2026, 6, 17, 11, tzinfo=UTC)  # 12:00 in Kent: British Summer Time
LONG_AGO = datetime(2022, 5, 27, tzinfo=UTC)


class UserFactory(DjangoModelFactory):
    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")

    class Meta:
        model = User


class AuthorityFactory(DjangoModelFactory):
    name = factory.Sequence(lambda n: f"Council {n}")
    slug = factory.Sequence(lambda n: f"council-{n}")

    class Meta:
        model = Authority


class TeamFactory(DjangoModelFactory):
    authority = factory.SubFactory(AuthorityFactory)
    name = factory.Sequence(lambda n: f"Team {n}")

    class Meta:
        model = Team


class SchemeFactory(DjangoModelFactory):
    """A published PCR 2015 scheme, in mid-life at NOON, with no lot yet."""

    authority = factory.SubFactory(AuthorityFactory)
    slug = factory.Sequence(lambda n: f"scheme-{n}")
    title = "Everyday Life"
    short_title = "Everyday Life"
    summary = "Support with everyday life."
    regime = "pcr_2015_dps"
    notice_reference = "2022/S 100-000001"
    notice_on = date(2022, 5, 27)
    starts_on = date(2022, 10, 1)
    ends_on = date(2028, 9, 30)
    contact_email = "commissioning@example.org"
    published_at = LONG_AGO

    class Meta:
        model = Scheme


class LotFactory(DjangoModelFactory):
    """A lot that re-opens in rounds, with one tier: one person supported, by hour or day."""

    scheme = factory.SubFactory(SchemeFactory)
    key = factory.Sequence(lambda n: f"L{n}")
    position = factory.Sequence(lambda n: n)
    title = "One to one"
    modes = [Mode.FACE_TO_FACE, Mode.VIRTUAL]
    units = [Unit.HOUR, Unit.DAY]

    class Meta:
        model = Lot
        skip_postgeneration_save = True

    @factory.post_generation
    def mode(self, create, mode, **kwargs):
        ModeChange.objects.create(
            lot=self,
            number=1,
            mode=mode or AdmissionMode.ROUNDS,
            set_at=LONG_AGO,
            set_by=UserFactory(),
        )
        Tier.objects.create(
            lot=self, key="one", position=1, title="One to one", least=1, greatest=1
        )


QUESTIONS = {
    "insurance": {"cover": "What insurance do you hold?"},
    "safeguarding": {"lead": "Who leads on safeguarding?"},
}
ANSWERS = {"cover": "Yes, to £10m", "lead": "Our lead is the manager"}


class QuestionnaireFactory(DjangoModelFactory):
    """Two sections of one long answer each; both scored, half the marks each."""

    scheme = factory.SubFactory(SchemeFactory)
    number = factory.Sequence(lambda n: n + 1)

    class Meta:
        model = Questionnaire
        skip_postgeneration_save = True

    @factory.post_generation
    def questions(self, create, questions, **kwargs):
        for place, (key, asked) in enumerate((questions or QUESTIONS).items()):
            section = QuestionSection.objects.create(
                questionnaire=self, key=key, position=place, title=key.title(), group="Questions"
            )
            for position, (name, text) in enumerate(asked.items()):
                Question.objects.create(
                    section=section,
                    key=name,
                    position=position,
                    kind="long_text",
                    text=text,
                    assessment="scored",
                    weight=Decimal(100) / len(questions or QUESTIONS),
                    word_limit=200,
                )
        self.published_at = LONG_AGO
        self.state = QuestionnaireState.PUBLISHED
        self.save(update_fields=["state", "published_at"])


class ScheduleFactory(DjangoModelFactory):
    """Every six months from 1 April 2023, for 21 days, noon to noon."""

    scheme = factory.SubFactory(SchemeFactory)
    first_opens_on = date(2023, 4, 1)
    every_months = 6
    open_days = 21
    opens_at = time(12)
    closes_at = time(12)

    class Meta:
        model = Schedule


def decided(scheme, lots, act=Act.REOPEN, **kwargs) -> Decision:
    """An effective decision that authorises an act for lots from long ago on."""
    decision = Decision.objects.create(
        authority=scheme.authority,
        scheme=scheme,
        number=kwargs.pop("number", f"D{Decision.objects.count() + 1}"),
        title="A decision",
        decision_maker="The Cabinet Member",
        decision="To agree.",
        state=DecisionState.EFFECTIVE,
        signed_at=LONG_AGO,
        effective_at=kwargs.pop("effective_at", LONG_AGO),
    )
    for lot in lots:
        Authorisation.objects.create(
            decision=decision, act=act, lot=lot, **{"from_on": LONG_AGO.date(), **kwargs}
        )
    return decision


class RoundFactory(DjangoModelFactory):
    """An open round of one lot, covered by a decision, that closes at NOON."""

    scheme = factory.SubFactory(SchemeFactory)
    title = factory.Sequence(lambda n: f"Round {n}")
    number = factory.Sequence(lambda n: n + 1)
    opens_at = NOON - timedelta(days=40)
    state = ProcedureState.PUBLISHED
    questionnaire = factory.SubFactory(
        QuestionnaireFactory, scheme=factory.SelfAttribute("..scheme")
    )

    class Meta:
        model = Round
        skip_postgeneration_save = True

    @factory.post_generation
    def lots(self, create, lots, **kwargs):
        chosen = lots or list(self.scheme.lots.all()) or [LotFactory(scheme=self.scheme)]
        for lot in chosen:
            RoundLot.objects.create(round=self, lot=lot)
        decided(self.scheme, chosen)

    @factory.post_generation
    def closes(self, create, at, **kwargs):
        envelopes.issue(self)
        if self.state != ProcedureState.DRAFT:
            Deadline.objects.create(
                procedure=self, at=at or NOON, set_at=self.opens_at, set_by=UserFactory()
            )


class OrganisationFactory(DjangoModelFactory):
    name = factory.Sequence(lambda n: f"Invented Care {n}")
    legal_form = LegalForm.COMPANY
    registered_at = LONG_AGO

    class Meta:
        model = Organisation
        skip_postgeneration_save = True

    @factory.post_generation
    def key(self, create, key, **kwargs):
        envelopes.issue(self)


def service_for(lot, name="Morning group", amount="24.50", **changed) -> dict:
    """A service of an application's draft, with one rate: an hour, one to one, face to face."""
    rate = {"lot": lot.key, "tier": "one", "unit": "hour", "mode": "face_to_face"}
    return {
        "id": "1",
        "name": name,
        "description": "What we do",
        "lots": [lot.key],
        "modes": ["face_to_face"],
        "activities": [],
        "localities": [],
        "client_groups": [],
        "capacity": 4,
        "rates": [rate | {"amount": amount}],
    } | changed


class ApplicationFactory(DjangoModelFactory):
    """A draft in a round, answered in full, for all the lots of the round."""

    round = factory.SubFactory(RoundFactory)
    scheme = factory.SelfAttribute("round.scheme")
    questionnaire = factory.SelfAttribute("round.questionnaire")
    organisation = factory.SubFactory(OrganisationFactory)
    started_at = NOON - timedelta(days=20)

    class Meta:
        model = Application
        skip_postgeneration_save = True

    @factory.post_generation
    def answers(self, create, answers, **kwargs):
        fill(self, answers or ANSWERS)


class OpenApplicationFactory(ApplicationFactory):
    """A draft to a scheme's open lot, answered in full."""

    round = None
    scheme = factory.SubFactory(SchemeFactory)
    questionnaire = factory.SubFactory(
        QuestionnaireFactory, scheme=factory.SelfAttribute("..scheme")
    )


def fill(application, answers) -> None:
    """Issue an application's key and write its draft."""
    envelopes.issue(application, within=application.round)
    scheme = application.scheme
    if application.round:
        lots = list(Lot.objects.filter(round_lots__round=application.round))
    else:
        lots = [LotFactory(scheme=scheme, mode=AdmissionMode.OPEN)]
    contents = {
        Section.LOTS: {"lots": [lot.key for lot in lots]},
        Section.SERVICES: {"services": [service_for(lot) for lot in lots]},
    }
    for part in application.questionnaire.sections.all():
        keys = part.questions.values_list("key", flat=True)
        contents[part.key] = {"answers": {key: answers[key] for key in keys if key in answers}}
    for key, said in contents.items():
        envelopes.seal(Section(application=application, key=key), said).save()


def submitted(factory=ApplicationFactory, contents=(), **kwargs) -> Application:
    """An application that was submitted a minute before NOON; `contents` go over what it says."""
    application = factory(state=ApplicationState.SUBMITTED, **kwargs)
    submission = Submission(
        application=application,
        number=1,
        fingerprint=envelopes.fingerprint(application, ANSWERS),
        submitted_at=NOON - timedelta(minutes=1),
        submitted_by=UserFactory(),
    )
    lots = list(Lot.objects.filter(scheme=application.scheme))
    said = {
        "organisation": snapshot(application.organisation),
        "questionnaire": 1,
        "lots": [lot.key for lot in lots],
        "answers": kwargs.get("answers") or ANSWERS,
        "services": [service_for(lot) for lot in lots],
        "documents": {},
        "declared_by": "A signatory",
    }
    envelopes.seal(submission, said | dict(contents)).save()
    return application


def owner_of(organisation, **roles) -> User:
    roles = roles or {"is_owner": True, "is_signatory": True}
    return member_of(organisation, **roles)


def member_of(organisation, **roles) -> User:
    return Member.objects.create(
        organisation=organisation, user=UserFactory(), joined_at=LONG_AGO, **roles
    ).user


def staff(authority, role, team=None, **dates) -> User:
    user = UserFactory()
    Grant.objects.create(
        authority=authority,
        team=team,
        role=role,
        user=user,
        given_by=user,
        **{"from_on": LONG_AGO.date(), **dates},
    )
    return user


def assessor(application, role, **grant) -> User:
    """One of the staff who has declared no interest in the applicant, and so may open what it sent
    once its time has come."""
    user = staff(application.scheme.authority, role, **grant)
    about = {"scheme": application.scheme, "organisation": application.organisation}
    Declaration.objects.create(**about, by=user, number=1, has_conflict=False, at=LONG_AGO)
    return user


def terms_of(scheme) -> None:
    """A locality, an activity and a client group for a scheme."""
    Locality.objects.create(scheme=scheme, key="thanet", title="Thanet", column=4, row=1)
    Activity.objects.create(scheme=scheme, key="cooking", title="Cooking")
    ClientGroup.objects.create(scheme=scheme, key="autism", title="Autistic people")


class AdmissionFactory(DjangoModelFactory):
    """An organisation on a lot, with an agreement in force since long ago."""

    lot = factory.SubFactory(LotFactory)
    scheme = factory.SelfAttribute("lot.scheme")
    organisation = factory.SubFactory(OrganisationFactory)
    admitted_at = LONG_AGO
    decision = factory.LazyAttribute(lambda it: decided(it.scheme, [it.lot], act=Act.AWARD))
    agreement_reference = factory.Sequence(lambda n: f"A-{n}")
    agreement_from = LONG_AGO.date()

    class Meta:
        model = Admission


class ServiceFactory(DjangoModelFactory):
    """A service on a lot, of an organisation that is on it, at £20.00 an hour one to one."""

    organisation = factory.SubFactory(OrganisationFactory)
    scheme = factory.SubFactory(SchemeFactory)
    name = factory.Sequence(lambda n: f"Service {n}")
    description = "What we do"
    modes = [Mode.FACE_TO_FACE]
    capacity = 6
    started_at = LONG_AGO

    class Meta:
        model = Service
        skip_postgeneration_save = True

    @factory.post_generation
    def lot(self, create, lot, pounds="20.00", **kwargs):
        lot = lot or LotFactory(scheme=self.scheme)
        self.lots.add(lot)
        if not Admission.objects.filter(lot=lot, organisation=self.organisation).exists():
            AdmissionFactory(lot=lot, organisation=self.organisation)
        rate_of(self, lot.tiers.get(key="one"), pounds)


def rate_of(service, tier, pounds, unit=Unit.HOUR, from_on=None, **more) -> Rate:
    return Rate.objects.create(
        service=service,
        lot=tier.lot,
        tier=tier,
        unit=unit,
        **{"mode": Mode.FACE_TO_FACE, **more},
        pounds=pounds and Decimal(pounds),
        from_on=from_on or LONG_AGO.date(),
        number=service.rates.count() + 1,
        set_at=LONG_AGO,
        set_by=UserFactory(),
        why="Agreed on admission",
    )


class PackageFactory(DjangoModelFactory):
    """A package that is ready to place: four hours one to one a week, £100.00, from two weeks after
    NOON. Its identity is written: Winifred Marlowe-Tate."""

    team = factory.SubFactory(TeamFactory)
    authority = factory.SelfAttribute("team.authority")
    scheme = factory.SubFactory(SchemeFactory, authority=factory.SelfAttribute("..authority"))
    reference = factory.Sequence(lambda n: f"P-TEST{n}")
    state = PackageState.READY
    legal_basis = LegalBasis.CARE_ACT
    age_band = AgeBand.FROM_26
    client_group = factory.LazyAttribute(
        lambda it: ClientGroup.objects.get_or_create(
            scheme=it.scheme, key="autism", defaults={"title": "Autistic people"}
        )[0]
    )
    locality = factory.LazyAttribute(
        lambda it: Locality.objects.get_or_create(
            scheme=it.scheme, key="thanet", defaults={"title": "Thanet", "column": 4, "row": 1}
        )[0]
    )
    need = "Likes cooking, in a quiet room with one other person."
    starts_on = (NOON + timedelta(days=14)).date()
    weekly_budget = Decimal("100.00")
    made_by = factory.SubFactory(UserFactory)
    made_at = NOON - timedelta(days=2)

    class Meta:
        model = Package
        skip_postgeneration_save = True

    @factory.post_generation
    def written(self, create, hours, **kwargs):
        outcome, _ = Outcome.objects.get_or_create(
            scheme=self.scheme, key="cook", defaults={"title": "I can cook for myself"}
        )
        self.outcomes.add(outcome)
        PatternLine.objects.create(
            package=self, position=0, unit=Unit.HOUR, quantity=Decimal(hours or 4)
        )
        envelopes.issue(self)
        envelopes.seal(Identity(package=self), IDENTITY).save()


IDENTITY = {
    "name": "Winifred Marlowe-Tate",
    "born_on": "1984-03-09",
    "address": "7 Harbour Rise",
    "nhs_number": "943 476 5919",
    "contact": "Her sister, 07700 900123",
    "family": ["Oswin Tate"],
}
