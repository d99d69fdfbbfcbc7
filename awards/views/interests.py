"""What a person declares of their interests, before they open anything."""

from django.shortcuts import redirect
from django.template.response import TemplateResponse

from awards.forms.evaluations import InterestsForm
from awards.queries import evaluations as reading
from dps.pages import page, posted
from providers import policies
from providers.actions import conflicts


@page(policies.declare_interests, posts=True)
def interests(request, scheme):
    """Declare about the applicants of a scheme: those not declared about yet, or (asked for by
    `again`) all of them."""
    again = "again" in request.GET
    about = (reading.applicants if again else reading.to_declare)(request.user, scheme)
    standing = list(reading.declared(request.user, scheme))
    held = [each.organisation_id for each in standing if each.has_conflict] if again else []
    form = InterestsForm(posted(request), organisations=about, initial={"conflicts": held})
    if form.is_valid():
        with form.refusals():
            said = form.cleaned_data
            conflicts.declare(
                scheme,
                about=list(about),
                conflicts=list(said["conflicts"]),
                details=said["details"],
                by=request.user,
            )
            return redirect("admin:awards_evaluation_changelist")
    context = {"scheme": scheme, "form": form, "about": about, "standing": standing, "again": again}
    return TemplateResponse(request, "awards/interests.html", context, status=form.status)
