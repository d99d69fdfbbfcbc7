"""The demo, of the predecessor's size: loaded once, looked at from all sides."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.db import transaction
from django.db.models import Sum
from django.test import Client, override_settings
from django.urls import reverse

from awards.models import Evaluation, EvaluationState
from awards.queries.reports import to_start
from dps.demo import loading, people
from dps.demo.placed import last_year
from dps.home import waiting
from dps.models import User
from lots.models import Locality, Lot, Scheme
from lots.queries.lots import for_scheme
from packages.models import Placement, PlacementState, PlacementTerm
from packages.queries import spend
from providers.models import Admission, Service

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.xdist_group("demo"),  # loading it once takes long enough
]
DAY = date(2026, 11, 23)
RUNNING = [PlacementState.STARTED, PlacementState.COSTED]
# domain digest, section 2A
SOURCE = {"adults": Decimal(6349221), "children": Decimal(3298100)}


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker, tmp_path_factory):
    """The demo as it stands on a day, in a transaction that is rolled back."""
    media = tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=media), transaction.atomic():
        with time_machine.travel(f"{DAY}T09:30:00+00:00", tick=False):
            loading.load(DAY, say=lambda words: None)
            yield Scheme.objects.get(slug="kent-everyday-life")
        transaction.set_rollback(True)


def test_it_has_the_predecessors_size(demo):
    running = Placement.objects.filter(state__in=RUNNING)
    assert Admission.objects.standing().values("organisation").distinct().count() == 47
    assert Service.objects.current().filter(scheme=demo).count() == 72
    assert running.filter(lot__scheme=demo).count() == 1115
    assert running.filter(lot=None).count() == 293
    covered = Locality.objects.filter(scheme=demo, services__isnull=False).distinct()
    assert covered.count() == 12


def test_the_last_whole_years_spend_is_the_sources_within_one_per_cent(demo):
    year = last_year(DAY)
    assert year == (date(2025, 4, 1), date(2026, 3, 31))
    costs = spend.with_cost(PlacementTerm.objects.all(), *year)
    of = "placement__package__team__directorate"
    found = dict(costs.values(of).annotate(pounds=Sum("cost")).values_list(of, "pounds"))
    assert set(found) == set(SOURCE)
    for directorate, pounds in SOURCE.items():
        assert abs(found[directorate] - pounds) < pounds / 100


def test_no_line_exceeds_one_per_cent_of_its_directorate(demo):
    costs = spend.with_cost(PlacementTerm.objects.all(), *last_year(DAY))
    for term in costs.select_related("placement__package__team").iterator():
        directorate = term.placement.package.team.directorate
        assert term.cost < SOURCE[directorate] / 100


def test_its_lots_are_closed_till_the_next_round_closed_for_good_and_open(demo):
    by = User.objects.get(email="commissioner@kent.example")
    standing = {lot.key: lot.standing.says for lot in for_scheme(by, demo, loading.at_nine(DAY))}
    assert standing["1a"].startswith("Closed, next opens on ")
    assert standing["1b"] == "Closed, does not re-open"
    assert standing["2"] == "Open"


WAITING = {
    "evaluator1@kent.example": "Mark ",
    "evaluator2@kent.example": "Mark ",
    "evaluator3@kent.example": "Declare your interests",
    "moderator@kent.example": "Moderate ",
    "approver@kent.example": "Sign OD/26/0104",
    "legal@kent.example": "Seal agreement",
    "contracts@kent.example": "Send agreement",
    "commissioner@kent.example": "Choose evaluators",
    "practitioner@kent.example": "Mark the offers of",
    "broker@kent.example": "Place package",
    "owner@larkspur.example": "Sign agreement",
    "owner@newcomer.example": "Apply to ",
}


@pytest.mark.parametrize("email", WAITING)
def test_each_role_finds_work_on_its_first_page(demo, email):
    client = Client()
    client.force_login(User.objects.get(email=email))
    page = client.get(reverse("home"), follow=True)
    assert page.status_code == 200
    assert WAITING[email] in page.content.decode()


def test_the_rail_counts_what_waits_whoever_asks_and_in_one_statement(demo):
    for who in people.STAFF:
        user = User.objects.get(email=who.email)
        counted = {
            job: sum(question(user).count() for question, _ in questions)
            for job, questions in waiting.RAIL.items()
        }
        assert waiting.numbers(user) == {job: n for job, n in counted.items() if n}, who.email
    commissioner = User.objects.get(email="commissioner@kent.example")
    assert set(waiting.numbers(commissioner)) == {"evaluation", "contracts", "returns"}
    client = Client()
    client.force_login(commissioner)
    page = client.get(reverse("admin:index")).content.decode()
    number = waiting.numbers(commissioner)["evaluation"]
    assert f'Evaluation<span class="n">{number}<span class="vh"> waiting</span>' in page
    told = client.get(reverse("waiting"))
    assert told.json()[reverse("admin:awards_evaluation_changelist")] == number
    assert told["Cache-Control"] == "private, max-age=30"


def test_a_batch_is_decided_and_its_award_report_waits_to_be_started(demo):
    commissioner = User.objects.get(email="commissioner@kent.example")
    [words] = [words for key, words, why in to_start(demo) if key and not why]
    client = Client()
    client.force_login(commissioner)
    first = client.get(reverse("admin:index")).content.decode()
    url = reverse("admin:start_report", args=[demo.pk])
    assert f"Start the award report: {words}" in first
    assert f'href="{url}"' in first
    assert client.get(url).status_code == 200
    outcomes = Evaluation.objects.filter(state=EvaluationState.DECIDED).with_outcome()
    assert sorted(outcomes.values_list("admits", flat=True)) == [False, True]


def test_the_provider_finds_an_offer_to_finish_an_order_and_a_return_overdue(demo):
    client = Client()
    client.force_login(User.objects.get(email="owner@larkspur.example"))
    said = client.get(reverse("portal")).content.decode()
    for words in ("Offer on call-off", "Answer order", "File the return", "Your offer is a draft"):
        assert words in said


def test_everyone_who_signs_in_is_there_once(demo):
    emails = [who.email for who in people.sign_ins()]
    assert User.objects.filter(email__in=emails).count() == len(set(emails))
    assert Lot.objects.filter(scheme=demo).count() == 3


def test_places_are_confirmed_lately_long_ago_and_not_at_all(demo):
    confirmed = Service.objects.filter(scheme=demo).values_list("vacancies_confirmed_at", flat=True)
    days = [at and (DAY - at.date()).days for at in confirmed]
    assert sum(at is None for at in days) >= 9
    assert sum(at is not None and at <= 30 for at in days) >= 36
    assert sum(at is not None and at > 30 for at in days) >= 9


@pytest.mark.parametrize("day", [date(2023, 12, 31), date(2028, 9, 1)])
def test_a_day_that_the_demo_cannot_stand_on_is_refused(db, day):
    with pytest.raises(loading.NotThatDay):
        loading.load(day, say=lambda words: None)
