from django.db.models import Q

from dps.clock import now
from dps.models import Authority, Grant, Role
from dps.policies import ALL, Gate, Policy, policy, view_authority
from lots.models import (
    Activity,
    AwardRoute,
    ClientGroup,
    Decision,
    DecisionState,
    Indicator,
    Locality,
    Lot,
    Outcome,
    ProcedureState,
    Question,
    Questionnaire,
    QuestionnaireState,
    QuestionSection,
    ReportHeading,
    Round,
    Schedule,
    Scheme,
    Tier,
    Zone,
)

CHANGES: dict[type, Policy] = {}  # who changes a set-up row


def is_the_system(user) -> bool:
    return user.is_authenticated and user.is_the_system


def staff_of(user) -> Q:
    if is_the_system(user):
        return ALL
    authorities = Grant.objects.authorities(user)
    partnered = Scheme.partners.through.objects.filter(authority__in=authorities)
    return Q(authority__in=authorities) | Q(pk__in=partnered.values("scheme"))


def published(path: str = "scheme__") -> Q:
    """What is of a scheme (at the end of the path) that is there for the whole world."""
    return Q(**{f"{path}published_at__lte": now(), f"{path}is_rehearsal": False})


@policy(Scheme, public=True)
def view_scheme(user):
    """The whole world, once it is published and unless it is a rehearsal; before that, the staff
    of its authorities."""
    return published("") | staff_of(user)


@policy(Scheme, within=view_scheme, records=True)
def view_scheme_file(user):
    """Everything about it that is not public: the staff of its authorities."""
    return staff_of(user)


@policy(Scheme, within=view_scheme)
def run_scheme(user):
    """Set it up and start rounds: commissioners of the lead authority."""
    if is_the_system(user):
        return ALL
    return Q(authority__in=Grant.objects.authorities(user, Role.COMMISSIONER))


@Gate
def load_schemes(user):
    """Put scheme files in force: the system alone, from the command line."""
    return is_the_system(user)


def of_scheme(model, path: str, noun: str):
    """Two policies for a set-up row, which is seen and changed as its scheme is."""

    def view(user):
        return Q(**{f"{path}__in": view_scheme_file.ids(user)})

    def change(user):
        return Q(**{f"{path}__in": run_scheme.ids(user)})

    view.__name__, change.__name__ = f"view_{noun}", f"change_{noun}"
    view.__doc__ = "The staff of the scheme's authorities."
    change.__doc__ = "Commissioners of the scheme's lead authority."
    seen = policy(model)(view)
    CHANGES[model] = policy(model, within=seen)(change)
    return seen, CHANGES[model]


@policy(Authority, within=view_authority)
def begin_scheme(user):
    """Set up a new scheme of the authority: its commissioners."""
    return Q(pk__in=Grant.objects.authorities(user, Role.COMMISSIONER))


CHANGES[Authority] = begin_scheme
CHANGES[Scheme] = run_scheme
view_lot, change_lot = of_scheme(Lot, "scheme", "lot")
view_tier, change_tier = of_scheme(Tier, "lot__scheme", "tier")
view_award_route, change_award_route = of_scheme(AwardRoute, "lot__scheme", "award_route")
view_zone, change_zone = of_scheme(Zone, "scheme", "zone")
view_locality, change_locality = of_scheme(Locality, "scheme", "locality")
view_activity, change_activity = of_scheme(Activity, "scheme", "activity")
view_client_group, change_client_group = of_scheme(ClientGroup, "scheme", "client_group")
view_outcome, change_outcome = of_scheme(Outcome, "scheme", "outcome")
view_indicator, change_indicator = of_scheme(Indicator, "scheme", "indicator")
view_report_heading, change_report_heading = of_scheme(ReportHeading, "scheme", "report_heading")
view_schedule, change_schedule = of_scheme(Schedule, "scheme", "schedule")


@policy(Questionnaire, public=True)
def view_questionnaire(user):
    """The whole world, once it is published with its scheme; drafts, the staff."""
    seen = published() & Q(state=QuestionnaireState.PUBLISHED)
    return seen | Q(scheme__in=view_scheme_file.ids(user))


@policy(Questionnaire, within=view_questionnaire, records=True)
def view_questionnaire_file(user):
    """Its history: the staff of the scheme's authorities."""
    return Q(scheme__in=view_scheme_file.ids(user))


@policy(Questionnaire, within=view_questionnaire)
def change_questionnaire(user):
    """Commissioners of the scheme's lead authority, while it is a draft."""
    run = Q(scheme__in=run_scheme.ids(user))
    return run & Q(state=QuestionnaireState.DRAFT)


@policy(Questionnaire, within=view_questionnaire)
def revise_questionnaire(user):
    """Begin the next version from a published one: commissioners of the lead authority."""
    run = Q(scheme__in=run_scheme.ids(user))
    return run & Q(state=QuestionnaireState.PUBLISHED)


@policy(QuestionSection)
def view_question_section(user):
    """The staff of the scheme's authorities."""
    return Q(questionnaire__scheme__in=view_scheme_file.ids(user))


@policy(QuestionSection, within=view_question_section)
def change_question_section(user):
    """Those who may change the questionnaire: commissioners, while it is a draft."""
    return Q(questionnaire__in=change_questionnaire.rows(user).values("pk"))


@policy(Question)
def view_question(user):
    """The staff of the scheme's authorities."""
    return Q(section__questionnaire__scheme__in=view_scheme_file.ids(user))


@policy(Question, within=view_question)
def change_question(user):
    """Those who may change the questionnaire: commissioners, while it is a draft."""
    return Q(section__questionnaire__in=change_questionnaire.rows(user).values("pk"))


CHANGES[Questionnaire] = change_questionnaire
CHANGES[QuestionSection] = change_question_section
CHANGES[Question] = change_question


@policy(Decision, public=True)
def view_decision(user):
    """The whole world, once it is on the forward plan or taken, if it is for publication; drafts,
    the staff of the scheme's authorities; the system."""
    if is_the_system(user):
        return ALL
    out = [s for s in DecisionState if s not in (DecisionState.DRAFT, DecisionState.WITHDRAWN)]
    public = published() & Q(state__in=out, is_for_publication=True)
    return public | Q(scheme__in=view_scheme_file.ids(user))


@policy(Decision, within=view_decision, records=True)
def view_decision_file(user):
    """Its history: the staff of the scheme's authorities."""
    return Q(scheme__in=view_scheme_file.ids(user))


@policy(Decision, within=view_decision)
def prepare_decision(user):
    """Publish, put on record what the committee and scrutiny did: commissioners of the lead
    authority; that it took effect, the system."""
    if is_the_system(user):
        return ALL
    return Q(scheme__in=run_scheme.ids(user))


@policy(Decision, within=view_decision)
def sign_decision(user):
    """Approvers of the authority that takes it."""
    return Q(authority__in=Grant.objects.authorities(user, Role.APPROVER))


@policy(Round, public=True)
def view_round(user):
    """The whole world, once it is announced and unless it is a rehearsal; before that, the staff
    of the scheme's authorities, and the system."""
    if is_the_system(user):
        return ALL
    announced = Q(is_rehearsal=False) & ~Q(state=ProcedureState.DRAFT)
    public = announced & published()
    return public | Q(scheme__in=view_scheme_file.ids(user))


@policy(Round, within=view_round, records=True)
def view_round_file(user):
    """Its history and what is done with it: the staff of the scheme's authorities."""
    return Q(scheme__in=view_scheme_file.ids(user))


@policy(Round, within=view_round)
def run_round(user):
    """Announce, extend, cancel, open: commissioners of the lead authority; the system, which
    announces the schedule's."""
    if is_the_system(user):
        return ALL
    return Q(scheme__in=run_scheme.ids(user))


@policy(Round, within=view_round)
def close_round(user):
    """The system, on time; a commissioner, should it fail."""
    if is_the_system(user):
        return ALL
    return Q(scheme__in=run_scheme.ids(user))
