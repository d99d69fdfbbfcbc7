"""One world, and who lives in it."""

from datetime import date, timedelta
from decimal import Decimal

from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile

from awards.models import (
    Agreement,
    AgreementText,
    Appendix,
    Assignment,
    Evaluation,
    Report,
    ReportText,
)
from awards.queries.agreements import contents_of
from dps import envelopes
from dps.models import Event, Excepted, Role, Team
from lots.models import (
    Activity,
    Authorisation,
    AwardRoute,
    ClientGroup,
    Deadline,
    Indicator,
    Locality,
    Lot,
    Outcome,
    Question,
    QuestionSection,
    ReportHeading,
    Zone,
)
from packages.models import (
    CallOff,
    Invitation,
    Marker,
    Offer,
    OfferDraft,
    OfferSubmission,
    Placement,
    PlacementTerm,
    Release,
)
from packages.queries import call_offs as calling
from packages.queries.packages import pattern_of
from providers.actions import documents
from providers.models import Declaration, Member, Return, ReturnPeriod, Service
from tests.factories import (
    LONG_AGO,
    NOON,
    AdmissionFactory,
    ApplicationFactory,
    OrganisationFactory,
    PackageFactory,
    ScheduleFactory,
    ServiceFactory,
    UserFactory,
    member_of,
    owner_of,
    staff,
    submitted,
)
from tests.lots.world import bank_holidays
from tests.packages.competing import questionnaire_of


def build():
    """The samples a URL may be about (one of each table), and the people, by role."""
    bank_holidays()
    application = submitted()
    scheme = application.scheme
    team = Team.objects.create(authority=scheme.authority, name="West")
    people = {
        "signed_out": AnonymousUser(),
        "owner": owner_of(application.organisation),
        "contributor": member_of(application.organisation),
        "rival": owner_of(OrganisationFactory()),
        **{role.value: staff(scheme.authority, role, team=team) for role in Role},
        "conflicted": staff(scheme.authority, Role.EVALUATOR, team=team),
        "other_team": staff(
            scheme.authority,
            Role.PRACTITIONER,
            team=Team.objects.create(authority=scheme.authority, name="East"),
        ),
        "neighbour": staff(ApplicationFactory().scheme.authority, Role.COMMISSIONER),
        "superuser": UserFactory(is_superuser=True),
    }
    samples = [
        application,
        application.organisation,
        application.sections.get(key="insurance"),
        application.submissions.get(),
        application.questionnaire,
        application.round,
        application.round.round_lots.get().lot.tiers.get(),
        scheme,
        scheme.authority,
        scheme.decisions.get(),
        people["commissioner"],
        people["commissioner"].grants.get(),
        Member.objects.get(user=people["contributor"]),
        document_of(application.organisation, people["owner"]),
        *set_up(scheme),
        *on_record(application.round, people["commissioner"]),
        *declared(application, people),
        *decided_on(application, people),
        *on_the_register(application.organisation, scheme),
    ]
    samples += bought(samples, team, application.organisation, people)
    samples += offered(samples, team, application.organisation, people)
    return {type(sample): sample for sample in samples}, people


def set_up(scheme):
    """A set-up row of each kind."""
    lot = Lot.objects.get(scheme=scheme)
    section = QuestionSection.objects.filter(questionnaire__scheme=scheme).first()
    yield lot
    yield section
    yield Question.objects.filter(section=section).first()
    yield AwardRoute.objects.create(
        lot=lot, route="direct", notice_words="May choose directly.", notice_reference="II.2.4"
    )
    for kind in (Zone, Locality, Activity, ClientGroup, Outcome):
        yield kind.objects.create(scheme=scheme, key="a", title="A")
    yield Indicator.objects.create(
        scheme=scheme, key="a", title="A", measure="%", target=90, from_on=LONG_AGO
    )
    yield ReportHeading.objects.create(scheme=scheme, key="a", title="A", position=1)
    yield ScheduleFactory(scheme=scheme)
    yield Authorisation.objects.filter(decision__scheme=scheme).first()


def on_record(round, by):
    """An event and an exception about a round."""
    about = {"subject_kind": "lots.round", "subject_id": round.pk, "at": NOON, "by": by}
    yield Event.objects.create(verb="lots.round.extended", **about)
    yield Excepted.objects.create(rule="shortest_window", why="A provider has failed", **about)


def document_of(organisation, by):
    upload = SimpleUploadedFile("insurance.pdf", b"%PDF-1.7\n%%EOF\n")
    return documents.add(organisation, upload=upload, kind="other", title="Insurance", by=by)


def declared(application, people):
    """All who assess have declared no interest in the applicant, but for one who has one."""
    for name in ("commissioner", "evaluator", "moderator", "approver", "practitioner", "broker"):
        yield declaration(application, people[name])
    declaration(application, people["conflicted"], has_conflict=True, details="My sister runs it")
    yield declaration_of(people["evaluator"])


def declaration(application, by, **said):
    about = {"scheme": application.scheme, "organisation": application.organisation}
    return Declaration.objects.create(
        **about, by=by, number=1, at=LONG_AGO, **{"has_conflict": False, **said}
    )


def declaration_of(user):
    return Declaration.objects.get(by=user)


def decided_on(application, people):
    """An evaluation that two evaluators have handed in, a report that is out, an agreement to be
    signed, a return that is due."""
    scheme, lot = application.scheme, Lot.objects.get(scheme=application.scheme)
    evaluation = Evaluation.objects.create(
        application=application,
        submission=application.submissions.get(),
        lot=lot,
        size=application.organisation.size,
        state="moderating",
        received_at=NOON,
        started_at=NOON,
    )
    handed_in = {
        "evaluation": evaluation,
        "state": "handed_in",
        "assigned_at": NOON,
        "assigned_by": people["commissioner"],
        "handed_in_at": NOON,
    }
    yield evaluation
    Assignment.objects.create(evaluator=UserFactory(), **handed_in)
    yield Assignment.objects.create(evaluator=people["evaluator"], **handed_in)
    report = Report.objects.create(
        scheme=scheme,
        title="Award report 1",
        state="final",
        decision=scheme.decisions.first(),
        started_at=NOON,
        started_by=people["commissioner"],
    )
    text = ReportText.objects.create(
        report=report, number=1, public={"headings": []}, at=NOON, by=people["commissioner"]
    )
    yield report
    yield Appendix.objects.create(version=text, contents={"applicants": []})
    agreement = Agreement.objects.create(
        scheme=scheme,
        organisation=application.organisation,
        reference="SAMPLE-0001",
        state="sent",
        from_on=scheme.starts_on,
        until_on=scheme.ends_on,
        drafted_at=NOON,
        sent_at=NOON,
    )
    agreement.lots.set([lot])
    AgreementText.objects.create(
        agreement=agreement,
        number=1,
        contents=contents_of(agreement),
        fingerprint="0" * 64,
        at=NOON,
        by=people["commissioner"],
    )
    yield agreement
    period = {
        "scheme": scheme,
        "frequency": "quarterly",
        "from_on": date(2026, 1, 1),
        "until_on": date(2026, 3, 31),
        "due_on": date(2026, 4, 30),
        "made_at": LONG_AGO,
    }
    yield ReturnPeriod.objects.create(**period)
    yield Return.objects.create(organisation=application.organisation, **period)


def on_the_register(organisation, scheme):
    """A service of an organisation that is admitted."""
    lot = Lot.objects.get(scheme=scheme)
    yield AdmissionFactory(lot=lot, organisation=organisation, scheme=scheme)
    yield ServiceFactory(scheme=scheme, organisation=organisation, lot=lot)


def bought(samples, team, organisation, people):
    """A package of the team that is placed with the organisation, which accepted the order and was
    told who the person is."""
    service = next(each for each in samples if isinstance(each, Service))
    lot = service.lots.get()
    package = PackageFactory(
        team=team,
        scheme=service.scheme,
        made_by=people["practitioner"],
        broker=people["broker"],
        state="placed",
    )
    placement = Placement.objects.create(
        package=package,
        organisation=organisation,
        service=service,
        lot=lot,
        route="direct",
        award_route=AwardRoute.objects.get(lot=lot, route="direct"),
        payment_route="council",
        state="accepted",
        starts_on=package.starts_on,
        chosen_by_capacity="person",
        why="Liked it",
        chosen_at=NOON,
        chosen_by=people["practitioner"],
        order_number="O-SAMPLE",
        ordered_at=NOON,
    )
    PlacementTerm.objects.create(
        placement=placement,
        number=1,
        from_on=package.starts_on,
        weekly_cost=Decimal("80.00"),
        lines=[{"what": "Hour", "units": "4", "rate": "20.00", "cost": "80.00"}],
        set_at=NOON,
        set_by=people["practitioner"],
    )
    Release.objects.create(
        identity=package.identity,
        placement=placement,
        organisation=organisation,
        lawful_basis="Care Act 2014",
        by=people["practitioner"],
        at=NOON,
    )
    return [team, package, package.identity, placement]


def offered(samples, team, organisation, people):
    """A call-off of the team's that closes at NOON, with an offer of the organisation; both
    evaluators are named to mark, the one with an interest too."""
    service = next(each for each in samples if isinstance(each, Service))
    lot, scheme = service.lots.get(), service.scheme
    package = PackageFactory(
        team=team,
        scheme=scheme,
        made_by=people["practitioner"],
        broker=people["broker"],
        state="called_off",
    )
    AwardRoute.objects.create(
        lot=lot,
        route="mini_competition",
        notice_words="All providers admitted to the lot are invited.",
        notice_reference="II.2.4(b)",
    )
    call_off = CallOff(
        scheme=scheme,
        title="C-SAMPLE",
        opens_at=NOON - timedelta(days=20),
        package=package,
        lot=lot,
        questionnaire=questionnaire_of(scheme),
        quality_weight=60,
        weekly_budget=package.weekly_budget,
        state="published",
    )
    call_off.published = calling.snapshot(call_off, pattern_of(package))
    call_off.save()
    envelopes.issue(call_off)
    Deadline.objects.create(
        procedure=call_off, at=NOON, set_at=call_off.opens_at, set_by=people["practitioner"]
    )
    admission = organisation.admissions.get(lot=lot)
    Invitation.objects.create(
        call_off=call_off, organisation=organisation, admission=admission, at=LONG_AGO
    )
    for name in ("evaluator", "conflicted"):
        Marker.objects.create(call_off=call_off, user=people[name], at=LONG_AGO)
    offer = Offer.objects.create(
        call_off=call_off, organisation=organisation, started_at=LONG_AGO, state="submitted"
    )
    envelopes.issue(offer, within=call_off)
    draft = envelopes.seal(OfferDraft(offer=offer), {})
    draft.save()
    submission = OfferSubmission(
        offer=offer,
        number=1,
        fingerprint="f" * 64,
        submitted_at=NOON - timedelta(minutes=1),
        submitted_by=people["owner"],
    )
    contents = {
        "questionnaire": 1,
        "answers": {},
        "service": {"id": str(service.pk), "name": service.name},
        "lines": [],
        "weekly_cost": "100.00",
        "declared_by": "A signatory",
    }
    envelopes.seal(submission, contents).save()
    return [call_off, offer, draft, submission]
