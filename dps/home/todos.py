"""What waits for a person: questions about what is not yet done, never rows of their own."""

from collections.abc import Iterable, Iterator
from datetime import date

from django.db.models import Count, Min
from django.urls import reverse

from awards import policies as awarding
from awards.models import (
    AgreementState,
    Assignment,
    AssignmentState,
    EvaluationState,
    ReportState,
)
from awards.queries import evaluations as evaluated
from awards.queries import reports as reported
from dps.admin import list_of, page_of
from dps.calendar import local_day, working_days_after
from dps.clock import now, today
from dps.home import buying, waiting
from dps.home.beside import around
from dps.home.deciding import charts
from dps.home.todo import SHOWN, ToDo, first
from dps.models import BankHoliday, Grant, Part, Role
from dps.words import counted, short_date, uk_instant
from lots import policies as running
from lots.calculations import decisions as steps
from lots.models import DecisionState, ProcedureState, Round, RoundLot
from providers import policies as provided
from providers.models import Return

SOON = 5  # working days


def to_do(user) -> list[ToDo]:
    """All that waits for a person, in a number of queries that does not grow with it."""
    return [row for source in SOURCES for row in source(user)]


# Interests, evaluation


def interests(user) -> Iterator[ToDo]:
    """Applicants to declare about, before anything is opened."""
    for scheme in provided.declare_interests.rows(user).order_by("title"):
        if applicants := evaluated.to_declare(user, scheme).count():
            yield ToDo(
                f"Declare your interests in {counted(applicants, 'applicant')}",
                reverse("admin:interests", args=[scheme.pk]),
                f"{scheme.short_title}. Nothing is opened before.",
                "Declare",
                today(),
            )


def marking(user) -> Iterator[ToDo]:
    """What one marks."""
    rows = waiting.marking(user).select_related(
        "evaluation__application__organisation", "evaluation__lot__scheme"
    )
    for each in first(rows.order_by("evaluation__marks_due_on", "assigned_at")):
        evaluation = each.evaluation
        yield ToDo(
            f"Mark {evaluation.application.organisation}, lot {evaluation.lot.key}",
            reverse("admin:mark", args=[each.pk]),
            evaluation.lot.scheme.short_title,
            "Mark",
            evaluation.marks_due_on,
        )


def moderating(user) -> Iterator[ToDo]:
    """What one moderates."""
    rows = waiting.moderating(user).select_related("application__organisation", "lot__scheme")
    for each in first(rows.order_by("due_on", "started_at")):
        yield ToDo(
            f"Moderate {each.application.organisation}, lot {each.lot.key}",
            reverse("admin:moderate", args=[each.pk]),
            f"{each.lot.scheme.short_title}. Both evaluators have handed in.",
            "Moderate",
            each.due_on,
        )


def allocating(user) -> Iterator[ToDo]:
    """Evaluations that wait for evaluators."""
    for scheme in awarding.allocate_in.rows(user).order_by("title"):
        rows = evaluated.to_allocate(user, scheme)
        found = rows.order_by().aggregate(n=Count("pk"), due=Min("marks_due_on"))
        if found["n"]:
            yield ToDo(
                f"Choose evaluators for {counted(found['n'], 'evaluation')}",
                reverse("admin:allocation", args=[scheme.pk]),
                scheme.short_title,
                "Choose",
                found["due"],
            )


def being_marked(user) -> Iterator[ToDo]:
    """Evaluations that others mark."""
    for scheme in awarding.allocate_in.rows(user).order_by("title"):
        late = Assignment.objects.filter(
            evaluation__lot__scheme=scheme,
            state=AssignmentState.MARKING,
            evaluation__state=EvaluationState.MARKING,
        )
        found = late.aggregate(n=Count("pk"), due=Min("evaluation__marks_due_on"))
        if found["n"]:
            url = f"{reverse('admin:awards_evaluation_changelist')}?state__exact=marking"
            yield ToDo(
                f"{counted(found['n'], 'set')} of marks to come in",
                url,
                f"{scheme.short_title}, from evaluators",
                "Look",
                found["due"],
                for_others=True,
            )


# Reports, decisions


def reporting(user) -> Iterator[ToDo]:
    """Rounds and batches that are decided and not reported; reports that are not finished."""
    for scheme in awarding.report_on.rows(user).order_by("title"):
        for key, words, why in reported.to_start(scheme)[:SHOWN]:
            if key and not why:
                yield ToDo(
                    f"Start the award report: {words}",
                    reverse("admin:start_report", args=[scheme.pk]),
                    scheme.short_title,
                    "Start",
                )
    drafts = waiting.writing(user)
    for report in first(drafts.select_related("scheme").order_by("started_at")):
        is_final = report.state == ReportState.FINAL
        yield ToDo(
            str(report),
            page_of(report),
            f"{report.scheme.short_title}. "
            + ("Final, without a decision." if is_final else "A draft."),
            "Draft decision" if is_final else "Write",
        )


def preparing(user) -> Iterator[ToDo]:
    """Decisions that wait for the forward plan or the committee."""
    for decision in first(waiting.preparing(user)):
        due = steps.next_step(decision.kind, decision.state)
        yield ToDo(
            str(decision),
            page_of(decision),
            f"Next: {DecisionState(due).label.lower()}",
            "Publish" if due == DecisionState.PUBLISHED else "Record",
        )


def signing(user) -> Iterator[ToDo]:
    """Decisions ready to be signed: those that award, with their report."""
    reports = waiting.awarding_signature(user)
    for report in first(reports.select_related("decision", "scheme").order_by("started_at")):
        decision = report.decision
        yield ToDo(
            f"Sign {decision}",
            page_of(report),
            f"{report}. {report.scheme.short_title}",
            "Sign",
            decision.published_on and steps.earliest_on(decision.published_on),
            verb="From",
            past="Ready since",
        )
    others = waiting.signing(user)
    for decision in first(others.order_by("number")):
        yield ToDo(f"Sign {decision}", page_of(decision), decision.scheme.short_title, "Sign")


def taking_effect(user) -> Iterator[ToDo]:
    """Decisions that are signed and wait for call-in to end."""
    signed = running.prepare_decision.rows(user).filter(
        state=DecisionState.SIGNED, effective_at__gt=now()
    )
    for decision in first(signed.order_by("effective_at")):
        yield ToDo(
            str(decision),
            page_of(decision),
            f"Takes effect {uk_instant(decision.effective_at)} if not called in",
            "Look",
            local_day(decision.effective_at),
            verb="Takes effect",
            past="Took effect",
            for_others=True,
        )


def uncovered(user) -> Iterator[ToDo]:
    """Rounds that no decision lets open."""
    announced = Round.objects.filter(state=ProcedureState.PUBLISHED)
    rounds = announced.filter(pk__in=running.run_round.rows(user).values("pk"))
    shut = RoundLot.objects.uncovered(now()).filter(round__in=rounds.values("pk"))
    found = rounds.filter(pk__in=shut.values("round")).select_related("scheme")
    for round in first(found.order_by("opens_at")):
        yield ToDo(
            f"{round.title}: no decision covers its opening",
            page_of(round),
            f"{round.scheme.short_title}. It stays shut until one does.",
            "Decide",
            local_day(round.opens_at),
            verb="Opens",
            past="Was to open",
        )


# Agreements, returns


def agreeing(user) -> Iterator[ToDo]:
    """Agreements to send, and those to seal."""
    yield from agreements(waiting.sending(user), "Send", "Drafted. The provider signs it first.")
    yield from agreements(waiting.sealing(user), "Seal", "Signed by the provider.")


def agreements(rows, act: str, why: str) -> Iterator[ToDo]:
    for each in first(rows.select_related("organisation").order_by("drafted_at")):
        yield ToDo(f"{act} agreement {each}", page_of(each), why, act)


def unsigned(user) -> Iterator[ToDo]:
    """Agreements that providers have not signed yet."""
    if not waiting.holds(user, Role.CONTRACT_MANAGER):
        return
    sent = awarding.send_agreement.rows(user).filter(state=AgreementState.SENT)
    for each in first(sent.select_related("organisation").order_by("sent_at")):
        yield ToDo(
            f"Agreement {each}",
            page_of(each),
            f"Sent {short_date(each.sent_at)}, not signed by the provider",
            "Look",
            for_others=True,
        )


def returns(user) -> Iterator[ToDo]:
    """KPI returns that are overdue."""
    late = waiting.overdue(user)
    found = late.order_by().aggregate(n=Count("pk"), due=Min("due_on"))
    if found["n"]:
        yield ToDo(
            f"{counted(found['n'], 'KPI return')} overdue",
            f"{list_of(Return)}?overdue=yes",
            "Providers are reminded by themselves. Ring those that stay silent.",
            "Look",
            found["due"],
        )


# People


def ending(user) -> Iterator[ToDo]:
    """Roles that end soon, for administrators."""
    soon = working_days_after(today(), 20, BankHoliday.objects.calendar(Part.ENGLAND))
    held = Grant.objects.authorities(user, Role.ADMINISTRATOR)
    rows = Grant.objects.in_force().filter(authority__in=held, until_on__lte=soon)
    for grant in first(rows.select_related("user").order_by("until_on")):
        yield ToDo(
            f"{grant} ends",
            page_of(grant),
            "Give the role again if it is still needed",
            "Look",
            grant.until_on,
            verb="Ends",
            past="Ended",
        )


SOURCES = [
    interests,
    marking,
    moderating,
    allocating,
    reporting,
    preparing,
    signing,
    uncovered,
    agreeing,
    returns,
    buying.approving,
    buying.writing,
    buying.placing,
    buying.competing,
    ending,
    being_marked,
    taking_effect,
    unsigned,
]


# The page


def today_page(user) -> dict:
    """What the first page of the workplace shows: four counts, the queue in its groups, and what
    stands around it."""
    rows = to_do(user)
    soon = working_days_after(today(), SOON, BankHoliday.objects.calendar(Part.ENGLAND))
    mine = [row for row in rows if not row.for_others]
    groups = [
        ("late", "Overdue", "late", [r for r in mine if r.due and r.due < today()]),
        ("today", "Due today", "today", [r for r in mine if r.due == today()]),
        (
            "soon",
            "Next 5 working days",
            "",
            [r for r in mine if r.due and today() < r.due <= soon],
        ),
        ("later", "Later, or without a day", "", [r for r in mine if not r.due or r.due > soon]),
        ("others", "Waiting for others", "", [r for r in rows if r.for_others]),
    ]
    queue = [
        {"id": id, "title": title, "kind": kind, "rows": by_day(found)}
        for id, title, kind, found in groups
        if found
    ]
    numbers = {id: len(found) for id, _, _, found in groups}
    counts = [
        (numbers["late"], "overdue", "late", "late"),
        (numbers["today"], "due today", "today", "today"),
        (numbers["soon"], "in the next 5 working days", "soon", ""),
        (numbers["others"], "waiting for others", "others", ""),
    ]
    return {
        "counts": counts if queue else [],
        "queue": queue,
        "charts": list(charts(user)),
        **around(user),
    }


def by_day(rows: Iterable[ToDo]) -> list[ToDo]:
    return sorted(rows, key=lambda row: (row.due or date.max, row.what))
