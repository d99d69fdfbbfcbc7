"""How many places the services have, as their providers last confirmed, through the action."""

from datetime import date
from random import Random

from dps.clock import pretending
from dps.demo.decided import at, owner_of
from lots.models import Scheme
from providers.actions import services
from providers.models import Service

# Days since it was confirmed, service by service: most lately, some too long ago to rely on; of
# one in eight nobody has said.
AGO = (2, 12, 5, 47, 20, 9, None, 95)
PLACES = (2, 1, 3, 2, 1, 0, 4)


def confirm(scheme: Scheme, day: date) -> None:
    """Confirm the places of the services that were offered on the day of it."""
    random = Random(f"{scheme.slug} vacancies")  # noqa: S311 (the same demo each time)
    offered = Service.objects.current().filter(scheme=scheme).select_related("organisation")
    for number, service in enumerate(offered.order_by("organisation__name", "name")):
        ago, places = AGO[number % len(AGO)], random.choice(PLACES)
        if ago is None or service.started_at > at(day, -ago):
            continue
        with pretending(at(day, -ago)):
            services.confirm_vacancies(
                service,
                vacancies=min(places, service.capacity),
                by=owner_of(service.organisation),
            )
