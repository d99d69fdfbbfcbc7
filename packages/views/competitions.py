"""The pages of mini-competitions for those who buy and those who mark. Before the deadline nothing
of offers shows: the page is the same with none and with many."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse

from dps.clock import now
from dps.forms import Form, ReasonForm
from dps.pages import listing, page, posted
from lots.models import Opening, ProcedureState
from packages import policies
from packages.actions import call_offs, marking, offers
from packages.forms.call_offs import (
    BeginForm,
    DeclareForm,
    ExtendForm,
    MarksForm,
    PreferenceForm,
    PublishForm,
)
from packages.models import CallOff
from packages.queries import call_offs as reading
from packages.queries import competitions
from packages.queries import offers as offering
from packages.tables import CompetitionTable, EvidenceTable
from providers.queries.answers import Answer, said


@page(policies.use_competitions)
def competition_list(request):
    table = listing(request, CompetitionTable, reading.for_staff(request.user))
    return render(request, "packages/competitions.html", {"table": table})


@page(policies.place_package, posts=True)
def competition_start(request, package):
    """Start a mini-competition for a package."""
    form = BeginForm(posted(request))
    form.about(package, request.user)
    if form.is_valid():
        with form.refusals():
            begun = call_offs.start(package, by=request.user, **begun_with(form))
            messages.success(request, "Started. Nobody is told before you publish it.")
            return redirect("packages:competition", begun.pk)
    context = {
        "form": form,
        "title": START,
        "button": "Start mini-competition",
        "sub": f"Package {package.reference}",
        "crumbs": [
            (package.reference, reverse("packages:package", args=[package.pk])),
            (START, ""),
        ],
        "cancel": reverse("packages:package", args=[package.pk]),
    }
    return render(request, "packages/competition_step.html", context, status=form.status)


START = "Start a mini-competition"


def begun_with(form) -> dict:
    return {**form.cleaned_data, "markers": list(form.cleaned_data["markers"])}


@page(policies.work_on_call_off)
def competition(request, call_off):
    """A call-off: sealed until the deadline, then the offers."""
    call_off, at, user = reading.whole(call_off), now(), request.user
    is_draft = call_off.state == ProcedureState.DRAFT
    context = {
        "call_off": call_off,
        "word": reading.word_of(call_off, at),
        "closing": reading.clock_of(call_off, at, verb="Opens"),
        "crumbs": [("Competitions", reverse("packages:competitions")), (call_off.title, "")],
        "criteria": reading.criteria(call_off),
        "markers": [marker.user for marker in call_off.markers.select_related("user")],
        "may_run": policies.run_call_off.allows(user, call_off),
        "said": competitions.in_a_sentence(call_off),
        "invited": None if is_draft else competitions.invitation_facts(call_off),
        "to_declare": [] if is_draft else reading.to_declare_about(user, call_off),
        "steps": [],
    }
    if is_draft:
        context |= competitions.to_be_published(call_off)
    if is_draft or call_off.state == ProcedureState.CANCELLED:
        return render(request, "packages/competition_draft.html", context)
    if not reading.has_passed(call_off):
        return render(request, "packages/competition_sealed.html", context)
    context |= {"is_opened": CallOff.objects.opened(at).filter(pk=call_off.pk).exists()}
    if not context["is_opened"]:
        openings = Opening.objects.filter(procedure=call_off.pk).select_related("by")
        return render(
            request, "packages/competition_opening.html", context | {"openings": openings}
        )
    context |= competitions.opened(user, call_off) | {"offers_on": f"Offers on {call_off.title}"}
    offered = {offer.organisation_id for offer in context["offers"]}
    context["to_declare"] = [each for each in context["to_declare"] if each.pk in offered]
    return render(request, "packages/competition_offers.html", context)


@page(policies.view_call_off_file)
def competition_evidence(request, call_off):
    """Who was on the lot at the instant of publishing, and was invited."""
    call_off = reading.whole(call_off)
    table = listing(request, EvidenceTable, reading.evidence(call_off), per_page=50)
    context = {"call_off": call_off, "table": table, "crumbs": crumbs(call_off, "Invited")}
    return render(request, "packages/competition_evidence.html", context)


def crumbs(call_off: CallOff, here: str) -> list:
    return [
        ("Competitions", reverse("packages:competitions")),
        (call_off.title, reverse("packages:competition", args=[call_off.pk])),
        (here, ""),
    ]


def step(request, call_off, form, title: str, act, done: str, says: str = "", kind: str = ""):
    """A page that asks a form and calls an action."""
    if form.is_valid():
        with form.refusals():
            act(form.cleaned_data)
            messages.success(request, done)
            return redirect("packages:competition", call_off.pk)
    context = {
        "form": form,
        "call_off": call_off,
        "title": title,
        "button": title,
        "sub": call_off.title,
        "says": says,
        "kind": kind,
        "crumbs": crumbs(call_off, title),
        "cancel": reverse("packages:competition", args=[call_off.pk]),
    }
    return render(request, "packages/competition_step.html", context, status=form.status)


@page(policies.run_call_off, posts=True)
def competition_publish(request, call_off):
    form = PublishForm(posted(request))
    form.about(call_off)
    return step(
        request,
        call_off,
        form,
        "Publish to all on the lot",
        lambda said: call_offs.publish(call_off, by=request.user, **said),
        "Published. All on the lot are invited.",
        "Everybody admitted to the lot is invited at once, and the list is kept. Nobody can be "
        "taken out of it. They see the package without a word of who it is for.",
    )


@page(policies.run_call_off, posts=True)
def competition_extend(request, call_off):
    return step(
        request,
        call_off,
        ExtendForm(posted(request)),
        "Extend the deadline for all",
        lambda said: call_offs.extend(call_off, by=request.user, **said),
        "Extended, for everyone. All who were invited are told.",
        "Before it passes, with a reason. It can never be made shorter.",
    )


@page(policies.run_call_off, posts=True)
def competition_cancel(request, call_off):
    told = "All who were invited are told."
    says = (
        "Before the deadline, with a reason that all who were invited are told. Sealed offers are "
        "never opened. The package can be placed again."
    )
    if call_off.state == ProcedureState.DRAFT:
        told = "Nobody had been told of it."
        says = "It was never published: nobody is told. The package can be placed again."
    return step(
        request,
        call_off,
        ReasonForm(posted(request)),
        "Cancel the call-off",
        lambda said: call_offs.cancel(call_off, by=request.user, **said),
        f"Cancelled. {told}",
        says,
        "stop",
    )


@page(policies.work_on_call_off, posts=True)
def competition_open(request, call_off):
    """One person's part in opening the offers, where the scheme asks for two."""
    return step(
        request,
        call_off,
        Form(posted(request)),
        "Open the offers",
        lambda said: call_offs.open(call_off, by=request.user),
        "Your part in the opening is on record.",
        "Two people open them, each with their own sign-in.",
    )


@page(policies.work_on_call_off, posts=True)
def competition_declare(request, call_off):
    form = DeclareForm(posted(request))
    form.about(call_off, request.user)

    def act(said):
        chosen = list(said["conflicts"])
        call_offs.declare(call_off, conflicts=chosen, details=said["details"], by=request.user)

    return step(
        request,
        call_off,
        form,
        "Declare your interests",
        act,
        "Your declaration is on record.",
        "About everybody that was invited, whether they offer or not. Who has an interest in a "
        "provider does not open, mark or decide its offer.",
    )


@page(policies.decide_call_off, posts=True)
def competition_rank(request, call_off):
    return step(
        request,
        call_off,
        Form(posted(request)),
        "Rank the offers",
        lambda said: marking.rank(call_off, by=request.user),
        "Ranked by the published criteria.",
        "Pass marks come before price. The marks stand from then on.",
    )


@page(policies.decide_call_off, posts=True)
def competition_preference(request, call_off):
    if not hasattr(call_off, "ranking"):
        return redirect("packages:competition", call_off.pk)
    form = PreferenceForm(posted(request))
    form.about(call_off, request.user)
    return step(
        request,
        call_off,
        form,
        "Record the person's preference",
        lambda said: marking.express(call_off, by=request.user, **said),
        "The preference is recorded.",
        "Among the offers that qualify. It is the person's own: a relative's wish is recorded and "
        "overrides nobody who has capacity.",
    )


@page(policies.decide_call_off, posts=True)
def competition_award(request, call_off):
    return step(
        request,
        call_off,
        ReasonForm(posted(request)),
        f"Award{competitions.to_whom(call_off)}",
        lambda said: marking.award(call_off, by=request.user, **said),
        "Awarded. All who offered get their own marks with the reasons; order the placement next.",
        "By what was published: the person's preference where it decides, else the best total of "
        "those that qualify.",
    )


@page(policies.decide_call_off, posts=True)
def competition_no_award(request, call_off):
    return step(
        request,
        call_off,
        ReasonForm(posted(request)),
        "Award nothing",
        lambda said: marking.award_nothing(call_off, by=request.user, **said),
        "On record. All who offered are told; the package can be placed again.",
        "All who offered are told the reason.",
        "stop",
    )


@page(policies.mark_offer, posts=True)
def offer_mark(request, offer):
    """An offer with its answers, to be marked: that it was opened is on record."""
    offer = offering.whole(offer)
    call_off = offer.call_off
    contents = offers.open_offer(offering.last_submission(offer), by=request.user)
    questions = reading.questions_of(call_off, offer.organisation.size)
    scored = reading.scored_of(call_off, offer.organisation.size)
    held = {pk: mark for (_, pk), mark in offering.marks_of([offer]).items()}
    form = MarksForm(posted(request), questions=scored, held=held)
    if form.is_valid():
        with form.refusals():
            marking.mark_all(offer, marks=form.marks, by=request.user)
            messages.success(request, f"{offer.organisation} is marked.")
            return redirect("packages:competition", call_off.pk)
    context = {
        "offer": offer,
        "call_off": call_off,
        "form": form,
        "crumbs": crumbs(call_off, f"Mark {offer.organisation}"),
        "answers": {q.pk: said(q, contents["answers"].get(q.key)) for q in questions},
        "marking": [
            (question, said(question, contents["answers"].get(question.key)), mark, reason)
            for question, mark, reason in form.pairs()
        ],
        "others": [
            Answer(q, said(q, contents["answers"].get(q.key))) for q in questions if q not in scored
        ],
        "contents": competitions.priced(contents),
    }
    return render(request, "packages/offer_mark.html", context, status=form.status)


@page(policies.open_offer)
def offer_read(request, submission):
    """What was offered, to those who work on the call-off and auditors: that it was read is on
    record. A provider reads its own in the portal."""
    offer = offering.whole(submission.offer)
    if policies.write_offer.allows(request.user, offer):
        return redirect("packages:offer_submission", submission.pk)
    call_off, size = offer.call_off, offer.organisation.size
    contents = offers.open_offer(submission, by=request.user)
    answers = [
        Answer(question, said(question, contents["answers"].get(question.key)))
        for question in reading.questions_of(call_off, size)
    ]
    scored = reading.scored_of(call_off, size)
    context = {
        "offer": offer,
        "call_off": call_off,
        "submission": submission,
        "crumbs": crumbs(call_off, str(offer.organisation)),
        "answers": [answer for answer in answers if answer.question in scored],
        "others": [answer for answer in answers if answer.question not in scored],
        "contents": competitions.priced(contents),
        "may_mark": not hasattr(call_off, "ranking")
        and policies.mark_offer.allows(request.user, offer),
    }
    return render(request, "packages/offer_read.html", context)


@page(policies.read_ranking)
def competition_offer(request, call_off):
    """The sum of every offer, step by step."""
    call_off = reading.whole(call_off)
    rows = competitions.ranked(call_off)
    context = {"call_off": call_off, "rows": rows, "crumbs": crumbs(call_off, "The sum")}
    return render(request, "packages/competition_sum.html", context)
