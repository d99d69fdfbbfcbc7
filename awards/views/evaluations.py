"""Marking, checking and moderating, in the workplace."""

from django.contrib import messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from awards import policies
from awards.actions import assignments, evaluations
from awards.forms.evaluations import AgreeForm, AllocationForm, ChecksForm, OwnMarkForm
from awards.models import Evaluation
from awards.queries import evaluations as reading
from awards.queries import questions as asking
from dps.admin import list_of, page_of
from dps.forms import Form
from dps.pages import page, posted
from dps.words import counted
from providers.actions import applications


def crumbs(evaluation: Evaluation, here: str) -> list:
    return [
        ("Evaluation", list_of(Evaluation)),
        (str(evaluation), page_of(evaluation)),
        (here, ""),
    ]


def framing(evaluation: Evaluation, here: str) -> dict:
    """What the pages of an evaluation have in common."""
    return {
        "evaluation": evaluation,
        "application": evaluation.application,
        "submission": evaluation.submission,
        "crumbs": crumbs(evaluation, here),
    }


@page(policies.mark_assignment, posts=True)
def mark(request, assignment):
    """One question after another, with the applicant's answer."""
    evaluation = assignment.evaluation
    questions = asking.scored(evaluation)
    question = reading.chosen(questions, request.GET.get("question", ""))
    drafts = reading.drafts(assignment)
    contents = assignments.open_answers(assignment, by=request.user)
    draft = drafts.get(question.pk)
    form = OwnMarkForm(
        posted(request),
        initial={
            "mark": str(draft.mark) if draft and draft.mark is not None else "",
            "reason": draft.reason if draft else "",
            "note": reading.note_of(request.user, assignment, question),
        },
    )
    if form.is_valid():
        with form.refusals():
            said = dict(form.cleaned_data)
            note, about = said.pop("note"), {"question": question, "by": request.user}
            if form.has_note:
                assignments.keep_note(assignment, text=note, **about)
            if form.has_mark:
                assignments.save(assignment, **said, **about)
            after = reading.following(questions, question)
            if after:
                return redirect(f"{request.path}?question={after.key}")
            return redirect("admin:hand_in", assignment.pk)
    context = framing(evaluation, "Mark") | {
        "assignment": assignment,
        "question": question,
        "number": questions.index(question) + 1,
        "rail": reading.rail(questions, question, drafts, "reason unfinished"),
        "done": sum(each.is_done for each in drafts.values()),
        "levels": reading.levels(question),
        "answer": reading.answer_to(question, contents),
        "draft": draft,
        "form": form,
        "is_last": reading.following(questions, question) is None,
        "queue": reading.place_in_queue(request.user, assignment),
        "may_check": bool(asking.checked(evaluation))
        and policies.check_evaluation.allows(request.user, evaluation),
    }
    return TemplateResponse(request, "awards/mark.html", context, status=form.status)


@page(policies.mark_assignment, posts=True)
def hand_in(request, assignment):
    """All one's marks, to be handed in."""
    evaluation = assignment.evaluation
    form = Form(posted(request))
    if form.is_valid():
        with form.refusals():
            assignments.hand_in(assignment, by=request.user)
            return redirect(page_of(evaluation))
    questions = asking.scored(evaluation)
    context = framing(evaluation, "Hand in your marks") | {
        "assignment": assignment,
        "rail": reading.rail(questions, None, reading.drafts(assignment), "reason unfinished"),
        "drafts": reading.drafts(assignment),
        "form": form,
    }
    return TemplateResponse(request, "awards/hand_in.html", context, status=form.status)


@page(policies.moderate_evaluation, posts=True)
def moderate(request, evaluation):
    """Both evaluators' marks of a question beside the answer, and the mark that is agreed."""
    questions = asking.scored(evaluation)
    if not questions:
        return redirect(page_of(evaluation))
    question = reading.chosen(questions, request.GET.get("question", ""))
    agreed, pairs = reading.agreed(evaluation), reading.pairs_of_marks(request.user, evaluation)
    contents = applications.open_submission(evaluation.submission, by=request.user)
    held, given = agreed.get(question.pk), pairs.get(question.pk, [])
    same = {mark.mark for mark in given}
    suggested = held.mark if held else given[0].mark if len(same) == 1 else ""
    form = AgreeForm(
        posted(request),
        initial={"mark": str(suggested), "reason": held.reason if held else ""},
    )
    if form.is_valid():
        with form.refusals():
            evaluations.agree(evaluation, question=question, **form.cleaned_data, by=request.user)
            after = reading.following(questions, question)
            if after:
                return redirect(f"{request.path}?question={after.key}")
            return redirect(page_of(evaluation))
    context = framing(evaluation, "Moderate") | {
        "question": question,
        "number": questions.index(question) + 1,
        "rail": reading.rail(questions, question, agreed, ""),
        "done": len(agreed),
        "levels": reading.levels(question),
        "answer": reading.answer_to(question, contents),
        "given": given,
        "differ": len(same) > 1 and max(same) - min(same),
        "form": form,
        "is_last": reading.following(questions, question) is None,
    }
    return TemplateResponse(request, "awards/moderate.html", context, status=form.status)


@page(policies.check_evaluation, posts=True)
def check(request, evaluation):
    """The answers that pass or fail."""
    contents = applications.open_submission(evaluation.submission, by=request.user)
    rows = reading.checks_with_answers(evaluation, contents)
    form = ChecksForm(
        posted(request), questions=[row["question"] for row in rows], initial=said_before(rows)
    )
    if form.is_valid():
        with form.refusals():
            evaluations.check(evaluation, checks=form.checks, by=request.user)
            return redirect(page_of(evaluation))
    for row in rows:
        row["field"] = form[row["question"].key]
        row["why"] = form[f"{row['question'].key}-why"]
    context = framing(evaluation, "Check") | {"rows": rows, "form": form}
    return TemplateResponse(request, "awards/check.html", context, status=form.status)


@page(policies.allocate_in, posts=True)
def allocation(request, scheme):
    """Evaluators for all that waits for some."""
    waiting = reading.to_allocate(request.user, scheme)
    asked = {"user": request.user, "scheme": scheme, "waiting": waiting}
    form = AllocationForm(posted(request), **asked)
    if not form.is_bound:
        form.initial = {"chosen": list(waiting)}
    if form.is_valid():
        with form.refusals():
            said = form.cleaned_data
            left = evaluations.allocate_many(scheme, **said, by=request.user)
            if done := len(said["chosen"]) - len(left):
                messages.success(request, f"Evaluators chosen for {counted(done, 'evaluation')}.")
            if not left:
                return redirect("admin:awards_evaluation_changelist")
            form = left_over(said["evaluators"], left, asked)
    context = {"scheme": scheme, "form": form, "waiting": waiting}
    return TemplateResponse(request, "awards/allocation.html", context, status=form.status)


def left_over(evaluators, left: dict, asked: dict) -> AllocationForm:
    """The form as it was sent, for those that could not be given these evaluators, and why each."""
    again = {
        "evaluators": [person.pk for person in evaluators],
        "chosen": [evaluation.pk for evaluation in left],
    }
    form = AllocationForm(again, **asked | {"waiting": asked["waiting"].all()})
    form.full_clean()
    for evaluation, why in left.items():
        form.add_error("chosen", f"{evaluation}: {why}")
    return form


def said_before(rows: list[dict]) -> dict:
    """What the checks say now; where nothing is said yet, what an answer decides by itself."""
    initial = {}
    for row in rows:
        key, held, by_itself = row["question"].key, row["check"], row["by_itself"]
        passes = held.passes if held else by_itself
        if passes is not None:
            initial[key] = "pass" if passes else "fail"
        if held:
            initial[f"{key}-why"] = held.reason
        elif by_itself is False:
            initial[f"{key}-why"] = f"The criterion asks for “{row['question'].passing}”."
    return initial
