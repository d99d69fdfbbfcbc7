from django.db.models import Exists, OuterRef, Q

from awards.models import (
    AgreedMark,
    Agreement,
    AgreementState,
    AgreementText,
    Appendix,
    Assignment,
    AssignmentState,
    Check,
    DraftMark,
    Evaluation,
    EvaluationState,
    Mark,
    Outcome,
    PrivateNote,
    Report,
    ReportState,
    ReportText,
)
from dps.clock import now
from dps.models import Grant, Role
from dps.policies import ALL, Gate, policy
from lots.models import DecisionState, Scheme
from lots.policies import is_the_system, published, run_scheme, view_scheme_file
from providers.models import Application, Member, has_conflict, is_clear

OF = ("application__organisation", "application__scheme")  # whose an evaluation is
MODERATE = (Role.COMMISSIONER, Role.MODERATOR)
OPEN = [EvaluationState.ALLOCATING, EvaluationState.MARKING, EvaluationState.MODERATING]


def held(user, *roles):
    return Grant.objects.authorities(user, *roles)


# Evaluations


@policy(Evaluation)
def view_evaluation(user):
    """Commissioners, moderators, approvers and auditors of the scheme's authority, and evaluators
    what they mark, once the application is opened (rule 1); but nobody with an interest in the
    applicant (rule 7). The system."""
    if is_the_system(user):
        return ALL
    overseen = held(user, *MODERATE, Role.APPROVER, Role.AUDITOR)
    own = Assignment.objects.filter(
        evaluation=OuterRef("pk"),
        evaluator=user.pk,
        state__in=[AssignmentState.MARKING, AssignmentState.HANDED_IN],
    )
    opened = Q(application__in=Application.objects.opened(now()).values("pk"))
    seen = Q(lot__scheme__authority__in=overseen) | Q(Exists(own))
    return opened & seen & ~has_conflict(user, *OF)


@policy(Evaluation, within=view_evaluation)
def allocate_evaluation(user):
    """Choose who marks it: commissioners and moderators, until the marks are in."""
    return Q(
        lot__scheme__authority__in=held(user, *MODERATE),
        state__in=[EvaluationState.ALLOCATING, EvaluationState.MARKING],
    )


@policy(Scheme, within=view_scheme_file)
def allocate_in(user):
    """Choose who marks what waits for evaluators: commissioners and moderators."""
    return Q(authority__in=held(user, *MODERATE))


@policy(Evaluation, within=view_evaluation)
def check_evaluation(user):
    """Decide what passes or fails: those who see it and assess, with no interest declared, until it
    is decided."""
    assessing = held(user, *MODERATE, Role.EVALUATOR)
    return Q(lot__scheme__authority__in=assessing, state__in=OPEN) & is_clear(user, *OF)


@policy(Evaluation, within=view_evaluation)
def moderate_evaluation(user):
    """Record the agreed marks: moderators with no interest declared who did not mark it, once both
    evaluators have handed in."""
    own = Assignment.objects.filter(evaluation=OuterRef("pk"), evaluator=user.pk).exclude(
        state=AssignmentState.RELEASED
    )
    moderating = Q(
        lot__scheme__authority__in=held(user, Role.MODERATOR), state=EvaluationState.MODERATING
    )
    return moderating & ~Q(Exists(own)) & is_clear(user, *OF)


@policy(Evaluation, within=view_evaluation)
def reopen_evaluation(user):
    """Put a decided evaluation back to moderation, before it is in a report: moderators."""
    return Q(
        lot__scheme__authority__in=held(user, Role.MODERATOR), state=EvaluationState.DECIDED
    ) & is_clear(user, *OF)


@policy(Evaluation, apart=True)
def read_result(user):
    """The applicant, once the decision has taken effect: its outcome, marks and reasons."""
    return Q(
        application__organisation__in=Member.objects.organisations(user),
        state=EvaluationState.EFFECTIVE,
    )


@Gate
def start_evaluations(user):
    """The system, as applications are opened or withdrawn."""
    return is_the_system(user)


@policy(Assignment)
def view_assignment(user):
    """Of those who see the evaluation: the evaluator whose it is, commissioners, moderators and
    auditors; and the other evaluator once both have handed in."""
    overseen = Q(evaluation__lot__scheme__authority__in=held(user, *MODERATE, Role.AUDITOR))
    seen = Q(evaluation__in=view_evaluation.rows(user).values("pk"))
    both_in = Q(evaluation__in=Evaluation.objects.all_in().values("pk"))
    return seen & (Q(evaluator=user.pk) | overseen | both_in)


@policy(Assignment, within=view_assignment)
def mark_assignment(user):
    """The evaluator whose it is, while they hold the role and have declared no interest, until they
    hand in (rule 7)."""
    own = Q(
        evaluator=user.pk,
        state=AssignmentState.MARKING,
        evaluation__lot__scheme__authority__in=held(user, Role.EVALUATOR),
    )
    return own & is_clear(user, *(f"evaluation__{path}" for path in OF))


@policy(Assignment, within=view_assignment)
def release_assignment(user):
    """Take an evaluator off, before they hand in: commissioners and moderators."""
    return Q(
        evaluation__lot__scheme__authority__in=held(user, *MODERATE),
        state=AssignmentState.MARKING,
    )


@policy(DraftMark)
def view_draft_mark(user):
    """The evaluator whose it is, and never anyone else."""
    return Q(assignment__evaluator=user.pk)


@policy(PrivateNote)
def view_private_note(user):
    """The evaluator whose it is, and never anyone else."""
    return Q(assignment__evaluator=user.pk)


@policy(Mark)
def view_mark(user):
    """The evaluator whose it is; those who see the evaluation, once both have handed in (rule
    7)."""
    both_in = Evaluation.objects.all_in().filter(pk__in=view_evaluation.rows(user).values("pk"))
    own = Q(assignment__evaluator=user.pk) & Q(
        assignment__evaluation__in=view_evaluation.rows(user).values("pk")
    )
    return own | Q(assignment__evaluation__in=both_in.values("pk"))


def _with_evaluation(user) -> Q:
    return Q(evaluation__in=view_evaluation.rows(user).values("pk"))


@policy(Check)
def view_check(user):
    """Those who see the evaluation."""
    return _with_evaluation(user)


@policy(AgreedMark)
def view_agreed_mark(user):
    """Those who see the evaluation."""
    return _with_evaluation(user)


@policy(Outcome)
def view_outcome(user):
    """Those who see the evaluation."""
    return _with_evaluation(user)


# Reports


@policy(Report, public=True)
def view_report(user):
    """The whole world, the public part, once it is final and its decision is out; drafts, the staff
    of the scheme's authorities. The system."""
    if is_the_system(user):
        return ALL
    out = [DecisionState.DRAFT, DecisionState.WITHDRAWN]
    public = (
        Q(
            state__in=[ReportState.FINAL, ReportState.EFFECTIVE],
            decision__isnull=False,
            decision__is_for_publication=True,
        )
        & published()
        & ~Q(decision__state__in=out)
    )
    return public | Q(scheme__in=view_scheme_file.ids(user))


@policy(Report, within=view_report, records=True)
def view_report_file(user):
    """Its versions and history: the staff of the scheme's authorities."""
    return Q(scheme__in=view_scheme_file.ids(user))


@policy(Scheme, within=view_scheme_file)
def report_on(user):
    """Start award reports: commissioners of the lead authority."""
    return Q(pk__in=run_scheme.ids(user))


def _concerns_a_conflict(user, path="pk"):
    return Exists(Evaluation.objects.filter(has_conflict(user, *OF), report=OuterRef(path)))


@policy(Report, within=view_report)
def write_report(user):
    """Write it, finish it, draft its decision, abandon it: commissioners of the lead authority with
    no interest in an applicant. The system, that it takes effect."""
    if is_the_system(user):
        return ALL
    run = Q(scheme__in=run_scheme.ids(user))
    return run & ~Q(_concerns_a_conflict(user))


@policy(Report, within=view_report)
def decide_report(user):
    """Sign its decision: approvers with no interest in any of its applicants (rule 7)."""
    approving = Q(scheme__authority__in=held(user, Role.APPROVER))
    return approving & ~Q(_concerns_a_conflict(user))


@policy(ReportText)
def view_report_text(user):
    """Those who see the report's file."""
    return Q(report__in=view_report_file.rows(user).values("pk"))


EXEMPT = (
    Role.COMMISSIONER,
    Role.MODERATOR,
    Role.APPROVER,
    Role.LEGAL_OFFICER,
    Role.CONTRACT_MANAGER,
    Role.AUDITOR,
)


@policy(Appendix)
def read_exempt(user):
    """The roles that exempt matter is for, in the scheme's authority, and nobody with an interest
    in an applicant. Each reading is on record."""
    seen = Q(version__report__scheme__authority__in=held(user, *EXEMPT))
    return seen & ~Q(_concerns_a_conflict(user, "version__report"))


# Agreements


@policy(Agreement)
def view_agreement(user):
    """The organisation, once it is sent; the scheme's staff."""
    own = Q(organisation__in=Member.objects.organisations(user))
    staff = Q(scheme__in=view_scheme_file.ids(user))
    return own & ~Q(state=AgreementState.DRAFTED) | staff


@policy(Agreement, within=view_agreement)
def send_agreement(user):
    """Send it to be signed, end it: contract managers, legal officers and commissioners of the lead
    authority."""
    contracting = (Role.CONTRACT_MANAGER, Role.LEGAL_OFFICER, Role.COMMISSIONER)
    return Q(scheme__authority__in=held(user, *contracting))


@policy(Agreement, within=view_agreement)
def sign_agreement(user):
    """Signatories of the organisation, which it binds."""
    return Q(organisation__in=Member.objects.organisations(user, is_signatory=True))


@policy(Agreement, within=view_agreement)
def seal_agreement(user):
    """Legal officers of the lead authority."""
    return Q(scheme__authority__in=held(user, Role.LEGAL_OFFICER))


@policy(AgreementText)
def view_agreement_text(user):
    """Those who see the agreement."""
    return Q(agreement__in=view_agreement.rows(user).values("pk"))
