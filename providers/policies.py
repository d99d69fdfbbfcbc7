from django.db.models import Exists, OuterRef, Q

from dps.clock import now
from dps.models import Grant, Role
from dps.policies import ALL, NONE, Gate, policy
from lots.models import Scheme
from lots.policies import is_the_system, published, run_scheme, view_scheme, view_scheme_file
from providers.models import (
    Admission,
    AdmissionState,
    Application,
    ApplicationState,
    Declaration,
    Document,
    Member,
    Organisation,
    Return,
    ReturnPeriod,
    Section,
    Service,
    ServiceState,
    Submission,
    has_conflict,
    is_clear,
)

ASSESS = (Role.COMMISSIONER, Role.EVALUATOR, Role.MODERATOR)


@Gate
def use_portal(user):
    """Members of any organisation."""
    return bool(Member.objects.organisations(user))


@Gate
def register_organisation(user):
    """Whoever is signed in and holds no role in an authority: its staff do not apply to it."""
    return not Grant.objects.authorities(user)


@policy(Organisation)
def view_organisation(user):
    """Its members."""
    return Q(pk__in=Member.objects.organisations(user))


@policy(Organisation, within=view_organisation)
def apply_for(user):
    """Start applications and add documents: its members."""
    return Q(pk__in=Member.objects.organisations(user))


@policy(Organisation, within=view_organisation)
def run_organisation(user):
    """Change its details and its members: its owners."""
    return Q(pk__in=Member.objects.organisations(user, is_owner=True))


@policy(Member)
def view_member(user):
    """The members of the same organisation."""
    return Q(organisation__in=Member.objects.organisations(user))


@policy(Application)
def view_application(user):
    """The applicant, always; those who assess and auditors, what is submitted once it is opened
    (rule 1), but nobody with an interest in the applicant (rule 7)."""
    applicant = Q(organisation__in=Member.objects.organisations(user))
    assessing = Grant.objects.authorities(user, *ASSESS, Role.AUDITOR)
    opened = Application.objects.opened(now()).filter(scheme__authority__in=assessing)
    return applicant | Q(pk__in=opened.exclude(has_conflict(user)).values("pk"))


@policy(Application, within=view_application)
def edit_application(user):
    """Write in it: any member of the applicant."""
    return Q(organisation__in=Member.objects.organisations(user))


@policy(Application, within=view_application)
def submit_application(user):
    """An owner of the applicant: it binds the organisation."""
    return Q(organisation__in=Member.objects.organisations(user, is_owner=True))


@policy(Application, apart=True)
def remind_application(user):
    """The system, of drafts whose round is about to close. It reads nothing of them."""
    return ALL if is_the_system(user) else NONE


@policy(Application, within=view_application)
def erase_application(user):
    """An owner of the applicant, while nothing stands submitted."""
    owned = Q(organisation__in=Member.objects.organisations(user, is_owner=True))
    return owned & ~Q(state=ApplicationState.SUBMITTED)


@policy(Section, opens=True)
def edit_section(user):
    """Any member of the applicant, and never anyone else."""
    return Q(application__organisation__in=Member.objects.organisations(user))


@policy(Submission, opens=True)
def open_submission(user):
    """The applicant, each of its own; the one that counts, once it is opened: those who assess,
    when they have declared that they have no interest in the applicant (rule 7), auditors, and
    the system, which starts the evaluation."""
    applicant = Q(application__organisation__in=Member.objects.organisations(user))
    standing = Q(pk__in=Submission.objects.standing().values("pk"))
    audited = Q(application__scheme__authority__in=Grant.objects.authorities(user, Role.AUDITOR))
    clear = is_clear(user, "application__organisation", "application__scheme")
    seen = Q(application__in=view_application.rows(user))
    if is_the_system(user):
        return standing & Q(application__in=Application.objects.opened(now()).values("pk"))
    return applicant | standing & seen & (clear | audited)


@policy(Document, opens=True)
def open_document(user):
    """The members of the organisation whose it is. Others read what a submission pinned."""
    return Q(organisation__in=Member.objects.organisations(user))


@policy(Document, within=open_document)
def remove_document(user):
    """Any member; a version that was submitted stays with the submission."""
    return Q(removed_at=None)


@policy(Scheme, within=view_scheme)
def declare_interests(user):
    """Those who assess, approve or place under it."""
    roles = (*ASSESS, Role.APPROVER, Role.PRACTITIONER, Role.BROKER)
    held = Grant.objects.authorities(user, *roles)
    return Q(authority__in=held) | Q(partners__in=held)


@policy(Declaration)
def view_declaration(user):
    """One's own; and the scheme's commissioners and auditors."""
    overseen = Grant.objects.authorities(user, Role.COMMISSIONER, Role.AUDITOR)
    return Q(by=user.pk) | Q(scheme__authority__in=overseen)


@policy(Admission, public=True)
def view_admission(user):
    """The whole world, while it stands on the register; the organisation and the scheme's staff,
    always."""
    standing = Q(state__in=[AdmissionState.ADMITTED, AdmissionState.SUSPENDED])
    public = standing & published()
    return public | _own_or_staff(user)


@policy(Admission, within=view_admission, records=True)
def view_admission_file(user):
    """Its history and agreement: the organisation and the scheme's staff."""
    return _own_or_staff(user)


@policy(Admission, within=view_admission)
def change_admission(user):
    """Suspend, restore, remove: contract managers and commissioners of the lead authority."""
    return Q(scheme__authority__in=_contracting(user))


@policy(Service, public=True)
def view_service(user):
    """The whole world, what a provider that stands on the register offers now; the organisation and
    the scheme's staff, closed ones too."""
    admitted = Admission.objects.standing().filter(
        lot__services=OuterRef("pk"), organisation=OuterRef("organisation")
    )
    public = Q(Exists(admitted), state=ServiceState.CURRENT)
    return public & published() | _own_or_staff(user)


@policy(Service, within=view_service, records=True)
def view_rates(user):
    """What it costs, and its history: the organisation, and the scheme's staff. Rates are
    commercially sensitive."""
    return _own_or_staff(user)


@policy(Service, within=view_service)
def change_service(user):
    """Members of the organisation."""
    return Q(organisation__in=Member.objects.organisations(user))


@policy(Service, within=view_service)
def set_rate(user):
    """Contract managers and commissioners of the lead authority, as agreed with the provider."""
    return Q(scheme__authority__in=_contracting(user))


@policy(Return)
def view_return(user):
    """The organisation, and the scheme's staff."""
    return _own_or_staff(user)


@policy(Return, within=view_return)
def file_return(user):
    """Members of the organisation."""
    return Q(organisation__in=Member.objects.organisations(user))


@policy(Return, apart=True)
def remind_return(user):
    """The system, of returns that are due and not filed."""
    return ALL if is_the_system(user) else NONE


@policy(ReturnPeriod)
def view_return_period(user):
    """Who has filed for a period, and the figures against target: the scheme's staff."""
    return Q(scheme__in=view_scheme_file.ids(user))


@policy(Scheme, within=view_scheme, apart=True)
def make_returns(user):
    """The system, on time; a commissioner, should it fail."""
    return ALL if is_the_system(user) else Q(pk__in=run_scheme.ids(user))


def _contracting(user):
    return Grant.objects.authorities(user, Role.CONTRACT_MANAGER, Role.COMMISSIONER)


def _own_or_staff(user) -> Q:
    own = Q(organisation__in=Member.objects.organisations(user))
    return own | Q(scheme__in=view_scheme_file.ids(user))
