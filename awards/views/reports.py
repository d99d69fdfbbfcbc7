"""Award reports: the public part for everyone, the exempt appendix for those it is for."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse

from awards import policies
from awards.actions import reports
from awards.forms.reports import StartForm
from awards.queries import reports as reading
from awards.tables import ReportTable
from dps import pdf
from dps.admin import page_of
from dps.pages import listing, page, posted
from dps.policies import anyone


@page(anyone)
def index(request):
    """Awards that are out, for everyone."""
    table = listing(request, ReportTable, reading.public(request.user))
    return render(request, "awards/reports.html", {"table": table})


@page(policies.view_report)
def report(request, report):
    """The public part on a page."""
    return render(request, "awards/report.html", reading.shown(report))


@page(policies.view_report)
def report_pdf(request, report):
    """The public part as a council paper. Nothing of the appendix is read to make it."""
    context = reading.shown(report)
    return as_pdf("awards/pdf/report.html", f"award-report-v{context['version'].number}", context)


@page(policies.read_exempt)
def appendix(request, appendix):
    """The exempt appendix in the workplace."""
    contents = reports.read_appendix(appendix, by=request.user)
    context = reading.appendix_shown(appendix, contents)
    response = TemplateResponse(request, "awards/appendix.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@page(policies.read_exempt)
def appendix_pdf(request, appendix):
    """The exempt appendix as a paper of its own."""
    contents = reports.read_appendix(appendix, by=request.user)
    context = reading.appendix_shown(appendix, contents)
    name = f"exempt-appendix-v{context['version'].number}"
    return as_pdf("awards/pdf/appendix.html", name, context)


@page(policies.report_on, posts=True)
def start_report(request, scheme):
    """What a report can be started over now."""
    choices = reading.to_start(scheme)
    form = StartForm(
        posted(request), choices=[(key, words) for key, words, why in choices if not why]
    )
    if form.is_valid():
        with form.refusals():
            made = reports.start(scheme, round=form.round, by=request.user)
            return redirect(page_of(made))
    context = {"scheme": scheme, "form": form, "choices": choices}
    return TemplateResponse(request, "awards/start_report.html", context, status=form.status)


def as_pdf(template: str, name: str, context: dict) -> HttpResponse:
    return HttpResponse(
        pdf.made(template, **context),
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{name}.pdf"',
            "Cache-Control": "private, no-store",
        },
    )
