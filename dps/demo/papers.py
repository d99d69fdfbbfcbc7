"""A document for the demo's libraries: a page that says that it is invented."""

from io import BytesIO

from weasyprint import HTML

from dps.clock import today
from providers.actions import documents
from providers.models import Document, DocumentKind

PAGE = "<title>Insurance</title><h1>Certificate of insurance</h1><p>Invented, for the demo.</p>"


class Upload(BytesIO):
    name = "certificate.pdf"


def add(organisation, by) -> Document:
    """Put a certificate of insurance, good for a year, into an organisation's library."""
    return documents.add(
        organisation,
        upload=Upload(HTML(string=PAGE).write_pdf()),
        kind=DocumentKind.PUBLIC_LIABILITY,
        title="Public liability insurance",
        expires_on=today().replace(month=12, day=28),
        by=by,
    )


def pinned(document: Document, by) -> dict:
    """The document as a submission pins it."""
    library = dict(documents.library(document.organisation, by=by))
    return {str(document.pk): library[document] | {"file": document.file}}
