from django.shortcuts import render

from dps.clock import now
from dps.pages import page
from providers import policies
from providers.actions import applications
from providers.calculations.answers import remaining
from providers.queries import applications as reading

SHOWN = 5  # applications, the latest first; the list has them all


@page(policies.use_portal)
def home(request):
    """What is due, what is open to apply for, and how one's applications stand."""
    user = request.user
    begun = []
    for organisation in policies.view_organisation.rows(user):
        begun += applications.open_drafts(organisation, by=user)
    rounds = list(reading.rounds_to_apply_to(user, now()))
    schemes = list(reading.schemes_to_apply_to(user, now()))
    dues = [(each.deadline, each.scheme) for each in (*(a for a, _ in begun), *rounds)]
    clocks = iter(reading.closings(dues))
    context = {
        "due": [due(application, draft, next(clocks)) for application, draft in begun],
        "rounds": [(round, next(clocks)) for round in rounds],
        "schemes": schemes,
        "applications": list(reading.for_list(user)[:SHOWN]),
    }
    return render(request, "providers/home.html", context)


def due(application, draft, clock) -> dict:
    """A draft with its clock and what remains."""
    states = [part.state for part in draft["parts"]]
    return {
        "application": application,
        "clock": clock,
        "complete": states.count("complete"),
        "sections": len(states),
        "remaining": remaining(states),
    }
