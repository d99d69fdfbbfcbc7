import re

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme

from dps.pages import page, posted
from providers import policies
from providers.actions import documents
from providers.forms.documents import DocumentForm
from providers.queries import documents as reading


@page(policies.apply_for)
def document_list(request, organisation):
    kept = documents.library(organisation, by=request.user)
    shown = Paginator(reading.in_words(kept), 25).get_page(request.GET.get("page"))
    context = {"organisation": organisation, "page": shown}
    return render(request, "providers/documents.html", context)


@page(policies.apply_for, posts=True)
def document_add(request, organisation):
    form = DocumentForm(posted(request), request.FILES or None)
    if form.is_valid():
        with form.refusals():
            documents.add(organisation, by=request.user, **form.cleaned_data)
            messages.success(request, "The document is in your library.")
            return redirect(
                came_from(request) or reverse("providers:documents", args=[organisation.pk])
            )
    context = {"organisation": organisation, "form": form, "came_from": came_from(request)}
    return render(request, "providers/document_add.html", context, status=form.status)


@page(policies.open_document)
def document(request, document):
    """The file, to its own organisation."""
    said, contents = documents.read(document, by=request.user)
    return as_attachment(said, contents)


@page(policies.remove_document, posts=True)
def document_remove(request, document):
    said = documents.describe(document, by=request.user)
    if request.method == "POST":
        documents.remove(document, by=request.user)
        messages.success(request, f"“{said['title']}” is taken out of your library.")
        return redirect("providers:documents", document.organisation_id)
    return render(request, "providers/document_remove.html", {"document": document, "said": said})


def came_from(request) -> str:
    """The page to go back to, if it is one of ours."""
    page = request.GET.get("next", "")
    return page if url_has_allowed_host_and_scheme(page, allowed_hosts=None) else ""


def as_attachment(said: dict, contents: bytes) -> HttpResponse:
    """A file to be kept, not shown: what it is called is what its owner called it, and no more."""
    name = re.sub(r"[^\w .,()&'+-]", "_", said["name"]).strip(" .") or "document"
    return HttpResponse(
        contents,
        content_type=said["type"],
        headers={
            "Content-Disposition": content_disposition_header(True, name),
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )
