from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render

from dps.clock import now, today
from dps.pages import page
from dps.policies import anyone
from lots import policies
from lots.models import SchemeText
from lots.queries import lots, rounds, schemes


@page(anyone)
def scheme_list(request):
    """What may be joined: each scheme with its lots, and whether they take applications."""
    at = now()
    shown = Paginator(schemes.for_public(request.user, at), 10).get_page(request.GET.get("page"))
    grouped = lots.for_schemes(shown, request.user, at)
    context = {"page": shown, "schemes": [(scheme, grouped[scheme.pk]) for scheme in shown]}
    return render(request, "lots/schemes.html", context)


@page(policies.view_scheme)
def scheme(request, scheme):
    at = now()
    shown = lots.for_scheme(request.user, scheme, at)
    context = {
        "scheme": scheme,
        "lots": shown,
        "elsewhere": lots.elsewhere(shown),
        "has_started": scheme.starts_on <= today(),
        "rounds": rounds.dated(request.user, scheme, at),
        "questionnaire": schemes.questionnaire_in_force(request.user, scheme),
        "texts": schemes.texts_in_force(scheme),
    }
    return render(request, "lots/scheme.html", context)


@page(policies.view_scheme)
def specification(request, scheme):
    return text(request, scheme, SchemeText.SPECIFICATION)


@page(policies.view_scheme)
def terms(request, scheme):
    return text(request, scheme, SchemeText.TERMS)


def text(request, scheme, kind):
    """The version in force, or the one that `?version=` names."""
    versions = list(schemes.texts(scheme, kind))
    asked = request.GET.get("version")
    shown = [version for version in versions if asked in (None, str(version.number))]
    if asked and not shown:
        raise Http404
    latest = shown[0] if shown else None
    context = {
        "scheme": scheme,
        "name": SchemeText(kind).label,
        "text": latest,
        "blocks": schemes.blocks(latest.body) if latest else [],
        "versions": versions,
        "outcomes": scheme.outcomes.all() if kind == SchemeText.SPECIFICATION else [],
    }
    return render(request, "lots/text.html", context)
