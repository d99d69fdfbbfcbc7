"""The first page of everyone, the look of an authority, and the outbox."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control

from dps.home.frame import Frame, authority_of
from dps.models import Authority, OutboxMessage
from dps.pages import page
from dps.policies import anyone, use_workplace
from dps.theme import theme_css
from providers.policies import register_organisation, use_portal


@page(anyone)
def home(request):
    """Staff to the workplace, members to the portal, who has signed up to their registration,
    everyone else to what is open."""
    if use_workplace.allows(request.user):
        return redirect("admin:index")
    if use_portal.allows(request.user):
        return redirect("portal")
    if register_organisation.allows(request.user):
        return redirect("providers:register")
    return redirect("lots:schemes")


@page(anyone)
def apply(request):
    """On to an application, `?to=` a round or a scheme: by way of an account and an organisation
    for those who have none yet."""
    query = f"?{urlencode({'to': to})}" if (to := request.GET.get("to", "")) else ""
    if use_portal.allows(request.user):
        return redirect(reverse("providers:apply") + query)
    if register_organisation.allows(request.user):
        return redirect("providers:register")
    if request.user.is_authenticated:
        messages.info(request, "Organisations apply. Staff of an authority cannot.")
        return redirect("lots:schemes")
    onward = urlencode({"next": reverse("apply") + query})
    return redirect(f"{reverse('account_signup')}?{onward}")


@page(anyone)
def authority_css(request):
    """Colours of the authority whose name stands on the pages: worked out from its record."""
    authority = authority_of(request.user)
    css = theme_css(authority.colour if authority else Authority._meta.get_field("colour").default)
    response = HttpResponse(css, content_type="text/css")
    response["Cache-Control"] = "private, max-age=300"
    return response


@page(anyone)
def outbox(request):
    """The mail that would have been sent, where no mail server is named; elsewhere, no page."""
    if not settings.HAS_OUTBOX:
        raise Http404
    messages = OutboxMessage.objects.order_by("-sent_at", "id")
    if words := request.GET.get("to", "").strip():
        messages = messages.filter(to__icontains=words)
    shown = Paginator(messages, 25).get_page(request.GET.get("page"))
    return render(request, "home/outbox.html", {"page": shown, "to": words})


@page(use_workplace)
def waiting(request):
    """The numbers of the rail, as JSON: {address: how much waits there}. A browser keeps them for
    half a minute, and asks again once something was done."""
    answer = JsonResponse(Frame(request).waiting)
    patch_cache_control(answer, private=True, max_age=30)
    return answer
