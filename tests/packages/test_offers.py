"""Offers: written, submitted, changed, withdrawn."""

from copy import deepcopy
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core import mail
from django.db import transaction
from django.urls import reverse

from dps.actions import Refused
from packages.actions import offers
from packages.models import Offer, OfferSubmission
from tests.factories import NOON, member_of
from tests.packages.competing import ANSWERS, OPENED, PUBLISHED, World
from tests.providers.pages import errors_of, words

pytestmark = pytest.mark.xdist_group("offers")  # to publish one competition takes long enough
WRITTEN = PUBLISHED + timedelta(days=1)


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """A competition that is published, for all tests of the module: what one of them writes, it
    undoes."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = World()
        with time_machine.travel(PUBLISHED, tick=False):
            call_off = world.published()
        yield world, call_off
        transaction.set_rollback(True)


@pytest.fixture
def competition(built, db):
    return deepcopy(built)


@pytest.fixture
def world(competition):
    return competition[0]


@pytest.fixture
def call_off(competition):
    return competition[1]


@pytest.fixture
def writing(call_off):
    with time_machine.travel(WRITTEN, tick=False):
        yield


# Written in the portal


def test_an_owner_offers_by_the_pages_and_gets_a_receipt_to_the_second(
    client, world, call_off, writing, django_capture_on_commit_callbacks
):
    owner, service = world.owners["Ash"], world.organisations["Ash"].services.get()
    client.force_login(owner)
    page = reverse("packages:call_off", args=[call_off.pk])
    assert "Learns to cook a meal" in words(client.get(page))
    client.post(reverse("packages:offer_start", args=[call_off.pk]))
    offer = Offer.objects.get()
    questions = reverse("packages:offer_questions", args=[offer.pk])
    too_long = {"q-outcomes": "word " * 51, "q-fit": ANSWERS["fit"], "seen": 1}
    refused = client.post(questions, too_long)
    assert errors_of(refused) == {
        "q-outcomes": ["Your answer to “How about the outcomes?” is 1 word too long"]
    }
    said = {f"q-{key}": text for key, text in ANSWERS.items()}
    assert client.post(questions, said | {"seen": 2}).status_code == 302
    price, rate = (
        reverse("packages:offer_price", args=[offer.pk]),
        f"rate-{service.pk}-hour-1-face_to_face",
    )
    above = client.post(price, {"service": service.pk, rate: "20.01", "seen": 3})
    assert errors_of(above) == {rate: ["Your agreed rate is £20.00: offer that or less"]}
    client.post(price, {"service": service.pk, rate: "18.50", "seen": 3})
    assert "£185.00" in words(client.get(reverse("packages:offer_check", args=[offer.pk])))
    submit = reverse("packages:offer_submit", args=[offer.pk])
    assert set(errors_of(client.post(submit))) == {"name", "declaration"}
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(submit, {"name": "A signatory", "is_my_name": "on", "declaration": "on"})
    submission = OfferSubmission.objects.get()
    receipt = words(client.get(reverse("packages:offer_submission", args=[submission.pk])))
    account = f"Declared by A signatory Signed in as {owner.name} {owner.email}"
    for part in (account, ANSWERS["fit"], "Ash kitchen", "10 a week at £18.50", "£185.00"):
        assert part in receipt
    [letter] = mail.outbox
    assert letter.recipients() == [owner.email]
    assert "12:00:00 on 2 June 2026" in letter.body
    assert submission.fingerprint in letter.body
    assert offers.open_offer(submission, by=owner) == {
        "questionnaire": 1,
        "answers": ANSWERS,
        "service": {"id": str(service.pk), "name": "Ash kitchen"},
        "lines": [
            {
                "what": "Hour, One to one",
                "units": "10",
                "rate": "18.50",
                "agreed": "20.00",
                "cost": "185.00",
            }
        ],
        "weekly_cost": "185.00",
        "declared_by": "A signatory",
    }


def test_it_is_changed_and_submitted_again_until_the_deadline_and_not_a_second_later(
    world, call_off, writing
):
    offer, owner = world.submitted(call_off, "Ash"), world.owners["Ash"]
    with pytest.raises(Refused, match="already submitted"):
        offers.submit(offer, name="A signatory", by=owner)
    with time_machine.travel(NOON, tick=False):  # on the deadline is in time
        offers.save(
            offer.draft, contents={"rates": {"hour-1-face_to_face": "15.00"}}, seen=2, by=owner
        )
        assert offers.submit(offer, name="A signatory", by=owner).number == 2
    with time_machine.travel(OPENED, tick=False):
        for late in (
            lambda: offers.submit(offer, name="A signatory", by=owner),
            lambda: offers.save(offer.draft, contents={}, seen=3, by=owner),
            lambda: offers.withdraw(offer, by=owner),
        ):
            with pytest.raises(Refused, match=r"12 noon\. Your draft has been kept"):
                late()
        assert offers.open_draft(offer, by=owner)["rates"] == {
            "hour-1-face_to_face": Decimal("15.00")
        }
        world.declared(call_off)
        [read] = [
            offers.open_offer(each, by=world.buyer) for each in offer.submissions.filter(number=2)
        ]
        assert read["weekly_cost"] == "150.00"


def test_what_two_save_at_once_is_compared_not_lost(client, world, call_off, writing):
    offer = world.drafted(call_off, "Ash")
    client.force_login(world.owners["Ash"])
    page = reverse("packages:offer_questions", args=[offer.pk])
    said = {"q-outcomes": "Mine", "q-fit": "Mine too", "seen": 1}
    answered = client.post(page, said)
    assert answered.status_code == 422
    assert {"Mine too", *ANSWERS.values()} <= set(
        [answered.context["form"]["q-fit"].value()]
        + [answer.text for answer in answered.context["theirs"]]
    )


def test_an_offer_above_the_agreed_rate_is_refused_by_the_action_too(world, call_off, writing):
    offer = world.drafted(call_off, "Ash", rate="20.01")
    with pytest.raises(Refused, match=r"Your agreed rate is £20\.00"):
        offers.submit(offer, name="A signatory", by=world.owners["Ash"])


def test_a_member_writes_and_an_owner_submits(client, world, call_off, writing):
    offer = world.drafted(call_off, "Ash")
    client.force_login(member_of(world.organisations["Ash"]))
    assert client.get(reverse("packages:offer_price", args=[offer.pk])).status_code == 200
    assert client.post(reverse("packages:offer_submit", args=[offer.pk])).status_code == 403


def test_who_declines_is_shown_to_nobody_before_the_deadline(client, world, call_off, writing):
    client.force_login(world.owners["Ash"])
    client.post(reverse("packages:call_off_decline", args=[call_off.pk]), {"reason": "full"})
    page = reverse("packages:competition", args=[call_off.pk])
    client.force_login(world.buyer)
    assert "We have no place free" not in words(client.get(page))
    with time_machine.travel(OPENED, tick=False):
        client.force_login(world.buyer)
        assert "We have no place free" in words(client.get(page))


# Read


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_of_offers_takes_as_many_statements_for_three_as_for_one(
    client, world, call_off, django_assert_num_queries, number
):
    with time_machine.travel(WRITTEN, tick=False):
        for name in list(world.owners)[:number]:
            world.submitted(call_off, name)
    with time_machine.travel(OPENED, tick=False):
        world.declared(call_off)
        client.force_login(world.buyer)
        page = reverse("packages:competition", args=[call_off.pk])
        client.get(page)
        with django_assert_num_queries(OFFERS):
            response = client.get(page)
    assert len(response.context["offers"]) == number


OFFERS = 31
