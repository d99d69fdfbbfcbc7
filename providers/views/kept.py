"""A provider's services on the register, kept current by its people."""

from django.contrib import messages
from django.shortcuts import redirect, render

from dps.clock import today
from dps.forms import ReasonForm
from dps.pages import listing, page, posted
from dps.policies import history
from providers import policies
from providers.actions import services
from providers.forms.kept import KeptServiceForm, VacanciesForm
from providers.models import ServiceState
from providers.queries import kept as reading
from providers.queries.register import standings
from providers.tables import ServiceTable

SETS = ("activities", "localities", "client_groups")
NEWEST = 10


@page(policies.use_portal)
def service_list(request):
    table = listing(request, ServiceTable, reading.for_list(request.user))
    return render(request, "providers/kept_services.html", {"table": table})


@page(policies.view_rates)
def service(request, service):
    """What the register says of it, its vacancies, its rates with every version."""
    service = reading.whole(request.user, service)
    rates = reading.rates(service, today())
    context = {
        "service": service,
        "standings": standings([service])[service.pk],
        "rates": rates,
        "has_others": any(group["others"] for group in rates),
        "may_change": policies.change_service.allows(request.user, service),
        "is_current": service.state == ServiceState.CURRENT,
        "events": history(request.user, service).order_by("-at", "-id")[:NEWEST],
    }
    return render(request, "providers/kept_service.html", context)


@page(policies.change_service, posts=True)
def service_edit(request, service):
    initial = {name: getattr(service, name) for name in ("name", "description", "modes")}
    initial |= {"capacity": service.capacity}
    initial |= {name: getattr(service, name).all() for name in SETS}
    form = KeptServiceForm(
        posted(request), service=service, modes=reading.modes_of(service), initial=initial
    )
    return stepped(
        request,
        service,
        form,
        lambda said: services.change(service, by=request.user, **said),
        "Change the service",
        "Save service",
        "Saved. The register shows it at once.",
    )


@page(policies.change_service, posts=True)
def service_vacancies(request, service):
    form = VacanciesForm(posted(request), initial={"vacancies": service.vacancies})
    return stepped(
        request,
        service,
        form,
        lambda said: services.confirm_vacancies(service, by=request.user, **said),
        "Confirm vacancies",
        "Confirm vacancies",
        "Confirmed, with today's date.",
    )


@page(policies.change_service, posts=True)
def service_close(request, service):
    return stepped(
        request,
        service,
        ReasonForm(posted(request)),
        lambda said: services.close(service, by=request.user, **said),
        "Close the service",
        "Close service",
        "Closed. People placed with it stay until their placement ends.",
        kind="stop",
    )


@page(policies.change_service, posts=True)
def service_reopen(request, service):
    return stepped(
        request,
        service,
        ReasonForm(posted(request)),
        lambda said: services.reopen(service, by=request.user, **said),
        "Open the service again",
        "Open service",
        "Open again.",
    )


def stepped(request, service, form, act, title, button, done, **more):
    """A page that asks a form and changes a service."""
    if form.is_valid():
        with form.refusals():
            act(form.cleaned_data)
            messages.success(request, done)
            return redirect("providers:service", service.pk)
    context = {"service": service, "form": form, "title": title, "button": button, **more}
    return render(request, "providers/kept_step.html", context, status=form.status)
