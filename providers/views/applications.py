from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse

from dps.clock import now
from dps.forms import Form
from dps.pages import listing, page, posted
from providers import policies
from providers.actions import applications
from providers.calculations.answers import remaining
from providers.forms.applications import ApplyForm, DeclarationForm
from providers.models import ApplicationState, Section
from providers.queries import applications as reading
from providers.queries import services, submissions
from providers.queries.answers import by_section
from providers.queries.organisations import snapshot_facts
from providers.tables import ApplicationTable

CHECK = "Check answers and submit"
UNDER_WAY = 5  # shown where one starts an application; the list has them all


@page(policies.use_portal)
def application_list(request):
    table = listing(request, ApplicationTable, reading.for_list(request.user))
    return render(request, "providers/applications.html", {"table": table})


@page(policies.use_portal, posts=True)
def apply(request):
    """Start an application: to a round, or to a scheme's open lots."""
    rounds = list(reading.rounds_to_apply_to(request.user, now()))
    schemes = list(reading.schemes_to_apply_to(request.user, now()))
    form = ApplyForm(
        posted(request),
        organisations=list(policies.apply_for.rows(request.user)),
        rounds=rounds,
        schemes=schemes,
        initial={"to": request.GET.get("to")},
    )
    if form.is_valid():
        with form.refusals():
            begun = applications.start(form.applicant, by=request.user, **form.place)
            return redirect(begun)
    context = {
        "form": form,
        "is_open": rounds or schemes,
        "under_way": reading.under_way(request.user)[:UNDER_WAY],
    }
    return render(request, "providers/apply.html", context, status=form.status)


@page(policies.view_application)
def application(request, application):
    """The task list, to the applicant. Those who assess are shown that it was submitted; they read
    it in the workplace."""
    standing = submissions.of_application(request.user, application)
    is_own = policies.edit_application.allows(request.user, application)
    if not (is_own and application.sections.exists()):  # of the past, a draft may not be kept
        context = {"application": application, "submissions": standing, "is_own": is_own}
        return render(request, "providers/application_seen.html", context)
    application = reading.whole(request.user, application.pk)
    draft = applications.open_draft(application, by=request.user)
    states = [part.state for part in draft["parts"]]
    shut = applications.why_shut(application)
    context = {
        "application": application,
        "submissions": standing,
        "groups": grouped(application, draft["parts"], shut),
        "complete": states.count("complete"),
        "sections": len(states),
        "remaining": remaining(states),
        "lots": draft["chosen"],
        "closing": reading.closing(application.deadline, application.scheme),
        "shut": shut,
        "assessed": assessed(application),
        "may_submit": policies.submit_application.allows(request.user, application),
    }
    return render(request, "providers/application.html", context)


def assessed(application) -> str:
    """What becomes of an application that was submitted and cannot be changed any more."""
    if application.is_decided:
        return (
            "It has been decided. The decisions, with the marks and reasons, are under Agreements."
        )
    if application.round_id:
        return "The deadline has passed. What you submitted last is being assessed."
    return "It was opened when it arrived, and is being assessed."


LOOKS = {
    "complete": ("Complete", "go", "tick"),
    "error": ("Has an error", "stop", "look"),
    "in_progress": ("In progress", "info", "half"),
    "check": ("Check this is still true", "warn", "look"),
    "not_started": ("Not started", "", "ring"),
}


def grouped(application, parts, shut: str) -> list[tuple[str, list]]:
    """The lines of a task list under their headings, in order; to check and submit comes last."""
    groups: dict = {}
    for part in parts:
        url = part.section.get_absolute_url()
        line = task(part.title, url, part.about, LOOKS[part.state])
        groups.setdefault(part.group, []).append(line)
    url = reverse("providers:application_check", args=[application.pk])
    barred = ("Cannot start yet", "", "lock")
    if application.state == ApplicationState.SUBMITTED:
        sub = "It is being assessed" if shut else "The last version that you submit counts"
        sub = "It has been decided" if application.is_decided else sub
        last = task(CHECK, url, sub, ("Submitted", "go", "tick"))
    elif shut:
        last = task(CHECK, "", "It was not submitted in time", ("Closed", "", "square"))
    elif any(part.problems for part in parts):
        last = task(CHECK, "", "Opens when the other sections are complete", barred)
    else:
        last = task(CHECK, url, "Nothing is missing", ("Ready", "info", "dot"))
    groups.setdefault(parts[-1].group, []).append(last)
    return list(groups.items())


def task(name: str, url: str, sub: str, look: tuple[str, str, str]) -> dict:
    word, kind, shape = look
    return {"name": name, "url": url, "sub": sub, "word": word, "kind": kind, "shape": shape}


@page(policies.edit_application)
def application_check(request, application):
    """All that the draft says, before it is submitted."""
    return checking(request, application, DeclarationForm(user=request.user))


@page(policies.submit_application, posts=True)
def submit(request, application):
    form = DeclarationForm(posted(request), user=request.user)
    if form.is_valid():
        with form.refusals():
            name = form.cleaned_data["name"]
            submission = applications.submit(application, name=name, by=request.user)
            messages.success(request, f"Submitted. Your reference is {submission.fingerprint[:8]}.")
            return redirect("providers:submission", submission.pk)
    return checking(request, application, form)


def checking(request, application, form):
    application = reading.whole(request.user, application.pk)
    draft = applications.open_draft(application, library_for="*", by=request.user)
    lots = draft["chosen"]
    context = {
        "application": application,
        "form": form,
        "lots": lots,
        "organisation_facts": snapshot_facts(reading.snapshot(application.organisation)),
        "may_change": policies.run_organisation.allows(request.user, application.organisation),
        "sections": by_section(draft["questions"], draft["answers"], draft["library"]),
        "places": {part.key: part.section for part in draft["parts"]},
        "services": services.in_words(
            draft["services"], lots, services.terms_of(application.scheme)
        ),
        "lots_section": section_of(draft, Section.LOTS),
        "services_section": section_of(draft, Section.SERVICES),
        "unfinished": [part for part in draft["parts"] if part.problems],
        "closing": reading.closing(application.deadline, application.scheme),
        "shut": applications.why_shut(application),
        "assessed": assessed(application),
        "may_submit": policies.submit_application.allows(request.user, application),
    }
    return render(request, "providers/check.html", context, status=form.status)


def section_of(draft, key):
    return next(part.section for part in draft["parts"] if part.key == key)


@page(policies.submit_application, posts=True)
def application_withdraw(request, application):
    form = Form(posted(request))
    if form.is_valid():
        with form.refusals():
            applications.withdraw(application, by=request.user)
            messages.success(request, "Withdrawn. Nobody else can read it. What you wrote is kept.")
            return redirect(application)
    context = {"application": reading.whole(request.user, application.pk), "form": form}
    return render(request, "providers/withdraw.html", context, status=form.status)
