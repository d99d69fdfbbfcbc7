"""Offers: written, submitted, changed, withdrawn; opened, marked, ranked, preferred, awarded."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core import mail
from django.urls import reverse

from dps.actions import Refused
from packages.actions import marking, offers
from packages.models import (
    Approval,
    Offer,
    OfferMark,
    OfferSubmission,
    PackageState,
    Placement,
    Preference,
)
from packages.tasks import close_call_offs
from tests.factories import NOON, member_of
from tests.packages.competing import ANSWERS, OPENED, PUBLISHED, World, told
from tests.providers.pages import errors_of, words

pytestmark = pytest.mark.django_db
WRITTEN = PUBLISHED + timedelta(days=1)


@pytest.fixture
def world():
    return World()


@pytest.fixture
def call_off(world):
    with time_machine.travel(PUBLISHED, tick=False):
        return world.published()


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
    assert errors_of(refused) == {"q-outcomes": ["Your answer is 1 word too long"]}
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
        client.post(submit, {"name": "A signatory", "declaration": "on"})
    submission = OfferSubmission.objects.get()
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


# Opened


@pytest.fixture
def opened(world, call_off):
    """Ash: best marks, over budget (£200). Beech: good, £185. Cedar: cheapest, below a mark."""
    with time_machine.travel(WRITTEN, tick=False):
        found = {
            "Ash": world.submitted(call_off, "Ash", "20.00"),
            "Beech": world.submitted(call_off, "Beech", "18.50"),
            "Cedar": world.submitted(call_off, "Cedar", "10.00"),
        }
    mail.outbox.clear()
    with time_machine.travel(OPENED, tick=False):
        world.declared(call_off)
        close_call_offs()
        yield found


def ranked(world, call_off, opened):
    world.marked(opened["Ash"], 5, 5)
    world.marked(opened["Beech"], 4, 3)
    world.marked(opened["Cedar"], 5, 2)
    return marking.rank(call_off, by=world.buyer)


def test_pass_marks_come_before_price_and_those_over_the_budget_are_marked(world, call_off, opened):
    rows = ranked(world, call_off, opened).rows
    names = (
        "organisation",
        "place",
        "quality",
        "price",
        "total",
        "weekly_cost",
        "over_budget_by",
        "qualifies",
    )
    # quality 60 of 100: 36 for the outcomes, 24 for the fit; price 40 x 185 / price
    assert [[row[name] for name in names] for row in rows] == [
        ["Ash", 1, "60.00", "37.00", "97.00", "200.00", "10.00", False],
        ["Beech", 2, "43.20", "40.00", "83.20", "185.00", "0.00", True],
        ["Cedar", None, "45.60", None, None, "100.00", "0.00", False],
    ]


def test_nothing_is_ranked_before_every_answer_is_marked(world, call_off, opened):
    world.marked(opened["Ash"], 5, 5)
    with pytest.raises(Refused, match="Still to be marked: Beech, Cedar"):
        marking.rank(call_off, by=world.buyer)


def test_a_mark_given_again_is_a_version_with_who_when_and_why(world, call_off, opened):
    world.marked(opened["Ash"], 2, 3)
    world.marked(opened["Ash"], 4, 3, by=world.marker)
    kept = OfferMark.objects.filter(question__key="outcomes").order_by("number")
    assert [(m.number, m.mark, m.by, m.at) for m in kept] == [
        (1, 2, world.buyer, OPENED),
        (2, 4, world.marker, OPENED),
    ]
    assert ranked(world, call_off, opened)
    with pytest.raises(Refused, match="their marks stand"):
        world.marked(opened["Ash"], 1, 1)


def test_the_preference_decides_among_those_that_qualify_and_all_get_their_own_marks(
    world, call_off, opened, django_capture_on_commit_callbacks
):
    ranked(world, call_off, opened)
    with pytest.raises(Refused, match="Record the person's preference first"):
        marking.award(call_off, why="As preferred", by=world.buyer)
    express = {"capacity": "person", "why": "I liked the soup", "by": world.buyer}
    with pytest.raises(Refused, match="over the budget"):
        marking.express(call_off, offer=opened["Ash"], **express)
    with pytest.raises(Refused, match="below a pass mark"):
        marking.express(call_off, offer=opened["Cedar"], **express)
    marking.express(call_off, offer=opened["Beech"], **express)
    with django_capture_on_commit_callbacks(execute=True):
        placement = marking.award(call_off, why="As the person prefers", by=world.buyer)
    [term] = placement.terms.all()
    assert (placement.organisation, placement.offer, term.weekly_cost) == (
        world.organisations["Beech"],
        opened["Beech"],
        Decimal("185.00"),
    )
    assert placement.chosen_by_capacity == "person"
    letters = {m.recipients()[0]: m.body for m in mail.outbox if "decision" in m.subject}
    assert set(letters) == {owner.email for owner in world.owners.values()}
    own, others = letters[world.owners["Cedar"].email], ("Ash", "18.50", "185", "97.00", "Mark 4")
    assert "Mark 2 of fit" in own
    assert "awarded to Beech" in own
    assert not [word for word in others if word in own]
    with pytest.raises(Refused, match="decided already"):
        marking.award(call_off, why="Again", by=world.buyer)


def test_without_a_preference_the_best_that_qualifies_is_awarded(world, call_off, opened):
    ranked(world, call_off, opened)
    marking.express(call_off, offer=None, capacity="person", why="Either would do", by=world.buyer)
    placement = marking.award(call_off, why="Best of those that qualify", by=world.buyer)
    assert placement.organisation.name == "Beech"


def test_over_the_budget_a_budget_holder_approves_first(world, call_off, opened):
    ranked(world, call_off, opened)
    Approval.objects.create(
        package=world.package,
        weekly_limit=Decimal("200.00"),
        why="Worth it",
        by=world.buyer,
        at=OPENED,
    )
    marking.express(
        call_off, offer=opened["Ash"], capacity="person", why="The quiet one", by=world.buyer
    )
    placement = marking.award(call_off, why="As the person prefers", by=world.buyer)
    assert placement.organisation.name == "Ash"


SPOKEN = {"offer": None, "why": "They like it there"}


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"capacity": "parent"}, "A parent speaks for a child alone"),
        ({"capacity": "attorney"}, "found to lack capacity"),
        ({"capacity": "best_interests", "took_part": "The nurse"}, "found to lack capacity"),
        (
            {"capacity": "best_interests", "decided_on": date(2026, 6, 1)},
            "Enter who took part",
        ),
    ],
)
def test_nobody_speaks_for_a_person_without_the_standing_to(world, call_off, opened, said, message):
    ranked(world, call_off, opened)
    with pytest.raises(Refused, match=message):
        marking.express(call_off, by=world.buyer, **SPOKEN | said)


def test_a_wish_of_others_never_overrides_what_the_person_said(world, call_off, opened):
    ranked(world, call_off, opened)
    first = marking.express(
        call_off,
        offer=opened["Beech"],
        capacity="person",
        why="I want to go there",
        family="The mother prefers Ash",
        by=world.buyer,
    )
    others = {"capacity": "attorney", "decided_on": date(2026, 6, 1)}
    with pytest.raises(Refused, match="nobody's wish overrides"):
        marking.express(call_off, by=world.buyer, **SPOKEN | others)
    assert list(Preference.objects.all()) == [first]


def test_nothing_is_awarded_with_a_reason_that_all_are_told(
    world, call_off, opened, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        marking.award_nothing(call_off, why="The need has changed", by=world.buyer)
    assert {"The need has changed" in m.body for m in mail.outbox} == {True}
    assert told() == sorted(owner.email for owner in world.owners.values())
    world.package.refresh_from_db()
    assert (world.package.state, Placement.objects.count()) == (PackageState.READY, 0)


def test_the_whole_is_run_by_the_pages(client, world, call_off, opened):
    client.force_login(world.buyer)
    home = reverse("packages:competition", args=[call_off.pk])
    for name, (outcomes, fit) in {"Ash": (5, 5), "Beech": (4, 3), "Cedar": (5, 2)}.items():
        sent = {"mark-outcomes": outcomes, "mark-fit": fit}
        mark = reverse("packages:competition_mark", args=[opened[name].pk])
        assert ANSWERS["fit"] in words(client.get(mark))
        missing = client.post(mark, sent | {"reason-fit": "Fits"})
        assert errors_of(missing) == {"reason-outcomes": ["Enter a reason"]}
        client.post(mark, sent | {"reason-outcomes": "Says how", "reason-fit": "Fits"})
    steps = {
        "rank": {},
        "preference": {"offer": opened["Beech"].pk, "capacity": "advocate", "why": "The soup"},
        "award": {"why": "As the person prefers"},
    }
    for step, sent in steps.items():
        posted = client.post(reverse(f"packages:competition_{step}", args=[call_off.pk]), sent)
        assert posted.url == home, step
    page = words(client.get(home))
    for said in ("£10.00 over budget", "Below a pass mark", "The soup", "Awarded. Beech"):
        assert said in page
    client.force_login(world.owners["Cedar"])
    letter = words(client.get(reverse("packages:offer_decision", args=[opened["Cedar"].pk])))
    assert "Awarded to Beech" in letter
    assert "Fits" in letter


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


OFFERS = 33
