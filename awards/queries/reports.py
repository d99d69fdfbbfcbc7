"""What an award report says: the tables that its headings call for, and the exempt appendix."""

from collections.abc import Callable

from django.db.models import Count, Q

from awards import policies
from awards.models import (
    AgreedMark,
    Appendix,
    Check,
    Evaluation,
    EvaluationState,
    Report,
    last_of,
)
from awards.queries import questions as reading
from dps.words import counted, uk_date, uk_instant
from lots.calculations.scoring import shown as to_two_places
from lots.models import Assessment, Locality, Lot, Mode
from providers.models import Application, ApplicationState, Service
from providers.queries import services

UNDECIDED = [EvaluationState.ALLOCATING, EvaluationState.MARKING, EvaluationState.MODERATING]

TABLES: dict[str, Callable] = {}


def table(key: str):
    """Register what builds the table that a heading names in `computed`."""

    def decorate(function):
        TABLES[key] = function
        return function

    return decorate


def lots_of(report: Report) -> list[Lot]:
    """The lots that the report is about."""
    found = Lot.objects.filter(evaluations__report=report.pk).distinct()
    return list(found.order_by("position"))


@table("timetable")
def timetable(report: Report) -> dict:
    """The stages of the round, or of the batch, with their dates."""
    rows = [["Notice", uk_date(report.scheme.notice_on), report.scheme.notice_reference]]
    evaluations = report.evaluations.all()
    if report.round_id:
        deadlines = list(report.round.deadlines.order_by("at"))
        extended = counted(len(deadlines) - 1, "time")
        rows.append(["Round opened", uk_instant(report.round.opens_at), "As announced"])
        rows.append(
            [
                "Round closed",
                uk_instant(deadlines[-1].at),
                "Not extended" if len(deadlines) == 1 else f"Extended {extended}, for all",
            ]
        )
    else:
        received = sorted(each.received_at for each in evaluations)
        rows.append(["First received", uk_instant(received[0]), "Lots open at any time"])
        rows.append(["Last received", uk_instant(received[-1]), ""])
    due = [each.due_on for each in evaluations if each.due_on]
    if due:
        rows.append(["To be decided by", uk_date(max(due)), "In working days of the regime"])
    rows.append(["Scheme ends", uk_date(report.scheme.ends_on), ""])
    return {"caption": "Timetable", "head": ["Stage", "Date", "Note"], "rows": rows}


@table("lots")
def lots(report: Report) -> dict:
    """The lots, how they are delivered, and what passes."""
    rows = [
        [
            f"{lot.key} {lot.title}",
            ", ".join(Mode(mode).label.lower() for mode in lot.modes).capitalize(),
            f"{lot.pass_mark.normalize():f} of 100",
        ]
        for lot in lots_of(report)
    ]
    return {"caption": "Lots", "head": ["Lot", "Delivered", "#Pass mark"], "rows": rows}


@table("numbers")
def numbers(report: Report) -> dict:
    """How many applied for each lot, and what became of them; the total last. Organisations, told
    by no name."""
    found = report.evaluations.with_outcome().values_list("lot__position", "lot__key", "admits")
    withdrawn = withdrawn_of(report)
    rows, totals = [], [0, 0, 0]
    for lot in lots_of(report):
        of_lot = [admits for _, key, admits in found if key == lot.key]
        counts = [len(of_lot), of_lot.count(False), of_lot.count(True)]
        totals = [a + b for a, b in zip(totals, counts, strict=True)]
        rows.append([f"{lot.key} {lot.title}", *map(str, counts)])
    if len(rows) > 1:
        rows.append(["All", *map(str, totals)])
    about = f"{counted(withdrawn, 'application was', 'applications were')} withdrawn before."
    return {
        "caption": "Applications by lot",
        "head": ["Lot", "#Evaluated", "#Not admitted", "#Admitted"],
        "rows": rows,
        "about": about if withdrawn else "",
        "has_total": len(rows) > 1,
    }


def withdrawn_of(report: Report) -> int:
    if report.round_id is None:
        return 0
    return Application.objects.filter(
        round=report.round_id, state=ApplicationState.WITHDRAWN
    ).count()


@table("coverage")
def coverage(report: Report) -> dict:
    """How many services there are in each district now, before this award takes effect."""
    current = Q(services__in=Service.objects.current().filter(scheme=report.scheme_id))
    found = Locality.objects.filter(scheme=report.scheme_id)
    counted_ = found.annotate(now=Count("services", filter=current)).order_by("position", "title")
    rows = [[each.title, str(each.now)] for each in counted_]
    return {
        "caption": "Services on the register by district, before this award",
        "head": ["District", "#Services"],
        "rows": rows,
    }


def public_part(report: Report, texts: dict[str, str]) -> dict:
    """The public part: the scheme's headings with the texts given for them (by key) and their
    tables. It takes nothing that an applicant wrote."""
    headings = []
    for heading in report.scheme.headings.order_by("position"):
        tables = [TABLES[key](report) for key in heading.computed if key in TABLES]
        headings.append(
            {
                "key": heading.key,
                "title": heading.title,
                "text": texts.get(heading.key, heading.text),
                "tables": [one for one in tables if one["rows"]],
            }
        )
    return {"headings": headings}


def appendix(evaluations: list[tuple[Evaluation, dict]]) -> dict:
    """The exempt appendix: for pairs of an evaluation (with its outcome annotated) and what the
    applicant submitted, who, the outcome, the marks with reasons, the services and rates."""
    applicants = []
    for evaluation, contents in evaluations:
        key = evaluation.lot.key
        applicants.append(
            {
                "organisation_id": str(evaluation.application.organisation_id),
                "organisation": contents["organisation"]["name"],
                "size": evaluation.get_size_display(),
                "lot": key,
                "admits": evaluation.admits,
                "score": None if evaluation.score is None else str(to_two_places(evaluation.score)),
                "reasons": evaluation.outcomes.latest("number").reasons,
                "marks": marks_of(evaluation),
                "services": [
                    service
                    | {
                        "lots": [key],
                        "rates": [r for r in service["rates"] if r["lot"] == key],
                    }
                    for service in contents["services"]
                    if key in service["lots"]
                ],
            }
        )
    ordered = sorted(applicants, key=lambda one: (one["lot"], one["organisation"].lower()))
    return {"applicants": ordered}


def marks_of(evaluation: Evaluation) -> list[dict]:
    """The agreed marks and checks of an evaluation, in the order of the questions."""
    marks = last_of(AgreedMark.objects.filter(evaluation=evaluation))
    checks = last_of(Check.objects.filter(evaluation=evaluation))
    found = []
    for question in reading.asked(evaluation):
        if question.assessment == Assessment.SCORED and question.pk in marks:
            agreed = marks[question.pk]
            found.append(
                {
                    "question": question.text,
                    "weight": f"{question.weight.normalize():f}",
                    "pass_mark": question.pass_mark,
                    "mark": agreed.mark,
                    "reason": agreed.reason,
                }
            )
        elif question.pk in checks:
            said = checks[question.pk]
            found.append({"question": question.text, "passes": said.passes, "reason": said.reason})
    return found


def decided(scheme, round=None):
    """The decided evaluations that a report may take in: of a round, or of open lots."""
    return Evaluation.objects.with_outcome().filter(
        lot__scheme=scheme, application__round=round, state=EvaluationState.DECIDED
    )


def public(user):
    """The reports whose public part the person may read, the newest first."""
    out = policies.view_report.rows(user).filter(decision__isnull=False)
    return out.select_related("scheme__authority", "decision").order_by("-started_at")


def shown(report: Report) -> dict:
    """What the public part shows, on a page or on paper: the last version, the numbers of its
    headings and tables. It never looks at the appendix."""
    version = report.versions.latest("number")
    tables = 0
    headings = []
    for number, heading in enumerate(version.public["headings"], 1):
        numbered = []
        for one in heading["tables"]:
            tables += 1
            numbered.append(one | {"number": tables})
        paragraphs = [text for text in heading["text"].split("\n") if text.strip()]
        headings.append(heading | {"number": number, "tables": numbered, "paragraphs": paragraphs})
    return {
        "report": report,
        "version": version,
        "scheme": report.scheme,
        "decision": report.decision,
        "headings": headings,
        "lots": lots_of(report),
    }


def appendix_shown(appendix: Appendix, contents: dict) -> dict:
    """What the exempt appendix shows: the applicants by lot, those admitted first."""
    report = appendix.version.report
    terms = services.terms_of(report.scheme)
    lots = {lot.key: lot for lot in lots_of(report)}
    groups = []
    for key, lot in lots.items():
        found = [one for one in contents["applicants"] if one["lot"] == key]
        for one in found:
            tiers = Lot.objects.filter(pk=lot.pk).prefetch_related("tiers")
            one["services"] = services.in_words(one["services"], list(tiers), terms)
        groups.append(
            {
                "lot": lot,
                "admitted": [one for one in found if one["admits"]],
                "declined": [one for one in found if not one["admits"]],
            }
        )
    return {
        "appendix": appendix,
        "version": appendix.version,
        "report": report,
        "scheme": report.scheme,
        "decision": report.decision,
        "groups": groups,
    }


def last_appendix(report: Report) -> Appendix | None:
    """The exempt appendix of the last version, unread."""
    held = Appendix.objects.filter(version__report=report)
    return held.order_by("-version__number").first()


def to_start(scheme) -> list[tuple]:
    """What a report can be started over: (key, words, what keeps it waiting), the last round
    first."""
    found = []
    waiting = Count("evaluations", filter=Q(evaluations__state__in=UNDECIDED))
    ready = Count("evaluations", filter=Q(evaluations__state=EvaluationState.DECIDED))
    counts = (
        Application.objects.filter(scheme=scheme)
        .values("round", "round__title")
        .annotate(waiting=waiting, ready=ready)
        .order_by("-round__opens_at")
    )
    by_round: dict = {}
    for row in counts:
        held = by_round.setdefault((row["round"], row["round__title"]), [0, 0])
        held[0] += row["waiting"]
        held[1] += row["ready"]
    for (round_id, title), (undecided, decided_) in by_round.items():
        if decided_ and (round_id is None or not undecided):
            words = title or "Open lots: what is decided and not reported"
            said = f"{words}: {counted(decided_, 'evaluation')}"
            found.append((str(round_id or "open"), said, ""))
        elif decided_ or undecided:
            why = f"{counted(undecided, 'evaluation')} to be decided first"
            found.append(("", title or "Open lots", why))
    return found
