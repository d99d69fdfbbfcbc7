"""`make bench`: what the pages that people live in cost, as ratios within one run.

Each is asked many times, in turn with a bare page (the accessibility statement), so that a busy
machine slows both; then the same with a tenth of the people and placements. A page whose cost is
near that of a tenth of the data does not grow with it. Nothing here is a test: it prints.
"""

import os
import statistics
import sys
from decimal import Decimal
from time import perf_counter

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dps.settings")
os.environ["ENVIRONMENT"] = "development"
django.setup()

from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from dps.clock import today  # noqa: E402
from dps.demo import loading, placed  # noqa: E402
from dps.models import User  # noqa: E402
from lots.models import Scheme  # noqa: E402

TIMES = 15
TENTH = 10
PAGES = [
    ("Public: a scheme", None, lambda: Scheme.objects.get(slug=KENT).get_absolute_url()),
    ("Public: register", None, lambda: reverse("public_register")),
    ("Today, commissioner", "commissioner@kent.example", lambda: reverse("admin:index")),
    ("Evaluations", "commissioner@kent.example", lambda: list_of("awards_evaluation")),
    ("Register, staff", "contracts@kent.example", lambda: list_of("providers_admission")),
    ("Audit trail", "auditor@kent.example", lambda: list_of("dps_event")),
    ("Find support", "practitioner@kent.example", lambda: reverse("packages:search")),
    ("My packages", "practitioner@kent.example", lambda: reverse("packages:packages")),
    ("Placements", "practitioner@kent.example", lambda: reverse("packages:placements")),
    ("Portal home", "owner@larkspur.example", lambda: reverse("portal")),
]
KENT = "kent-everyday-life"


def list_of(name: str) -> str:
    return reverse(f"admin:{name}_changelist")


def measured() -> dict[str, float]:
    """{page: its median cost in bare pages}. How many queries each asks is for tests to pin."""
    found = {}
    bare = reverse("accessibility")
    for name, email, url_of in PAGES:
        client, url = Client(), url_of()
        if email:
            client.force_login(User.objects.get(email=email))
        assert client.get(url).status_code == 200, url
        ratios = [cost(client, url) / cost(client, bare) for _ in range(TIMES)]
        found[name] = statistics.median(ratios)
    return found


def cost(client: Client, url: str) -> float:
    begun = perf_counter()
    client.get(url)
    return perf_counter() - begun


def load() -> None:
    call_command("flush", interactive=False, verbosity=0)
    call_command("migrate", verbosity=0)
    loading.load(today(), say=lambda words: None)


def main() -> int:
    call_command("migrate", verbosity=0)
    whole = placed.ON_THE_SCHEME, placed.OFF_IT, placed.ADULTS, placed.SPEND
    placed.ON_THE_SCHEME, placed.OFF_IT, placed.ADULTS = (each // TENTH for each in whole[:3])
    placed.SPEND = {key: pounds / Decimal(TENTH) for key, pounds in whole[3].items()}
    print("Loading a tenth of the people", flush=True)
    loading.load(today(), say=lambda words: None)
    tenth = measured()
    placed.ON_THE_SCHEME, placed.OFF_IT, placed.ADULTS, placed.SPEND = whole
    print("Loading all of them", flush=True)
    load()
    print(f"{'page':24} {'bare pages':>10} {'of a tenth':>11}")
    for name, ratio in measured().items():
        print(f"{name:24} {ratio:10.1f} {ratio / tenth[name]:11.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
