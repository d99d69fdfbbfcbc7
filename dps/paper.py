"""A page of HTML laid out as a PDF. To load what does it takes half a second: see dps.pdf."""

from django.conf import settings
from weasyprint import HTML
from weasyprint.urls import URLFetcher

STATIC = settings.BASE_DIR / "static"


class OwnFiles(URLFetcher):
    """Our style sheets and fonts. Nothing that a document says is ever fetched."""

    def fetch(self, url, headers=None):
        if not url.startswith(STATIC.as_uri() + "/"):
            raise ValueError(f"{url} is not one of our own files")
        return super().fetch(url, headers)


def laid_out(page: str) -> bytes:
    html = HTML(
        string=page,
        base_url=STATIC.as_uri() + "/",
        url_fetcher=OwnFiles(allowed_protocols=["file"]),
    )
    return html.write_pdf(pdf_variant="pdf/ua-1")
