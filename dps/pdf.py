"""Documents on paper: a template made into a PDF that a screen reader can read (PDF/UA-1)."""

from functools import lru_cache

from django.conf import settings
from django.template.loader import render_to_string
from weasyprint import HTML
from weasyprint.urls import URLFetcher

STATIC = settings.BASE_DIR / "static"


class OwnFiles(URLFetcher):
    """Our style sheets and fonts. Nothing that a document says is ever fetched."""

    def fetch(self, url, headers=None):
        if not url.startswith(STATIC.as_uri() + "/"):
            raise ValueError(f"{url} is not one of our own files")
        return super().fetch(url, headers)


def made(template: str, **context) -> bytes:
    """The PDF of a template: a whole page of HTML with lang and title, which links style sheets by
    their names under static/. With `paper.css`, what `data-foot` of its body says stands at the
    foot of every page."""
    return laid_out(render_to_string(template, context))


@lru_cache(maxsize=16)  # half a second of work; found again by the very same page alone
def laid_out(page: str) -> bytes:
    html = HTML(
        string=page,
        base_url=STATIC.as_uri() + "/",
        url_fetcher=OwnFiles(allowed_protocols=["file"]),
    )
    return html.write_pdf(pdf_variant="pdf/ua-1")
