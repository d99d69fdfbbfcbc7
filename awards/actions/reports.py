"""Award reports: written over decided evaluations, decided upon, put into effect."""

from datetime import date

from awards import policies
from awards.actions import agreements
from awards.models import (
    Appendix,
    Evaluation,
    EvaluationState,
    Report,
    ReportState,
    ReportText,
)
from awards.queries import reports as reading
from dps.actions import Refused, action, lock, move, note, part, promise, require
from dps.clock import now, today
from dps.words import counted
from lots.actions import decisions
from lots.models import Act, Decision, DecisionKind, Lot, Round, Scheme
from providers.actions import admissions, applications, services
from providers.models import Organisation, is_clear


@action
def start(scheme: Scheme, *, round: Round | None = None, by) -> Report:
    """A report over the decided evaluations of a round or, with no round, of applications to lots
    that are open at any time, with a first version that says what the scheme's headings say.

    Refused while an evaluation of the round is not decided, and when there is nothing to report.
    For open lots a standing delegation must cover awarding each of them today.
    """
    scheme = lock(scheme)
    require(policies.report_on, by, scheme)
    if round:
        of_round = Evaluation.objects.filter(application__round=round)
        if waiting := of_round.filter(state__in=reading.UNDECIDED).count():
            raise Refused(f"{counted(waiting, 'evaluation')} of this round must be decided first")
    found = list(reading.decided(scheme, round).select_for_update(of=("self",)))
    if not found:
        raise Refused("No decided evaluation is waiting for a report")
    undeclared(found, by)
    if round is None:
        delegated({each.lot for each in found})
    many = Report.objects.filter(scheme=scheme).count() + 1
    report = Report.objects.create(
        scheme=scheme,
        round=round,
        title=f"Award report {many}: {round.title if round else 'open lots'}",
        started_at=now(),
        started_by=by,
    )
    note(report, "awards.report.started", by=by)
    for evaluation in found:
        evaluation = lock(evaluation)
        evaluation.report = report
        evaluation.save(update_fields=["report"])
        move(evaluation, EvaluationState.REPORTED, by=by)
    _write(report, {}, by)
    return report


@part
def undeclared(evaluations: list[Evaluation], by) -> None:
    """Refuse until the person has declared no interest in any of the applicants (rule 7)."""
    ids = [evaluation.pk for evaluation in evaluations]
    clear = Evaluation.objects.filter(is_clear(by, *policies.OF), pk__in=ids).count()
    if clear < len(ids):
        raise Refused("Declare your interests in each of the applicants first")


def delegated(lots: set[Lot]) -> Decision:
    """The standing delegation under which officers may award all of these lots today."""
    found = None
    for lot in lots:
        covering = Decision.objects.covering(Act.AWARD, lot, today(), now())
        standing = covering.filter(authorisations__is_standing=True).distinct()
        found = standing.first()
        if found is None:
            raise Refused(f"No standing delegation covers “Award lot {lot.key}” today")
    return found


@action
def write(report: Report, *, texts: dict[str, str], by) -> ReportText:
    """A new version with these words under the headings (by key). The numbers are worked out anew.
    Refused where a text of the public part names an applicant: names belong in the appendix."""
    report = lock(report)
    require(policies.write_report, by, report)
    if report.state != ReportState.DRAFT:
        raise Refused("The report is final. Put it back to draft first")
    names = Organisation.objects.filter(applications__evaluations__report=report).distinct()
    for key, text in texts.items():
        for name in names.values_list("name", flat=True):
            if name.lower() in text.lower():
                raise Refused(
                    f"This names “{name}”. Names of applicants stand in the exempt appendix only",
                    field=key,
                    on_record="A text of the public part named an applicant",
                )
    return _write(report, texts, by)


@part
def _write(report: Report, texts: dict[str, str], by) -> ReportText:
    """The next version, with the appendix of what each applicant submitted, which is opened."""
    number = report.versions.count() + 1
    version = ReportText.objects.create(
        report=report, number=number, public=reading.public_part(report, texts), at=now(), by=by
    )
    evaluations = report.evaluations.with_outcome().select_related(
        "application__organisation", "application__scheme", "submission__application", "lot"
    )
    contents = [
        (each, applications.open_submission(each.submission, by=by)) for each in evaluations
    ]
    Appendix.objects.create(version=version, contents=reading.appendix(contents))
    note(report, "awards.report.written", by=by, number=number)
    return version


@action
def read_appendix(appendix: Appendix, *, by) -> dict:
    """Read the exempt appendix of a version. That it was read is on record before anything is
    shown."""
    require(policies.read_exempt, by, appendix)
    note(appendix.version.report, "awards.report.appendix read", by=by)
    return appendix.contents


@action
def finish(report: Report, *, by) -> Report:
    """Make the last version the one to be decided upon."""
    report = lock(report)
    require(policies.write_report, by, report)
    move(report, ReportState.FINAL, by=by)
    return report


@action
def amend(report: Report, *, by, why: str) -> Report:
    """Back to draft, before its decision is signed."""
    report = lock(report)
    require(policies.write_report, by, report)
    if report.decision and report.decision.signed_at:
        raise Refused("Its decision is signed, so the report stands")
    move(report, ReportState.DRAFT, by=by, why=why)
    return report


@action
def abandon(report: Report, *, by, why: str) -> Report:
    """Give the report up. Its evaluations wait for another."""
    report = lock(report)
    require(policies.write_report, by, report)
    if report.decision and report.decision.signed_at:
        raise Refused("Its decision is signed, so the report stands")
    move(report, ReportState.ABANDONED, by=by, why=why)
    for evaluation in report.evaluations.all():
        evaluation = lock(evaluation)
        move(evaluation, EvaluationState.DECIDED, by=by, why="The report was abandoned")
        evaluation.report = None
        evaluation.save(update_fields=["report"])
    return report


@action
def draft_decision(
    report: Report,
    *,
    number: str,
    decision_maker: str,
    in_consultation_with: str = "",
    title: str,
    decision: str,
    reasons: str = "",
    by,
) -> Decision:
    """Draft the decision that the report asks for: to award, and to seal the agreements of, its
    lots, until the scheme ends. Over open lots it is an officer's, under the standing delegation;
    over a round a key decision."""
    report = lock(report)
    require(policies.write_report, by, report)
    if report.state != ReportState.FINAL:
        raise Refused("Finish the report first")
    if report.decision_id:
        raise Refused("The report has a decision already")
    lots = reading.lots_of(report)
    acts = [
        (act, lot, today(), report.scheme.ends_on) for act in (Act.AWARD, Act.SEAL) for lot in lots
    ]
    standing = None if report.round_id else delegated(set(lots))
    report.decision = decisions.draft(
        report.scheme,
        number=number,
        acts=acts,
        by=by,
        kind=DecisionKind.OFFICER if standing else DecisionKind.KEY,
        delegation=standing,
        title=title,
        decision=decision,
        reasons=reasons,
        decision_maker=decision_maker,
        in_consultation_with=in_consultation_with,
        **implications(report),
    )
    report.save(update_fields=["decision"])
    note(report, "awards.report.decision drafted", by=by, number=number)
    return report.decision


IMPLICATIONS = {
    "financial-implications": "financial_implications",
    "legal-implications": "legal_implications",
    "equalities-implications": "equality_implications",
    "data-protection-implications": "data_protection_implications",
}


def implications(report: Report) -> dict[str, str]:
    """What the report says under the headings that a record of decision has too."""
    said = report.versions.latest("number").public["headings"]
    return {IMPLICATIONS[h["key"]]: h["text"] for h in said if h["key"] in IMPLICATIONS}


@action
def sign(report: Report, *, exception: str = "", by) -> Report:
    """Take the decision on the report: by an approver who has declared no interest in any of its
    applicants (rule 7). It takes effect when call-in is over, an officer's at once."""
    report = lock(report)
    require(policies.decide_report, by, report)
    if report.state != ReportState.FINAL or report.decision is None:
        raise Refused("The report is not final, or has no decision to sign")
    undeclared(list(report.evaluations.all()), by)
    decisions.signed(lock(report.decision), by=by, exception=exception)
    return report


@action
def take_effect(report: Report, *, by) -> Report:
    """At the effective instant of its decision, once: admissions with their first services and
    rates, an agreement drafted for each organisation, and a letter on each application."""
    report = lock(report)
    require(policies.write_report, by, report)
    if not Decision.objects.effective(now()).filter(pk=report.decision_id).exists():
        raise Refused("Its decision has not taken effect")
    report.effective_at = now()
    report.save(update_fields=["effective_at"])
    move(report, ReportState.EFFECTIVE, by=by)
    said = {
        (one["organisation_id"], one["lot"]): one["services"]
        for one in Appendix.objects.get(version=report.versions.latest("number")).contents[
            "applicants"
        ]
    }
    admitted: dict[Organisation, list[Lot]] = {}
    found = report.evaluations.with_outcome().select_related("application__organisation", "lot")
    for evaluation in found.order_by("lot__position", "pk"):
        applicant, lot = evaluation.application.organisation, evaluation.lot
        if evaluation.admits:
            admissions.admit(
                lot,
                organisation=applicant,
                decision=report.decision,
                application=evaluation.application,
                by=by,
            )
            services.write_first(
                applicant,
                [lot],
                said[str(applicant.pk), lot.key],
                from_on=starts_on(report.scheme),
                by=by,
            )
            admitted.setdefault(applicant, []).append(lot)
        move(lock(evaluation), EvaluationState.EFFECTIVE, by=by)
        applications.decided(evaluation.application, lot=lot, admits=evaluation.admits)
        promise("awards.decision_letter", evaluation)
    for applicant, lots in admitted.items():
        agreements.draft(report, organisation=applicant, lots=lots, by=by)
    return report


def starts_on(scheme: Scheme) -> date:
    """The first day of what is agreed now: today, and not before the scheme starts."""
    return max(today(), scheme.starts_on)
