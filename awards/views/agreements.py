from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from awards import policies
from awards.actions import agreements
from awards.forms.agreements import ProviderSignForm
from awards.models import AgreementState
from awards.queries import agreements as reading
from awards.queries import results
from awards.tables import AgreementTable, ResultTable
from dps import pdf
from dps.pages import listing, page, posted
from providers.policies import use_portal


@page(use_portal)
def agreement_list(request):
    """What is to be signed, what was; and what was decided on applications."""
    context = {
        "table": listing(request, AgreementTable, reading.of_organisations(request.user)),
        "results": listing(request, ResultTable, results.of_organisations(request.user)),
    }
    return render(request, "awards/agreements.html", context)


@page(policies.view_agreement)
def agreement(request, agreement):
    """The document itself, with its fingerprint, and where to sign it."""
    return shown(request, agreement, ProviderSignForm(user=request.user))


@page(policies.sign_agreement, posts=True)
def agreement_sign(request, agreement):
    form = ProviderSignForm(posted(request), user=request.user)
    if form.is_valid():
        with form.refusals():
            agreements.sign(agreement, by=request.user, **form.cleaned_data)
            messages.success(request, "Signed. The council signs next, then it is in force.")
            return redirect("awards:agreement", agreement.pk)
    return shown(request, agreement, form)


def shown(request, agreement, form):
    """The last version as it stands now, which is the one that a signature is asked for."""
    agreement.refresh_from_db()
    may_sign = policies.sign_agreement.allows(request.user, agreement)
    context = reading.laid_out(reading.latest(agreement)) | {
        "agreement": agreement,
        "form": form,
        "is_to_sign": agreement.state == AgreementState.SENT,
        "may_sign": may_sign,
        "signatories": [] if may_sign else reading.signatories(request.user, agreement),
        "earlier": agreement.versions.order_by("-number")[1:],
    }
    return render(request, "awards/agreement.html", context, status=form.status)


@page(policies.view_agreement)
def agreement_pdf(request, agreement):
    """A version as a document, made now from what it says: the last, or the one that `?version=`
    names."""
    asked = request.GET.get("version")
    versions = agreement.versions.order_by("-number")
    found = [each for each in versions if asked in (None, str(each.number))]
    if not found:
        raise Http404
    name = f"{agreement.reference.lower()}-version-{found[0].number}.pdf"
    return as_pdf("awards/pdf/agreement.html", name, **reading.laid_out(found[0]))


def as_pdf(template: str, name: str, **context) -> HttpResponse:
    """A document to keep, which no cache keeps."""
    return HttpResponse(
        pdf.made(template, **context),
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )
