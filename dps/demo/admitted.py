"""What became of the applications of past rounds: marks, reports, admissions, agreements."""

from datetime import datetime, timedelta
from random import Random

from awards.actions import agreements
from awards.models import (
    AgreedMark,
    Agreement,
    AgreementState,
    Appendix,
    Assignment,
    AssignmentState,
    Check,
    Evaluation,
    EvaluationState,
    Mark,
    Outcome,
    Report,
    ReportState,
    ReportText,
    Side,
    Signature,
)
from awards.queries import questions as asking
from awards.queries import reports as reading
from dps.actions import action
from dps.calendar import local_day
from dps.clock import pretending
from dps.demo import people
from dps.demo.records import record
from dps.models import User, the_system
from lots.models import Act, Authorisation, Decision, DecisionState, Lot, Scheme
from providers.actions import admissions, applications, services
from providers.models import Submission

REASONS = [
    "No answer to what was asked.",
    "Names the subject and little more; a policy is mentioned and not shown at work.",
    "Covers the least that is needed. Examples are general and nobody is said to be in charge.",
    "All parts are answered. Evidence is thin for evenings and weekends.",
    "Clear, with facts and figures for most parts. What happens when staff are away could be said.",
    "Every part is met with evidence, and results over a year are shown.",
]


def award_decision(scheme: Scheme, number: str, round, lots: list[Lot], at: datetime) -> Decision:
    """The key decision that admits the applicants of a later round, in effect since an instant."""
    made = Decision.objects.create(
        authority=scheme.authority,
        scheme=scheme,
        number=number,
        title=f"{scheme.short_title}: award, {round.title.lower()}",
        decision_maker="Cabinet Member for Adult Social Care and Public Health",
        in_consultation_with="Cabinet Member for Integrated Children's Services",
        decision="To admit the organisations in the exempt appendix of the award report.",
        reasons="Each of them meets the published criteria.",
        state=DecisionState.EFFECTIVE,
        published_on=local_day(at - timedelta(days=45)),
        considered_on=local_day(at - timedelta(days=15)),
        recommendations="Endorsed.",
        signed_at=at - timedelta(days=8),
        signed_by=User.objects.get(email="approver@kent.example"),
        effective_at=at,
    )
    Authorisation.objects.bulk_create(
        Authorisation(
            decision=made, act=act, lot=lot, from_on=local_day(at), until_on=scheme.ends_on
        )
        for act in (Act.AWARD, Act.SEAL)
        for lot in lots
    )
    return made


@action
def settle(
    scheme: Scheme, *, round, sent: list[tuple[Submission, dict]], decision: Decision, by, random
) -> Report:
    """Evaluate, report on, admit and sign up the applicants of a round that closed long ago, as the
    actions would have left it. `sent` are submissions and what each says."""
    closed_at = round.deadlines.latest("at").at
    effective_at = max(decision.effective_at, closed_at + timedelta(days=20))
    report = Report.objects.create(
        scheme=scheme,
        round=round,
        title=f"Award report {Report.objects.filter(scheme=scheme).count() + 1}: {round.title}",
        state=ReportState.EFFECTIVE,
        decision=decision,
        started_at=closed_at + timedelta(days=14),
        started_by=who("commissioner@kent.example"),
        effective_at=effective_at,
    )
    pairs = [
        (evaluation, contents)
        for submission, contents in sent
        for evaluation in evaluated(submission, contents, report, closed_at, random)
    ]
    ids = [evaluation.pk for evaluation, _ in pairs]
    held = Evaluation.objects.with_outcome().select_related(
        "application__organisation", "application__scheme", "lot"
    )
    found = {each.pk: each for each in held.filter(pk__in=ids)}
    text = ReportText.objects.create(
        report=report,
        number=1,
        public=reading.public_part(report, {}),
        at=closed_at + timedelta(days=14),
        by=who("commissioner@kent.example"),
    )
    pairs = [(found[evaluation.pk], contents) for evaluation, contents in pairs]
    Appendix.objects.create(version=text, contents=reading.appendix(pairs))
    record(
        report,
        [
            ("awards.report.started", report.started_at),
            ("awards.report.final", report.started_at),
            ("awards.report.effective", effective_at),
        ],
        by,
    )
    with pretending(effective_at):
        for evaluation, contents in pairs:
            applications.decided(
                evaluation.application, lot=evaluation.lot, admits=evaluation.admits
            )
            if evaluation.admits:
                admit(evaluation, contents, decision, by)
    for evaluation, _ in pairs:
        if evaluation.admits:
            sign_up(report, evaluation, effective_at, decision)
    return report


def who(email: str) -> User:
    return people.person(next(each for each in people.sign_ins() if each.email == email))


def evaluated(submission, contents, report, closed_at, random: Random) -> list[Evaluation]:
    """The evaluations of one submission, each with two sets of marks, checks, agreed marks and an
    outcome that admits."""
    application, made = submission.application, []
    for lot in Lot.objects.filter(scheme=report.scheme, key__in=contents["lots"]):
        evaluation = Evaluation.objects.create(
            application=application,
            submission=submission,
            lot=lot,
            size=contents["organisation"]["size"],
            state=EvaluationState.EFFECTIVE,
            received_at=closed_at,
            started_at=closed_at + timedelta(minutes=1),
            marks_due_on=local_day(closed_at + timedelta(days=7)),
            due_on=local_day(closed_at + timedelta(days=14)),
            report=report,
        )
        write_marks(evaluation, closed_at, random)
        made.append(evaluation)
    return made


def write_marks(evaluation: Evaluation, closed_at: datetime, random: Random) -> None:
    scored, checked = asking.scored(evaluation), asking.checked(evaluation)
    handed_in_at = closed_at + timedelta(days=6)
    agreed = {q: max(random.choice([3, 3, 4, 4, 5]), q.pass_mark) for q in scored}
    for number, email in enumerate(("evaluator1@kent.example", "evaluator2@kent.example")):
        assignment = Assignment.objects.create(
            evaluation=evaluation,
            evaluator=who(email),
            state=AssignmentState.HANDED_IN,
            assigned_at=closed_at + timedelta(hours=2),
            assigned_by=who("commissioner@kent.example"),
            handed_in_at=handed_in_at,
        )
        Mark.objects.bulk_create(
            Mark(
                assignment=assignment,
                question=question,
                mark=max(mark - number * random.choice([0, 0, 1]), 0),
                reason=REASONS[mark],
                at=handed_in_at,
            )
            for question, mark in agreed.items()
        )
    moderator, at = who("moderator@kent.example"), closed_at + timedelta(days=9)
    AgreedMark.objects.bulk_create(
        AgreedMark(
            evaluation=evaluation,
            question=question,
            number=1,
            mark=mark,
            reason=REASONS[mark],
            by=moderator,
            at=at,
        )
        for question, mark in agreed.items()
    )
    Check.objects.bulk_create(
        Check(
            evaluation=evaluation, question=q, number=1, passes=True, by=moderator, at=handed_in_at
        )
        for q in checked
    )
    score = sum(mark * q.weight / 5 for q, mark in agreed.items()) if agreed else None
    Outcome.objects.create(
        evaluation=evaluation, number=1, admits=True, score=score, at=at, by=moderator
    )


def admit(evaluation: Evaluation, contents: dict, decision: Decision, by) -> None:
    applicant, lot = evaluation.application.organisation, evaluation.lot
    admissions.admit(
        lot,
        organisation=applicant,
        decision=decision,
        application=evaluation.application,
        by=by,
    )
    starts_on = max(local_day(decision.effective_at), evaluation.lot.scheme.starts_on)
    services.write_first(applicant, [lot], contents["services"], from_on=starts_on, by=by)


def sign_up(report: Report, evaluation: Evaluation, effective_at: datetime, decision) -> Agreement:
    """The agreement of an admitted applicant, signed by both sides a fortnight later."""
    applicant = evaluation.application.organisation
    held = Agreement.objects.filter(report=report, organisation=applicant).first()
    if held:
        return held
    with pretending(effective_at):
        agreement = agreements.draft(
            report, organisation=applicant, lots=[evaluation.lot], by=the_system()
        )
    signed_at, sealed_at = effective_at + timedelta(days=9), effective_at + timedelta(days=15)
    Agreement.objects.filter(pk=agreement.pk).update(
        state=AgreementState.SENT, sent_at=effective_at
    )
    Agreement.objects.filter(pk=agreement.pk).update(state=AgreementState.SIGNED)
    Agreement.objects.filter(pk=agreement.pk).update(
        state=AgreementState.IN_FORCE, in_force_at=sealed_at, sealed_under=decision
    )
    owner = applicant.members.select_related("user").filter(is_signatory=True).first().user
    version = agreement.versions.get()
    sides = [
        (Side.PROVIDER, owner, "Manager", signed_at, ""),
        (Side.AUTHORITY, who("legal@kent.example"), "Solicitor", sealed_at, "S/1"),
    ]
    Signature.objects.bulk_create(
        Signature(
            version=version,
            side=side,
            by=user,
            name=user.name,
            role=role,
            fingerprint=version.fingerprint,
            seal_number=seal,
            at=at,
        )
        for side, user, role, at, seal in sides
    )
    record(agreement, [("awards.agreement.sent", effective_at)], the_system())
    record(agreement, [("awards.agreement.signed", signed_at)], owner)
    record(agreement, [("awards.agreement.in_force", sealed_at)], sides[1][1])
    with pretending(sealed_at):
        for admission in applicant.admissions.standing().filter(lot__in=agreement.lots.all()):
            admissions.bring_into_force(
                admission,
                reference=agreement.reference,
                from_on=agreement.from_on,
                until_on=agreement.until_on,
                by=sides[1][1],
            )
    return agreement
