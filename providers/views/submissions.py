from django.http import HttpResponse
from django.shortcuts import render
from django.template.response import TemplateResponse

from dps import pdf
from dps.pages import listing, page
from dps.policies import use_workplace
from providers import policies
from providers.actions import applications, documents
from providers.queries import submissions as reading
from providers.queries.applications import closing, deadline_of, is_decided
from providers.tables import SubmissionTable
from providers.views.documents import as_attachment


@page(policies.open_submission)
def submission(request, submission):
    """The receipt: when it arrived, its version and fingerprint. What it says stays sealed, and
    who declared it is shown to its own organisation alone."""
    application = submission.application
    deadline = deadline_of(application)
    is_own = policies.edit_application.allows(request.user, application)
    own = applications.open_submission(submission, by=request.user) if is_own else {}
    context = {
        "submission": submission,
        "application": application,
        "deadline": deadline,
        "others": reading.of_application(request.user, application).exclude(pk=submission.pk),
        "closing": closing(deadline, application.scheme),
        "shut": applications.why_shut(application),
        "is_own": is_own,
        "is_decided": is_decided(application),
        "declared_by": own.get("declared_by", ""),
        "may_submit": policies.submit_application.allows(request.user, application),
    }
    return render(request, "providers/submission.html", context)


@page(policies.open_submission)
def submission_pdf(request, submission):
    """All that was submitted, as a document made now and kept nowhere."""
    contents = applications.open_submission(submission, by=request.user)
    context = {"submission": submission, "application": submission.application}
    context |= reading.laid_out(submission, contents)
    name = f"application-{submission.fingerprint[:8]}.pdf"
    return HttpResponse(
        pdf.made("providers/pdf/submission.html", **context),
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )


@page(policies.open_submission)
def submission_document(request, submission):
    """A document that was submitted, as it was."""
    asked = request.GET.get("document", "")
    said, contents = documents.read_submitted(submission, document=asked, by=request.user)
    return as_attachment(said, contents)


@page(use_workplace)
def queue(request):
    """In the workplace: what has been opened and may be read."""
    table = listing(request, SubmissionTable, reading.to_read(request.user))
    return TemplateResponse(request, "providers/queue.html", {"table": table, "title": "To read"})


@page(policies.open_submission)
def reading_pane(request, submission):
    """In the workplace: a submission, with the questions that it answers."""
    contents = applications.open_submission(submission, by=request.user)
    context = {"submission": submission, "application": submission.application}
    context |= reading.laid_out(submission, contents)
    return TemplateResponse(request, "providers/reading_pane.html", context)
