"""What a public service says of itself: how accessible it is, what it does with people's data, and
whom to ask."""

from django.shortcuts import render

from dps.clock import now
from dps.models import Authority
from dps.pages import page
from dps.policies import anyone
from lots.queries import schemes


@page(anyone)
def accessibility(request):
    return render(request, "home/accessibility.html", asked(request))


@page(anyone)
def privacy(request):
    return render(request, "home/privacy.html", asked(request))


@page(anyone)
def contact(request):
    return render(request, "home/contact.html", asked(request))


def asked(request) -> dict:
    """Whom to ask: the authorities of the published schemes, and each scheme's own address."""
    shown = list(schemes.for_public(request.user, now()))
    leads = Authority.objects.filter(schemes__in=[scheme.pk for scheme in shown]).distinct()
    return {"schemes": shown, "authorities": list(leads)}
