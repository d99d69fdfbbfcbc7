"""The pages of a draft's sections: questions, lots, services. What is typed is kept, whatever is
wrong with it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse

from dps.clock import now
from dps.pages import page, posted
from lots.models import Assessment
from providers import policies
from providers.actions import applications
from providers.forms.answers import AnswersForm
from providers.forms.applications import LotsForm, SeenForm
from providers.forms.services import ServiceForm
from providers.models import Section
from providers.queries import applications as reading
from providers.queries import services as wording
from providers.queries.answers import Answer, said
from providers.queries.sections import saved_at


@page(policies.edit_section, posts=True)
def section(request, section):
    """One line of the task list, whichever it is."""
    application = reading.whole(request.user, section.application_id)
    draft = applications.open_draft(application, library_for=section.key, by=request.user)
    show = {Section.LOTS: lots, Section.SERVICES: services}.get(section.key, answers)
    return show(request, section, application, draft)


def answers(request, section, application, draft):
    kept = draft["contents"][section.key]
    questions = [q for q in draft["questions"] if q.section.key == section.key]
    library = draft["library"]
    form = AnswersForm(
        posted(request),
        put=draft["questions"],
        questions=questions,
        answers=draft["every_answer"],
        documents=library,
    )
    context = about(section, application, draft) | {
        "form": form,
        "questions": questions,
        "marked": [q for q in questions if q.assessment != Assessment.INFORMATION],
        "has_words": any(question.word_limit for question in questions),
    }
    if context["shut"] and not form.is_bound:
        context["is_read"], saved = True, kept.get("answers", {})
        context["answers"] = [Answer(q, said(q, saved.get(q.key), library)) for q in questions]
    if form.is_bound and form.is_valid() | form.may_be_saved:
        leaves = {"later", "document"} & set(request.POST)
        with form.refusals():
            seen, contents = form.cleaned_data["seen"], form.contents(kept)
            saved = applications.save(section, contents=contents, seen=seen, by=request.user)
            if not form.errors or (form.is_well_formed and leaves):
                return onwards(request, section, application, draft)
            context |= {"seen": saved.revision, "saved_now": now()}
        if seen != draft["seen"][section.key]:
            context["theirs"] = theirs(form, kept, questions, library)
    return render(request, "providers/section.html", context, status=form.status)


def theirs(form, kept, questions, library) -> list[Answer]:
    """The answers that somebody else saved meanwhile, where they differ from what was typed."""
    saved = kept.get("answers", {})
    differ = [q for q in questions if saved.get(q.key, "") != form.answers.get(q.key, "")]
    return [Answer(q, said(q, saved.get(q.key), library)) for q in differ]


def about(section, application, draft) -> dict:
    """What every page of a section shows."""
    kept = draft["contents"][section.key]
    keys = [part.key for part in draft["parts"]]
    return {
        "section": section,
        "place": keys.index(section.key) + 1 if section.key in keys else None,
        "places": len(keys),
        "application": application,
        "part": next((part for part in draft["parts"] if part.key == section.key), None),
        "seen": draft["seen"][section.key],
        "saved": saved_at(kept),
        "carried": kept.get("carried", []),
        "closing": reading.closing(application.deadline, application.scheme),
        "shut": applications.why_shut(application),
    }


def onwards(request, section, application, draft):
    """Where one goes after saving: on to what is not done, to the library, or back."""
    if "document" in request.POST:
        back = urlencode({"next": section.get_absolute_url()})
        library = reverse("providers:document_add", args=[application.organisation_id])
        return redirect(f"{library}?{back}")
    messages.success(request, "Saved.")
    following = None if "later" in request.POST else after(section, draft)
    return redirect(following or application)


def after(section, draft):
    """The next section that is not done, if there is one after this."""
    keys = [part.key for part in draft["parts"]]
    place = keys.index(section.key) if section.key in keys else len(keys)
    rest = draft["parts"][place + 1 :]
    return next((part.section for part in rest if part.state != "complete"), None)


def lots(request, section, application, draft):
    offered = reading.lots_on_offer(application, now())
    kept = draft["contents"][section.key].get("lots", [])
    chosen = [lot.pk for lot in offered if lot.key in kept]
    form = LotsForm(posted(request), lots=offered, initial={"lots": chosen})
    context = about(section, application, draft) | {"form": form, "kept": kept}
    if form.is_valid():
        with form.refusals():
            picked, seen = list(form.cleaned_data["lots"]), form.cleaned_data["seen"]
            applications.choose_lots(section, lots=picked, seen=seen, by=request.user)
            return onwards(request, section, application, draft)
        context["is_refused"] = True
    return render(request, "providers/lots.html", context, status=form.status)


def services(request, section, application, draft):
    chosen = draft["chosen"]
    terms = wording.terms_of(application.scheme)
    context = about(section, application, draft) | {
        "lots": chosen,
        "services": wording.in_words(draft["services"], chosen, terms),
    }
    return render(request, "providers/services.html", context)


@page(policies.edit_section, posts=True)
def section_service(request, section):
    """Add a service, or change the one named in the query string."""
    if section.key != Section.SERVICES:
        return redirect(section)
    application = reading.whole(request.user, section.application_id)
    draft = applications.open_draft(application, by=request.user)
    old = service_of(draft, section, request.GET.get("service"))
    chosen = draft["chosen"]
    terms = wording.terms_of(application.scheme)
    initial = ServiceForm.shown(old or {"lots": draft["lots"]})
    form = ServiceForm(posted(request), lots=chosen, terms=terms, initial=initial)
    context = about(section, application, draft) | {"form": form, "old": old, "lots": chosen}
    if form.is_valid():
        with form.refusals():
            service, seen = form.service(old), form.cleaned_data["seen"]
            applications.keep_service(section, service=service, seen=seen, by=request.user)
            messages.success(request, f"“{service['name']}” is saved.")
            return redirect(section)
        context["theirs"] = wording.in_words([old] if old else [], chosen, terms)
    return render(request, "providers/service.html", context, status=form.status)


@page(policies.edit_section, posts=True)
def section_remove_service(request, section):
    application = reading.whole(request.user, section.application_id)
    draft = applications.open_draft(application, by=request.user)
    old = service_of(draft, section, request.GET.get("service"))
    if not old:
        return redirect(section)
    form = SeenForm(posted(request))
    if form.is_valid():
        with form.refusals():
            applications.remove_service(section, by=request.user, **form.cleaned_data)
            messages.success(request, f"“{old['name']}” is removed.")
            return redirect(section)
    context = about(section, application, draft) | {"form": form, "service": old}
    return render(request, "providers/service_remove.html", context, status=form.status)


def service_of(draft, section, id) -> dict:
    """A service of the draft as it is stored; {} when there is none."""
    services = draft["contents"][section.key].get("services", [])
    return next((each for each in services if each["id"] == id), {})
