"""The register as the public sees it: who is on it and what they offer; no rates, no vacancies."""

from django.core.paginator import Paginator
from django.shortcuts import render

from dps.pages import page
from dps.policies import anyone
from lots.models import Mode
from lots.policies import view_scheme
from providers import policies
from providers.filters import RegisterFilter, chosen_scheme, schemes_of
from providers.queries import register as reading


@page(anyone)
def register(request):
    """Services that are offered now, narrowed and counted."""
    schemes = schemes_of(view_scheme, request.user)
    scheme = chosen_scheme(request, schemes)
    if scheme is None:
        return render(request, "providers/public_register.html", {"schemes": []})
    filters = RegisterFilter(request.GET, user=request.user, scheme=scheme)
    asked = filters.asked
    shown = Paginator(filters.qs, 25).get_page(request.GET.get("page"))
    services = list(shown)
    standing = reading.standings(services)
    facets = reading.facets(request.user, asked, scheme, filters.choices)
    context = {
        "schemes": schemes,
        "scheme": scheme,
        "filter": filters,
        "facets": [facet for facet in facets.values() if facet.options],
        "page": shown,
        "services": [(service, standing[service.pk]) for service in services],
        "words": asked.get("words", ""),
        "kept": [(name, v) for name in request.GET for v in request.GET.getlist(name)],
    }
    return render(request, "providers/public_register.html", context)


@page(policies.view_service)
def service(request, service):
    """What a service offers, and on which lots its provider stands."""
    shown = reading.shown(request.user, service)
    context = {
        "service": shown,
        "standings": reading.standings([shown])[shown.pk],
        "modes": [Mode(mode).label for mode in shown.modes],
        "others": reading.others_of(request.user, shown),
    }
    return render(request, "providers/public_service.html", context)
