"""One world, and who lives in it."""

from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile

from dps.models import Event, Excepted, Role, Team
from lots.models import (
    Activity,
    Authorisation,
    AwardRoute,
    ClientGroup,
    Indicator,
    Locality,
    Lot,
    Outcome,
    Question,
    QuestionSection,
    ReportHeading,
    Zone,
)
from providers.actions import documents
from providers.models import Member
from tests.factories import (
    LONG_AGO,
    NOON,
    ApplicationFactory,
    OrganisationFactory,
    ScheduleFactory,
    UserFactory,
    member_of,
    owner_of,
    staff,
    submitted,
)
from tests.lots.world import bank_holidays


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
    ]
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
