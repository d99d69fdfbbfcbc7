"""What the council's people do under /admin/, from opened applications to sealed agreements. The
first of a kind is done on its page, the others by sending the same form."""

import re

from django.urls import reverse
from playwright.sync_api import expect

from awards.models import Agreement, Assignment, Evaluation, Report
from awards.queries import questions
from lots.models import Round
from tests.journeys import people

SAID = "Says how, with figures."


def address(name, record, *more) -> str:
    return reverse(f"admin:{name}", args=[record.pk, *more])


def page_of(record) -> str:
    label = record._meta.label_lower.replace(".", "_")
    return address(f"{label}_change", record)


def step(page, record, slug, button, done, **fields):
    """Take a step on its page."""
    label = record._meta.label_lower.replace(".", "_")
    people.fill_in(page, address(f"{label}_{slug}", record), button, **fields)
    expect(page.get_by_text(done).first).to_be_visible()


def declare(first, *others, scheme):
    """Everybody declares that they have no interest in any of the applicants."""
    path = address("interests", scheme)
    people.fill_in(first, path, "Declare", declared="on")
    for page in others:
        people.send(page, path, declared="on")


def evaluations_begin(page, many):
    """What was opened comes to the list of evaluations, one for each lot applied for."""
    path = reverse("admin:awards_evaluation_changelist")
    people.eventually(page, path, re.compile(f"^{many} evaluations$"))


def allocate(page, scheme, evaluators):
    """Two people for all that waits."""
    page.goto(address("allocation", scheme))
    for who in evaluators:
        page.get_by_label(who.name).check()
    people.press(page, "Choose these evaluators")
    assert not Evaluation.objects.filter(state="allocating").exists()


def mark(page, assignment, given):
    """Mark question after question, and hand in."""
    page.goto(address("mark", assignment))
    for question in questions.scored(assignment.evaluation):
        expect(page.locator("main")).to_contain_text(question.text)
        people.put(page, mark=given, reason=SAID)
        people.press(page, re.compile("^Save and "))
    people.press(page, "Hand in my marks")


def mark_all(page, who, given):
    """Mark what else is theirs to mark."""
    mine = Assignment.objects.filter(evaluator__email=who.email, state="marking")
    for assignment in mine:
        path = address("mark", assignment)
        for question in questions.scored(assignment.evaluation):
            people.send(page, f"{path}?question={question.key}", mark=given, reason=SAID)
        people.send(page, address("hand_in", assignment))


def check(page, evaluation):
    """Every check passes, but for what the criterion has decided by itself."""
    page.goto(address("check", evaluation))
    for row in page.locator("main form fieldset").all():
        if not row.locator("input:checked").count():
            row.locator('input[value="pass"]').check()
    people.press(page, "Record the checks")


def moderate(page, evaluation, given):
    """Agree every mark, and record the outcome."""
    path = address("moderate", evaluation)
    for question in questions.scored(evaluation):
        people.send(page, f"{path}?question={question.key}", mark=given, reason=SAID)
    step(page, evaluation, "decide", "Record the outcome", "Outcome recorded.")


def evaluate(page, markers, moderator, scheme, *, marks=(4, 3), agreed=4):
    """From what was opened to outcomes. `markers` are evaluators by their windows."""
    allocate(page, scheme, markers.values())
    for (at, who), given in zip(markers.items(), marks, strict=True):
        if at is next(iter(markers)):
            first = Assignment.objects.filter(evaluator__email=who.email, state="marking").first()
            mark(at, first, given)
            blind_to = Assignment.objects.get(
                evaluation=first.evaluation, evaluator__email=[*markers.values()][1].email
            )
            assert at.request.get(page_of(blind_to)).status == 404
        mark_all(at, who, given)
    for evaluation in Evaluation.objects.filter(state="marking"):
        check(page, evaluation)
    for evaluation in Evaluation.objects.filter(state="moderating"):
        moderate(moderator, evaluation, agreed)


def report(page, scheme, over: Round | None, number, **said) -> Report:
    """Start a report, finish it, draft its decision."""
    path = address("start_report", scheme)
    people.fill_in(page, path, "Start the report", over=over.pk if over else "open")
    made = Report.objects.get(decision=None)
    step(page, made, "finish", "Finish it", "Final.")
    people.fill_in(
        page,
        address("awards_report_draft-decision", made),
        "Draft its decision",
        number=number,
        **said,
    )
    made.refresh_from_db()
    assert page.url.endswith(page_of(made.decision))
    return made


def sign(page, report):
    """The approver takes the decision, on the report."""
    step(page, report, "sign", "Sign the decision", "Signed.")
    report.decision.refresh_from_db()


def send_agreements(page):
    for number, agreement in enumerate(Agreement.objects.filter(state="drafted")):
        if number:
            people.send(page, address("awards_agreement_send", agreement))
        else:
            step(page, agreement, "send", "Send it to be signed", "Sent.")


def sign_agreement(page, agreement, who):
    """The provider signs, in the portal."""
    path = reverse("awards:agreement", args=[agreement.pk])
    people.fill_in(page, path, "Sign agreement", name=who.name, role="Owner", may_bind="on")
    expect(page.get_by_text("Signed. The council signs next")).to_be_visible()


def seal(page, agreement):
    step(
        page,
        agreement,
        "seal",
        "Seal the agreement",
        "Sealed.",
        role="Solicitor",
        seal_number=f"2027/{agreement.reference[-3:]}",
    )
