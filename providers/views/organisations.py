from django.contrib import messages
from django.shortcuts import redirect, render

from dps.pages import page, posted
from providers import policies
from providers.actions import organisations
from providers.forms.organisations import InviteForm, OrganisationForm
from providers.queries import organisations as reading


@page(policies.register_organisation, posts=True)
def register(request):
    form = OrganisationForm(posted(request), initial={"contact_email": request.user.email})
    if form.is_valid():
        with form.refusals():
            organisation = organisations.register(
                request.user, by=request.user, **form.cleaned_data
            )
            messages.success(request, f"{organisation} is registered.")
            return redirect("home")
    return render(request, "providers/register.html", {"form": form}, status=form.status)


@page(policies.use_portal)
def organisation_list(request):
    """One's organisations; the only one is shown at once."""
    own = list(policies.view_organisation.rows(request.user))
    if len(own) == 1:
        return redirect("providers:organisation", own[0].pk)
    return render(request, "providers/organisations.html", {"organisations": own})


@page(policies.view_organisation)
def organisation(request, organisation):
    context = {
        "organisation": organisation,
        "facts": reading.facts(organisation),
        "members": reading.members(request.user, organisation),
        "may_run": policies.run_organisation.allows(request.user, organisation),
    }
    return render(request, "providers/organisation.html", context)


@page(policies.run_organisation, posts=True)
def organisation_edit(request, organisation):
    form = OrganisationForm(posted(request), initial=OrganisationForm.of(organisation))
    if form.is_valid():
        with form.refusals():
            organisations.change(organisation, by=request.user, **form.cleaned_data)
            messages.success(request, "The details are changed.")
            return redirect("providers:organisation", organisation.pk)
    context = {"organisation": organisation, "form": form}
    return render(request, "providers/organisation_edit.html", context, status=form.status)


@page(policies.run_organisation, posts=True)
def member_add(request, organisation):
    form = InviteForm(posted(request))
    if form.is_valid():
        with form.refusals():
            member = organisations.invite(organisation, by=request.user, **form.cleaned_data)
            messages.success(request, f"{member.user} is added, and told by e-mail.")
            return redirect("providers:organisation", organisation.pk)
    context = {"organisation": organisation, "form": form}
    return render(request, "providers/member_add.html", context, status=form.status)
