"""The last weeks' evaluations, reports, decisions and agreements, through the actions."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from awards.actions import agreements, assignments, evaluations, reports
from awards.models import Agreement, Assignment, Evaluation
from awards.queries import questions as asking
from dps.clock import pretending
from dps.demo.admitted import REASONS, who
from dps.models import User, the_system
from lots.models import Scheme
from providers.actions import conflicts
from providers.models import Application, Declaration, Member, Organisation


@dataclass(frozen=True)
class Panel:
    """Those who evaluate and decide."""

    commissioner: User
    evaluators: tuple[User, User]
    moderator: User
    approver: User
    contracts: User
    legal: User


def panel() -> Panel:
    return Panel(
        commissioner=who("commissioner@kent.example"),
        evaluators=(who("evaluator1@kent.example"), who("evaluator2@kent.example")),
        moderator=who("moderator@kent.example"),
        approver=who("approver@kent.example"),
        contracts=who("contracts@kent.example"),
        legal=who("legal@kent.example"),
    )


def at(day: date, days: int, hours: int = 10) -> datetime:
    """An hour of the morning, UTC, so many days from a day."""
    return datetime.fromisoformat(f"{day}T{hours:02}:00:00+00:00") + timedelta(days=days)


def declare(scheme: Scheme, people: list[User], applicants: list[Organisation]) -> None:
    """Each declares no interest in the applicants of whom they have not declared."""
    for person in people:
        done = Declaration.objects.filter(scheme=scheme, by=person).values("organisation")
        about = [each for each in applicants if not done.filter(organisation=each).exists()]
        if about:
            conflicts.declare(scheme, about=about, conflicts=[], details="", by=person)


def begin(application: Application) -> list[Evaluation]:
    """Start the evaluations of an application, as the tick does."""
    submission = application.submissions.order_by("number").last()
    return evaluations.start(submission, by=the_system())


USUAL, WEAK = (3, 3, 4, 4, 5), (1, 1, 2)  # the marks that a panel gives


def mark(
    evaluation: Evaluation,
    evaluator: User,
    random: Random,
    hand_in: bool = True,
    marks: tuple[int, ...] = USUAL,
) -> None:
    """Mark every question and hand in, or leave the last unfinished."""
    assignment = Assignment.objects.get(evaluation=evaluation, evaluator=evaluator)
    questions = asking.scored(evaluation)
    for question in questions if hand_in else questions[:-2]:
        given = random.choice(marks)
        assignments.save(
            assignment, question=question, mark=given, reason=REASONS[given], by=evaluator
        )
    if hand_in:
        assignments.hand_in(assignment, by=evaluator)


def check(evaluation: Evaluation, by: User) -> None:
    asked = asking.checked(evaluation)
    if asked:
        evaluations.check(evaluation, checks=dict.fromkeys(asked, (True, "")), by=by)


def to_moderation(
    evaluation: Evaluation, of: Panel, random: Random, marks: tuple[int, ...] = USUAL
) -> None:
    """Both evaluators hand in, and what passes or fails is checked."""
    evaluations.allocate(evaluation, evaluators=list(of.evaluators), by=of.commissioner)
    for evaluator in of.evaluators:
        mark(evaluation, evaluator, random, marks=marks)
    check(evaluation, of.commissioner)


def settle(evaluation: Evaluation, of: Panel, mark: int = 4) -> None:
    """The moderator agrees on one mark throughout and records the outcome."""
    for question in asking.scored(evaluation):
        said = {"question": question, "mark": mark, "reason": REASONS[mark]}
        evaluations.agree(evaluation, **said, by=of.moderator)
    evaluations.decide(evaluation, by=of.moderator)


def report_on(scheme: Scheme, of: Panel, number: str):
    """A final report over what is decided of the open lots, with its officer decision drafted."""
    report = reports.start(scheme, by=of.commissioner)
    reports.finish(report, by=of.commissioner)
    reports.draft_decision(
        report,
        number=number,
        decision_maker="Corporate Director Adult Social Care and Health",
        title=f"{scheme.short_title}: admissions under delegated authority",
        decision="To admit the organisations in the exempt appendix to lot 2.",
        reasons="Each of them meets the published criteria.",
        by=of.commissioner,
    )
    return report


def first_batch(scheme: Scheme, day: date, sent: list[Application], random: Random) -> None:
    """A batch of open-lot applications that is in effect: one agreement is with the provider to be
    signed, one waits for the seal, one was drafted only."""
    of = panel()
    with pretending(at(day, -42)):
        begun = [evaluation for each in sent for evaluation in begin(each)]
        declare(scheme, everyone(of), [each.organisation for each in sent])
        for evaluation in begun:
            to_moderation(evaluation, of, random)
    with pretending(at(day, -38)):
        for evaluation in begun:
            settle(evaluation, of)
    with pretending(at(day, -36)):
        report = report_on(scheme, of, f"OD/{day:%y}/0091")
    with pretending(at(day, -34)):
        reports.sign(report, by=of.approver)
        reports.take_effect(report, by=the_system())
    with pretending(at(day, -30)):
        drafted = [Agreement.objects.get(report=report, organisation=a.organisation) for a in sent]
        for agreement in drafted[:2]:
            agreements.send(agreement, by=of.contracts)
    with pretending(at(day, -12)):
        sign(drafted[1])


def sign(agreement: Agreement) -> None:
    owner = owner_of(agreement.organisation)
    seen = agreement.versions.latest("number").fingerprint
    agreements.sign(agreement, name=owner.name, role="Manager", fingerprint=seen, by=owner)


def owner_of(organisation: Organisation) -> User:
    """The first of an organisation: owner and signatory."""
    owners = Member.objects.filter(organisation=organisation, is_owner=True, left_at=None)
    return owners.select_related("user").first().user


def everyone(of: Panel) -> list[User]:
    return [of.commissioner, *of.evaluators, of.moderator, of.approver]


def second_batch(scheme: Scheme, day: date, sent: list[Application], random: Random) -> None:
    """A batch whose report is final and whose decision waits for a signature."""
    of = panel()
    with pretending(at(day, -19)):
        begun = [evaluation for each in sent for evaluation in begin(each)]
        declare(scheme, everyone(of), [each.organisation for each in sent])
        for evaluation in begun:
            to_moderation(evaluation, of, random)
    with pretending(at(day, -14)):
        for evaluation in begun:
            settle(evaluation, of)
    with pretending(at(day, -13)):
        report_on(scheme, of, f"OD/{day:%y}/0104")


def third_batch(scheme: Scheme, day: date, sent: list[Application], random: Random) -> None:
    """A batch that is decided and waits for its report to be started: one admitted, one not."""
    of = panel()
    with pretending(at(day, -11)):
        begun = [evaluation for each in sent for evaluation in begin(each)]
        declare(scheme, everyone(of), [each.organisation for each in sent])
        good, weak = begun
        to_moderation(good, of, random)
        to_moderation(weak, of, random, WEAK)
    with pretending(at(day, -6)):
        settle(good, of)
        settle(weak, of, mark=1)


def under_way(scheme: Scheme, day: date, sent: list[Application], random: Random) -> None:
    """Open-lot applications that are being decided: one to moderate, the others to allocate."""
    of = panel()
    with pretending(at(day, -5)):
        begun = [evaluation for each in sent for evaluation in begin(each)]
        declare(scheme, everyone(of), [each.organisation for each in sent])
    with pretending(at(day, -2)):
        to_moderation(begun[0], of, random)


def round_under_way(scheme: Scheme, closed_at: datetime, sent, random: Random) -> None:
    """The round that has closed: some to moderate, some being marked, some to allocate; and one
    applicant in whom an evaluator has an interest."""
    of = panel()
    with pretending(closed_at + timedelta(minutes=2)):
        begun = [evaluation for each in sent for evaluation in begin(each)]
    with pretending(closed_at + timedelta(days=1)):
        applicants = [each.organisation for each in sent]
        conflicts.declare(
            scheme,
            about=applicants[-1:],
            conflicts=applicants[-1:],
            details="My brother works for them.",
            by=of.evaluators[1],
        )
        declare(scheme, everyone(of), applicants)
        for evaluation in begun[:6]:
            chosen = list(of.evaluators)
            evaluations.allocate(evaluation, evaluators=chosen, by=of.commissioner)
    with pretending(closed_at + timedelta(days=5)):
        for evaluation in begun[:3]:
            for evaluator in of.evaluators:
                mark(evaluation, evaluator, random)
            check(evaluation, of.commissioner)
        mark(begun[3], of.evaluators[0], random)
        mark(begun[4], of.evaluators[0], random, hand_in=False)
        mark(begun[4], of.evaluators[1], random, hand_in=False)
