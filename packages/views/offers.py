"""The portal's pages of mini-competitions: what a provider is invited to, and its offer."""

from decimal import Decimal

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse

from dps.clock import now
from dps.forms import Form
from dps.pages import listing, page, posted
from packages import policies
from packages.actions import offers
from packages.forms.call_offs import DeclineForm, OfferDeclarationForm, PriceForm
from packages.models import CallOff, Offer, OfferState
from packages.queries import call_offs as reading
from packages.queries import offers as offering
from packages.tables import InvitedTable
from providers.calculations.answers import remaining
from providers.forms.answers import AnswersForm
from providers.policies import use_portal
from providers.queries.answers import Answer, said

LOOKS = {
    "complete": ("Complete", "go", "tick"),
    "error": ("Has an error", "stop", "look"),
    "in_progress": ("In progress", "info", "half"),
    "not_started": ("Not started", "", "ring"),
}
PLACES = {offering.QUESTIONS: "packages:offer_questions", offering.PRICE: "packages:offer_price"}


@page(use_portal)
def call_off_list(request):
    table = listing(request, InvitedTable, reading.for_provider(request.user))
    return render(request, "packages/call_offs.html", {"table": table})


@page(policies.answer_call_off)
def call_off(request, call_off):
    """The anonymous package, the deadline, and the task list of the offer once it is begun."""
    organisation = reading.invited_as(request.user, call_off)
    offer = offering.own(request.user, call_off, organisation)
    context = asked_for(call_off) | {
        "organisation": organisation,
        "offer": offer,
        "declined": call_off.declines.filter(organisation=organisation).first(),
        "decision": offering.decision_on(offer) if offer else None,
    }
    if offer:
        draft = offers.open_draft(offer, by=request.user)
        states = [part.state for part in draft["parts"]]
        context |= {
            "tasks": tasks(offer, draft, context["shut"]),
            "complete": states.count("complete"),
            "sections": len(states),
            "remaining": remaining(states),
            "submissions": offering.submissions_of(request.user, offer),
            "may_submit": policies.submit_offer.allows(request.user, offer),
        }
    return render(request, "packages/call_off.html", context)


def asked_for(call_off: CallOff) -> dict:
    """What every page of a call-off shows: what was published, and the deadline."""
    call_off = reading.whole(call_off)
    return {
        "call_off": call_off,
        "published": call_off.published,
        "pattern": reading.pattern_in_words(call_off),
        "starts_on": reading.starts_on(call_off),
        "ends_on": reading.ends_on(call_off),
        "budget": call_off.weekly_budget,
        "criteria": reading.criteria(call_off),
        "closing": reading.clock_of(call_off, now()),
        "shut": offers.why_shut(call_off),
    }


def tasks(offer: Offer, draft: dict, shut: str) -> list[dict]:
    found = []
    for part in draft["parts"]:
        about = part.problems[0] if part.state == "error" else part.about
        url = reverse(PLACES[part.key], args=[offer.pk])
        found.append(task(part.title, url, about, LOOKS[part.state]))
    url = reverse("packages:offer_check", args=[offer.pk])
    name = "Check your offer and submit"
    if offer.state == OfferState.SUBMITTED:
        look, sub = ("Submitted", "go", "tick"), "The last version that you submit counts"
    elif shut:
        look, sub, url = ("Closed", "", "square"), "It was not submitted in time", ""
    elif draft["problems"]:
        look, sub = ("Cannot start yet", "", "lock"), "Opens when the other sections are complete"
        url = ""
    else:
        look, sub = ("Ready", "info", "dot"), "Nothing is missing"
    return [*found, task(name, url, sub, look)]


def task(name: str, url: str, sub: str, look: tuple[str, str, str]) -> dict:
    word, kind, shape = look
    return {"name": name, "url": url, "sub": sub, "word": word, "kind": kind, "shape": shape}


@page(policies.answer_call_off, posts=True)
def offer_start(request, call_off):
    organisation = reading.invited_as(request.user, call_off)
    form = Form(posted(request))
    if form.is_valid():
        with form.refusals():
            offers.start(call_off, organisation=organisation, by=request.user)
            return redirect("packages:call_off", call_off.pk)
    context = asked_for(call_off) | {"form": form, "organisation": organisation}
    return render(request, "packages/offer_start.html", context, status=form.status)


@page(policies.answer_call_off, posts=True)
def call_off_decline(request, call_off):
    organisation = reading.invited_as(request.user, call_off)
    form = DeclineForm(posted(request))
    if form.is_valid():
        with form.refusals():
            reason = form.cleaned_data["reason"]
            offers.decline(call_off, organisation=organisation, reason=reason, by=request.user)
            messages.success(request, "On record. You may offer all the same until the deadline.")
            return redirect("packages:call_off", call_off.pk)
    context = asked_for(call_off) | {"form": form, "organisation": organisation}
    return render(request, "packages/call_off_decline.html", context, status=form.status)


def about(request, offer: Offer) -> tuple[Offer, dict, dict]:
    """The offer, its draft, and what each of its pages shows."""
    offer = offering.whole(offer)
    draft = offers.open_draft(offer, by=request.user)
    context = asked_for(offer.call_off) | {
        "offer": offer,
        "seen": draft["seen"],
        "saved": offers.received(draft),
    }
    return offer, draft, context


@page(policies.write_offer, posts=True)
def offer_questions(request, offer):
    """The questions of the call-off. What is typed is kept, whatever is wrong with it."""
    offer, draft, context = about(request, offer)
    questions = draft["questions"]
    form = AnswersForm(
        posted(request),
        put=questions,
        questions=questions,
        answers=draft["every_answer"],
        documents={},
    )
    context |= {
        "form": form,
        "questions": questions,
        "answers": answers_of(draft),
        "marked": [(q, reading.share(offer.call_off, q)) for q in questions if q.weight],
        "documents": {},
    }
    if form.is_bound and form.is_valid() | form.may_be_saved:
        seen, kept = form.cleaned_data["seen"], {"answers": draft["every_answer"]}
        with form.refusals():
            contents = {"answers": form.contents(kept)["answers"]}
            saved = offers.save(offer.draft, contents=contents, seen=seen, by=request.user)
            if not form.errors or (form.is_well_formed and "later" in request.POST):
                messages.success(request, "Saved.")
                onwards = "packages:call_off" if "later" in request.POST else PLACES["price"]
                leads_to = offer.call_off_id if "later" in request.POST else offer.pk
                return redirect(onwards, leads_to)
            context |= {"seen": saved.revision, "saved_now": now()}
        if seen != draft["seen"]:
            context["theirs"] = [
                Answer(q, said(q, draft["every_answer"].get(q.key)))
                for q in questions
                if draft["every_answer"].get(q.key, "") != form.answers.get(q.key, "")
            ]
    return render(request, "packages/offer_questions.html", context, status=form.status)


def answers_of(draft: dict) -> list[Answer]:
    """The questions that are called for, with what was said."""
    return [
        Answer(question, said(question, draft["answers"].get(question.key)))
        for question in draft["questions"]
        if not question.asked_if or question.key in draft["answers"]
    ]


@page(policies.write_offer, posts=True)
def offer_price(request, offer):
    """Which service is offered, at which rates."""
    offer, draft, context = about(request, offer)
    form = PriceForm(
        posted(request),
        candidates=draft["candidates"],
        chosen=draft["chosen"],
        rates=draft["rates"],
    )
    context |= {"form": form, "cost": offers.cost_of(draft), "chosen": draft["chosen"]}
    if form.is_valid():
        seen = form.cleaned_data["seen"]
        with form.refusals():
            offers.save(offer.draft, contents=form.contents, seen=seen, by=request.user)
            messages.success(request, "Saved.")
            to_check = "later" not in request.POST
            name, pk = (
                ("packages:offer_check", offer.pk)
                if to_check
                else ("packages:call_off", offer.call_off_id)
            )
            return redirect(name, pk)
        context["is_refused"] = seen != draft["seen"]
    return render(request, "packages/offer_price.html", context, status=form.status)


@page(policies.write_offer)
def offer_check(request, offer):
    """All that the draft says, before it is submitted."""
    return checking(request, offer, OfferDeclarationForm(user=request.user))


@page(policies.submit_offer, posts=True)
def offer_submit(request, offer):
    form = OfferDeclarationForm(posted(request), user=request.user)
    if form.is_valid():
        with form.refusals():
            name = form.cleaned_data["name"]
            submission = offers.submit(offer, name=name, by=request.user)
            messages.success(request, f"Submitted. Your reference is {submission.fingerprint[:8]}.")
            return redirect("packages:offer_submission", submission.pk)
    return checking(request, offer, form)


def checking(request, offer, form):
    offer, draft, context = about(request, offer)
    chosen = draft["chosen"]
    rated = chosen.offerable.rated if chosen else ()
    context |= {
        "form": form,
        "answers": answers_of(draft),
        "chosen": chosen,
        "rates": [(each, draft["rates"].get(each.key)) for each in rated],
        "cost": offers.cost_of(draft),
        "unfinished": [
            (part, reverse(PLACES[part.key], args=[offer.pk]))
            for part in draft["parts"]
            if part.problems
        ],
        "may_submit": policies.submit_offer.allows(request.user, offer),
    }
    return render(request, "packages/offer_check.html", context, status=form.status)


@page(policies.submit_offer, posts=True)
def offer_withdraw(request, offer):
    form = Form(posted(request))
    if form.is_valid():
        with form.refusals():
            offers.withdraw(offer, by=request.user)
            messages.success(request, "Withdrawn. Nobody else can read it. What you wrote is kept.")
            return redirect(offer)
    offer = offering.whole(offer)
    context = asked_for(offer.call_off) | {"offer": offer, "form": form}
    return render(request, "packages/offer_withdraw.html", context, status=form.status)


@page(policies.open_offer)
def offer_submission(request, submission):
    """The receipt: when it arrived, its version and fingerprint; and to its own organisation what
    it says, and who declared it."""
    offer = offering.whole(submission.offer)
    is_own = policies.write_offer.allows(request.user, offer)
    own = offers.open_offer(submission, by=request.user) if is_own else {}
    context = asked_for(offer.call_off) | {
        "submission": submission,
        "offer": offer,
        "others": offering.submissions_of(request.user, offer).exclude(pk=submission.pk),
        "is_own": is_own,
        "declared_by": own.get("declared_by", ""),
        "said": offered_in(own, offers.open_draft(offer, by=request.user)) if is_own else None,
        "may_submit": policies.submit_offer.allows(request.user, offer),
    }
    return render(request, "packages/offer_submission.html", context)


def offered_in(contents: dict, draft: dict) -> dict:
    """What a submission says: its answers in words, its service and its price."""
    answers = contents["answers"]
    return contents | {
        "answers": [
            Answer(q, said(q, answers[q.key])) for q in draft["questions"] if q.key in answers
        ],
        "weekly_cost": Decimal(contents["weekly_cost"]),
    }


@page(policies.write_offer)
def offer_decision(request, offer):
    """The decision letter: how it came out, with the offer's own marks and their reasons."""
    offer = offering.whole(offer)
    context = asked_for(offer.call_off) | {
        "offer": offer,
        "decision": offering.decision_on(offer),
    }
    return render(request, "packages/offer_decision.html", context)
