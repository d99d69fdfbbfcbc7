from django.db.models import Q

from dps.clock import now
from dps.models import Grant, Role
from dps.policies import ALL, NONE, Gate, policy
from lots.policies import is_the_system
from providers.models import (
    Application,
    ApplicationState,
    Document,
    Member,
    Organisation,
    Section,
    Submission,
)


@Gate
def use_portal(user):
    """Members of any organisation."""
    return Member.objects.organisations(user).exists()


@Gate
def register_organisation(user):
    """Whoever is signed in and holds no role in an authority: its staff do not apply to it."""
    return not Grant.objects.authorities(user).exists()


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
    """The applicant, always; those who assess, what is submitted once it is opened (rule 1)."""
    applicant = Q(organisation__in=Member.objects.organisations(user))
    assessing = Grant.objects.authorities(
        user, Role.COMMISSIONER, Role.EVALUATOR, Role.MODERATOR
    )
    opened = Application.objects.opened(now()).filter(scheme__authority__in=assessing)
    return applicant | Q(pk__in=opened.values("pk"))


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
    """The applicant, each of its own; those who assess, the one that counts."""
    applicant = Q(application__organisation__in=Member.objects.organisations(user))
    standing = Q(pk__in=Submission.objects.standing().values("pk"))
    return applicant | standing & Q(application__in=view_application.rows(user))


@policy(Document, opens=True)
def open_document(user):
    """The members of the organisation whose it is. Others read what a submission pinned."""
    return Q(organisation__in=Member.objects.organisations(user))


@policy(Document, within=open_document)
def remove_document(user):
    """Any member; a version that was submitted stays with the submission."""
    return Q(removed_at=None)


