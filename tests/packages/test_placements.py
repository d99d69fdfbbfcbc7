"""Direct choice, order, acceptance, start, change and end; and the other ways of paying."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.urls import reverse

from dps.actions import Refused
from dps.models import Event
from lots.models import AwardRoute
from packages.actions import orders, packages, placements
from packages.models import Placement
from providers.actions import admissions
from providers.models import Admission
from tests.factories import NOON, PackageFactory, rate_of
from tests.packages.world import START, WORDS, accepted, build, chosen, ordered, released, signed_in
from tests.providers.pages import words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def world():
    return build()


def test_a_practitioner_chooses_a_service_directly_on_its_page(world):
    """The page quotes the notice; the placement keeps who chose, why, and each line's cost."""
    client = signed_in(world.practitioner)
    url = f"{reverse('packages:choose', args=[world.package.pk])}?service={world.service.pk}"
    page = words(client.get(url))
    assert WORDS in page
    assert "£80.00" in page
    assert "£20.00 under budget" in page
    said = {"lot": world.lot.pk, "capacity": "person", "why": "Likes the kitchen"}
    response = client.post(url, said)
    placement = Placement.objects.get()
    assert response.url == reverse("packages:placement", args=[placement.pk])
    term = placement.terms.get()
    assert term.lines == [
        {"what": "Hour, One to one", "units": "4", "rate": "20.00", "cost": "80.00"}
    ]
    assert (term.weekly_cost, term.from_on) == (Decimal("80.00"), START.date())
    assert placement.award_route.notice_words == WORDS
    assert (placement.state, placement.package.state) == ("chosen", "placed")


def test_a_lot_whose_notice_allows_no_direct_choice_is_not_chosen_from(world):
    AwardRoute.objects.all().delete()
    with pytest.raises(Refused, match="The notice allows no direct choice on lot A"):
        chosen(world)


def test_what_has_no_agreed_rate_is_not_priced(world):
    packages.set_pattern(
        world.package,
        lines=[
            {"unit": "half_day", "quantity": Decimal(2), "supported": 3, "mode": "face_to_face"}
        ],
        by=world.practitioner,
    )
    with pytest.raises(Refused, match="no agreed rate for: Half day, 3 people"):
        chosen(world)


def test_over_the_budget_a_budget_holder_approves_first(world):
    """Of the team, for as much, and never the person who wrote the package."""
    rate_of(world.service, world.lot.tiers.get(key="one"), "26.00", from_on=NOON.date())
    with pytest.raises(Refused, match=r"£104\.00 a week is £4\.00 over the budget of £100\.00"):
        chosen(world)
    for limit in ("103.99", "104.00"):
        with pytest.raises(PermissionDenied):
            packages.approve(
                world.package,
                weekly_limit=Decimal(limit),
                why="No other near",
                by=world.practitioner,
            )
    approve = reverse("packages:package_approve", args=[world.package.pk])
    holder = signed_in(world.budget_holder)
    assert holder.post(approve, {"weekly_limit": "103.99", "why": "Nearly"}).status_code == 302
    with pytest.raises(Refused, match="over the budget"):
        chosen(world)
    assert "£104.00 a week is £4.00 over the budget of £100.00" in words(holder.get(approve))
    assert holder.post(approve, {"weekly_limit": "104.00", "why": "None near"}).status_code == 302
    assert chosen(world).terms.get().weekly_cost == Decimal("104.00")


@pytest.mark.parametrize("payment_route", ["council", "direct_payment"])
def test_what_is_refused_over_the_budget_comes_to_the_budget_holders_queue(payment_route):
    world = build(payment_route=payment_route, weekly_budget=Decimal("79.99"))
    holder, waits = signed_in(world.budget_holder), f"Approve package {world.package}"
    url = f"{reverse('packages:choose', args=[world.package.pk])}?service={world.service.pk}"
    client = signed_in(world.practitioner)
    assert "Over the budget. A budget holder of the team has to approve it" in words(
        client.get(url)
    )
    assert waits not in words(holder.get(reverse("admin:index")))
    said = {"lot": world.lot.pk, "capacity": "person", "why": "Likes the kitchen"}
    refused = client.post(url, said)
    assert refused.status_code == 422
    assert "Likes the kitchen" in words(refused)
    assert waits in words(holder.get(reverse("admin:index")))
    approve = holder.get(reverse("packages:package_approve", args=[world.package.pk]))
    assert "£80.00 a week is £0.01 over the budget of £79.99" in words(approve)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"capacity": "best_interests", "took_part": "Sister, advocate"}, "decided_on"),
        ({"capacity": "best_interests", "decided_on": date(2026, 6, 1)}, "took_part"),
        ({"capacity": "parent"}, "capacity"),
        ({"why": " "}, "why"),
    ],
)
def test_who_chose_and_as_whom_is_said_in_full(world, said, field):
    """A best-interests decision has its day and who took part; a parent chooses for a child."""
    with pytest.raises(Refused) as refusal:
        chosen(world, **said)
    assert refusal.value.field == field


def test_the_provider_accepts_the_order_in_the_portal(world, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        placement = ordered(world)
    letter = mail.outbox.pop()
    assert letter.to == [world.owner.email]
    for told in ("80.00", "Likes", "Cook together", world.package.reference):
        assert told not in letter.subject + letter.body
    pdf = signed_in(world.owner).get(reverse("packages:order_pdf", args=[placement.pk]))
    assert pdf.content.startswith(b"%PDF")
    accept = reverse("packages:order_accept", args=[placement.pk])
    assert signed_in(world.rival).post(accept).status_code == 404
    assert signed_in(world.contributor).post(accept).status_code == 403
    with django_capture_on_commit_callbacks(execute=True):
        assert signed_in(world.owner).post(accept).status_code == 302
    placement.refresh_from_db()
    assert placement.state == "accepted"
    assert [letter.to for letter in mail.outbox] == [[world.practitioner.email]]


def test_a_refused_order_gives_the_package_back(world):
    placement = ordered(world)
    refuse = reverse("packages:order_refuse", args=[placement.pk])
    owner = signed_in(world.owner)
    assert owner.post(refuse, {"why": ""}).status_code == 422
    assert owner.post(refuse, {"why": "No room until August"}).status_code == 302
    placement.refresh_from_db()
    world.package.refresh_from_db()
    assert (placement.state, world.package.state) == ("cancelled", "ready")
    page = words(
        signed_in(world.practitioner).get(reverse("packages:placement", args=[placement.pk]))
    )
    assert "No room until August" in page


def test_an_order_is_not_seen_before_it_is_sent(world):
    placement = chosen(world)
    page = reverse("packages:order", args=[placement.pk])
    assert signed_in(world.owner).get(page).status_code == 404
    orders.send(placement, by=world.practitioner)
    assert signed_in(world.owner).get(page).status_code == 200


@pytest.mark.parametrize(("days", "starts"), [(-1, False), (0, True), (1, True)])
def test_a_placement_starts_on_its_day_or_later(world, at_noon, days, starts):
    placement = accepted(world)
    at_noon.move_to(START + timedelta(days=days))
    if starts:
        assert placements.start(placement, by=world.practitioner).state == "started"
    else:
        with pytest.raises(Refused, match="not before"):
            placements.start(placement, by=world.practitioner)


def test_no_placement_starts_under_an_unsigned_agreement(world, at_noon):
    placement = accepted(world)
    Admission.objects.update(agreement_from=None, agreement_reference="")
    at_noon.move_to(START)
    with pytest.raises(Refused, match="No placement starts under an unsigned agreement"):
        placements.start(placement, by=world.practitioner)
    page = words(
        signed_in(world.practitioner).get(reverse("packages:placement", args=[placement.pk]))
    )
    assert "No placement starts under an unsigned agreement" in page


def test_a_suspended_provider_gets_no_new_placement_and_a_running_one_is_flagged(world, at_noon):
    """Rule 4: not chosen, not ordered, not started; what runs goes on and is seen."""
    admission = Admission.objects.get()
    at_noon.move_to(START)
    running = placements.start(accepted(world), by=world.practitioner)
    world.package = PackageFactory(team=world.west, scheme=world.scheme)
    placement = chosen(world)
    admissions.suspend(admission, by=world.commissioner, why="Safeguarding")
    world.package = PackageFactory(team=world.west, scheme=world.scheme)
    with pytest.raises(Refused, match="suspended on lot A: no new placements"):
        chosen(world)
    with pytest.raises(Refused, match="suspended on lot A: no new placements"):
        orders.send(placement, by=world.practitioner)
    page = words(signed_in(world.practitioner).get(reverse("packages:placements")))
    assert "Harbour Kitchen Trust Suspended" in page
    running.refresh_from_db()
    assert running.state == "started"


def test_a_change_of_terms_is_a_new_entry_and_the_old_one_stays(world, at_noon):
    placement = accepted(world)
    at_noon.move_to(START)
    placements.start(placement, by=world.practitioner)
    url = reverse("packages:placement_terms", args=[placement.pk])
    day = START + timedelta(days=7)
    said = {
        "units-0": "5",
        "from_on_day": day.day,
        "from_on_month": day.month,
        "from_on_year": day.year,
        "why": "Wants Fridays too",
    }
    client = signed_in(world.practitioner)
    assert client.post(url, said | {"why": ""}).status_code == 422
    assert client.post(url, said | {"units-0": "5.5"}).status_code == 422  # £110.00: over budget
    assert client.post(url, said).status_code == 302
    assert list(placement.terms.values_list("weekly_cost", "from_on", "why")) == [
        (Decimal("80.00"), START.date(), ""),
        (Decimal("100.00"), day.date(), "Wants Fridays too"),
    ]
    on = [placement.terms.on(each).get().weekly_cost for each in (START.date(), day.date())]
    assert on == [Decimal("80.00"), Decimal("100.00")]
    with pytest.raises(DatabaseError), transaction.atomic():
        placement.terms.update(weekly_cost=0)


def test_a_placement_ends_on_its_last_day_and_the_package_can_be_placed_again(world, at_noon):
    placement = accepted(world)
    at_noon.move_to(START)
    placements.start(placement, by=world.practitioner)
    last = START.date() + timedelta(days=2)
    placements.end(placement, ends_on=last, why="Moves away", by=world.practitioner)
    placement.refresh_from_db()
    assert (placement.state, placement.ends_on) == ("started", last)
    with pytest.raises(PermissionDenied):
        placements.finish(placement, by=world.finance)
    placements.end(placement, ends_on=START.date(), why="At once", by=world.practitioner)
    placement.refresh_from_db()
    world.package.refresh_from_db()
    assert (placement.state, world.package.state) == ("ended", "ready")


def test_a_direct_payment_ends_in_a_costed_choice_with_no_order():
    """The payee need not be on the register; the council orders and awards nothing."""
    world = build(payment_route="direct_payment")
    client = signed_in(world.practitioner)
    url = reverse("packages:package_cost", args=[world.package.pk])
    said = {
        "payee": "Aunt Bea's Kitchen",
        "weekly_amount": "64.50",
        "capacity": "person",
        "why": "Knows her well",
    }
    assert client.post(url, said | {"payee": ""}).status_code == 422
    assert client.post(url, said).status_code == 302
    placement = Placement.objects.get()
    assert (placement.state, placement.route, placement.organisation) == ("costed", "", None)
    assert placement.terms.get().weekly_cost == Decimal("64.50")
    page = words(client.get(reverse("packages:placement", args=[placement.pk])))
    assert "The direct payment £64.50" in page
    assert "Send the order" not in page
    with pytest.raises(Refused):
        orders.send(placement, by=world.practitioner)


def test_a_direct_payment_is_costed_at_the_agreed_rates_of_a_service():
    world = build(payment_route="direct_payment")
    with pytest.raises(Refused, match="ends in a costed choice"):
        chosen(world)
    placement = placements.cost(
        world.package,
        service=world.service,
        lot=world.lot,
        capacity="person",
        why="Likes it",
        by=world.practitioner,
    )
    assert (placement.state, placement.payee, placement.award_route) == (
        "costed",
        "Harbour Kitchen Trust",
        None,
    )
    assert placement.terms.get().weekly_cost == Decimal("80.00")
    assert (
        signed_in(world.owner).get(reverse("packages:order", args=[placement.pk])).status_code
        == 404
    )


def test_an_individual_service_fund_pays_the_named_provider_under_its_own_agreement():
    world = build(payment_route="individual_fund")
    placement = ordered(world)
    page = words(signed_in(world.owner).get(reverse("packages:order", args=[placement.pk])))
    assert "Individual service fund: you hold" in page
    assert "under your own agreement" in page


def test_a_package_has_one_placement_at_a_time(world):
    chosen(world)
    with pytest.raises(Refused, match="is placed, not ready to place"):
        chosen(world)


def test_one_of_two_answers_to_an_order_is_told_that_it_is_too_late(world):
    placement = ordered(world)
    orders.accept(placement, by=world.owner)
    with pytest.raises(Refused, match="is now accepted"):
        orders.refuse(placement, why="Changed our minds", by=world.owner)
    with pytest.raises(Refused, match="now accepted"):
        orders.accept(placement, by=world.owner)


def test_the_list_of_placements_asks_as_much_for_three_as_for_one(world, django_assert_num_queries):
    client = signed_in(world.finance)
    released(world)
    with django_assert_num_queries(9):
        client.get(reverse("packages:placements"))
    for _ in range(2):
        world.package = PackageFactory(team=world.west, scheme=world.scheme)
        chosen(world)
    with django_assert_num_queries(9):
        page = client.get(reverse("packages:placements"))
    assert len(page.context["table"].rows) == 3


def test_the_list_of_orders_asks_as_much_for_three_as_for_one(world, django_assert_num_queries):
    client = signed_in(world.owner)
    ordered(world)
    with django_assert_num_queries(8):
        client.get(reverse("packages:orders"))
    for _ in range(2):
        world.package = PackageFactory(team=world.west, scheme=world.scheme)
        ordered(world)
    with django_assert_num_queries(8):
        page = client.get(reverse("packages:orders"))
    assert len(page.context["table"].rows) == 3


def test_who_reads_the_history_of_a_placement(world):
    """The provider is shown the order, not the reasons of the choice."""
    placement = ordered(world)
    page = words(signed_in(world.owner).get(reverse("packages:order", args=[placement.pk])))
    assert "Likes the kitchen" not in page
    assert Event.objects.filter(verb="packages.placement.chosen", why="Likes the kitchen").exists()
