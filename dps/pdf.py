"""Documents on paper: a template made into a PDF that a screen reader can read (PDF/UA-1)."""

from functools import lru_cache
from importlib import import_module

from django.template.loader import render_to_string


def made(template: str, **context) -> bytes:
    """The PDF of a template: a whole page of HTML with lang and title, which links style sheets by
    their names under static/. With `paper.css`, what `data-foot` of its body says stands at the
    foot of every page."""
    return laid_out(render_to_string(template, context))


@lru_cache(maxsize=16)  # half a second of work; found again by the very same page alone
def laid_out(page: str) -> bytes:
    return import_module("dps.paper").laid_out(page)  # beat and most commands make none
