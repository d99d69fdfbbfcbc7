from awards.actions import evaluations, reports
from awards.models import Agreement, Evaluation, EvaluationState, Report, ReportState
from dps import letters
from dps.clock import now
from dps.promises import effect
from dps.ticks import for_each
from dps.words import short_date
from lots.models import Decision
from providers.models import Application, ApplicationState, Member, Submission

LIMIT = 100  # of each kind in a tick: the rest come with the next


def start_evaluations(limit=LIMIT):
    """Begin to evaluate what was opened: the submissions that count, of rounds that have closed and
    of open lots."""
    opened = Application.objects.opened(now()).values("pk")
    due = Submission.objects.standing().filter(application__in=opened, evaluations=None)
    for_each(due.order_by("submitted_at")[:limit], evaluations.start)


def void_evaluations(limit=LIMIT):
    """End the evaluations of applications that were withdrawn."""
    states = [
        EvaluationState.ALLOCATING,
        EvaluationState.MARKING,
        EvaluationState.MODERATING,
        EvaluationState.DECIDED,
    ]
    due = Evaluation.objects.filter(application__state=ApplicationState.WITHDRAWN, state__in=states)
    for_each(due.order_by("started_at")[:limit], evaluations.void)


def take_effect(limit=LIMIT):
    """Put into effect the reports whose decision has taken effect."""
    effective = Decision.objects.effective(now()).values("pk")
    due = Report.objects.filter(state=ReportState.FINAL, decision__in=effective)
    for_each(due.order_by("started_at")[:limit], reports.take_effect)


@effect
def decision_letter(evaluation_id):
    """Tell the owners of the applicant what was decided; the page has the marks and reasons."""
    evaluation = (
        Evaluation.objects.with_outcome()
        .select_related("application__organisation", "lot__scheme", "report__decision")
        .get(pk=evaluation_id)
    )
    letters.send(
        f"decision_letter.{evaluation_id}",
        _addresses(evaluation.application.organisation_id, is_owner=True),
        f"Decision of {short_date(evaluation.report.effective_at)} on your application",
        "awards/letters/decision.txt",
        evaluation=evaluation,
        link=letters.link("awards:result", evaluation_id),
    )


@effect
def agreement_to_sign(agreement_id, number):
    """Ask the provider's signatories to sign a version of an agreement."""
    agreement = Agreement.objects.select_related("organisation", "scheme").get(pk=agreement_id)
    letters.send(
        f"agreement_to_sign.{agreement_id}.{number}",
        _addresses(agreement.organisation_id, is_signatory=True),
        f"An agreement to sign, sent on {short_date(agreement.sent_at)}",
        "awards/letters/agreement_to_sign.txt",
        agreement=agreement,
        link=letters.link("awards:agreement", agreement_id),
    )


@effect
def agreement_in_force(agreement_id):
    """Tell the provider that both sides have signed."""
    agreement = Agreement.objects.select_related("organisation", "scheme").get(pk=agreement_id)
    letters.send(
        f"agreement_in_force.{agreement_id}",
        _addresses(agreement.organisation_id, is_signatory=True),
        f"Your agreement is in force since {short_date(agreement.in_force_at)}",
        "awards/letters/agreement_in_force.txt",
        agreement=agreement,
        link=letters.link("awards:agreement", agreement_id),
    )


def _addresses(organisation_id, **only) -> list[str]:
    members = Member.objects.filter(
        organisation=organisation_id, left_at=None, user__is_active=True, **only
    )
    return list(members.order_by("joined_at").values_list("user__email", flat=True))
