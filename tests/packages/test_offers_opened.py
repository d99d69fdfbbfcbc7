"""Offers that are opened: marked, ranked, preferred, awarded."""

from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core import mail
from django.db import transaction
from django.urls import reverse

from dps.actions import Refused
from dps.models import Event, Role
from packages.actions import marking
from packages.models import OfferMark, PackageState, Placement, Preference
from packages.queries.offers import last_submission
from packages.tasks import close_call_offs
from tests.factories import staff
from tests.packages.competing import ANSWERS, OPENED, PUBLISHED, World, told
from tests.packages.world import signed_in
from tests.providers.pages import errors_of, words

pytestmark = pytest.mark.xdist_group("offers opened")  # to open some takes long enough
WRITTEN = PUBLISHED + timedelta(days=1)


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """A competition with offers that are opened, for all tests of the module: what one of them
    writes, it undoes. Ash: best marks, over budget (£200). Beech: good, £185. Cedar: cheapest,
    below a mark."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = World()
        with time_machine.travel(PUBLISHED, tick=False):
            call_off = world.published()
        with time_machine.travel(WRITTEN, tick=False):
            found = {
                "Ash": world.submitted(call_off, "Ash", "20.00"),
                "Beech": world.submitted(call_off, "Beech", "18.50"),
                "Cedar": world.submitted(call_off, "Cedar", "10.00"),
            }
        with time_machine.travel(OPENED, tick=False):
            world.declared(call_off)
            close_call_offs()
        yield world, call_off, found
        transaction.set_rollback(True)


@pytest.fixture
def competition(built, db):
    with time_machine.travel(OPENED, tick=False):
        yield deepcopy(built)


@pytest.fixture
def world(competition):
    return competition[0]


@pytest.fixture
def call_off(competition):
    return competition[1]


@pytest.fixture
def opened(competition):
    return competition[2]


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
    """Whom the refusal reaches."""
    ranked(world, call_off, opened)
    wish = {"offer": opened["Ash"], "capacity": "person", "why": "The quiet one"}
    with pytest.raises(Refused, match=r"Ash is £10\.00 a week over the budget"):
        marking.express(call_off, **wish, by=world.buyer)
    holder = signed_in(staff(world.scheme.authority, Role.BUDGET_HOLDER, team=world.team))
    waits = f"Approve package {world.package} over its budget"
    assert waits in words(holder.get(reverse("admin:index")))
    approve = reverse("packages:package_approve", args=[world.package.pk])
    assert "Ash is £10.00 a week over the budget" in words(holder.get(approve))
    assert holder.post(approve, {"weekly_limit": "200.00", "why": "Worth it"}).status_code == 302
    assert waits not in words(holder.get(reverse("admin:index")))
    marking.express(call_off, **wish, by=world.buyer)
    placement = marking.award(call_off, why="As the person prefers", by=world.buyer)
    assert placement.organisation.name == "Ash"


SPOKEN = {"offer": None, "why": "They like it there"}


def test_nobody_speaks_for_a_person_without_the_standing_to(world, call_off, opened):
    ranked(world, call_off, opened)
    for said, message in (
        ({"capacity": "parent"}, "A parent speaks for a child alone"),
        ({"capacity": "attorney"}, "found to lack capacity"),
        ({"capacity": "best_interests", "took_part": "The nurse"}, "found to lack capacity"),
        (
            {"capacity": "best_interests", "decided_on": date(2026, 6, 1)},
            "Enter who took part",
        ),
    ):
        with pytest.raises(Refused, match=message):
            marking.express(call_off, by=world.buyer, **SPOKEN | said)
    assert not Preference.objects.exists()


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
        assert errors_of(missing) == {"reason-outcomes": ["Outcomes: enter a reason"]}
        client.post(mark, sent | {"reason-outcomes": "Says how", "reason-fit": "Fits"})
    steps = {
        "rank": {},
        "preference": {"offer": opened["Beech"].pk, "capacity": "advocate", "why": "The soup"},
        "award": {"why": "As the person prefers"},
    }
    for step, sent in steps.items():
        posted = client.post(reverse(f"packages:competition_{step}", args=[call_off.pk]), sent)
        assert posted.url == home, step
    page = client.get(home)
    submission = last_submission(opened["Beech"])
    read = reverse("packages:competition_read", args=[submission.pk])
    assert read in page.content.decode()
    readings = Event.objects.filter(subject_id=submission.pk, verb__endswith="opened")
    before = readings.count()
    assert ANSWERS["fit"] in words(client.get(read))
    assert readings.filter(by=world.buyer).count() == before + 1
    page = words(page)
    for said in ("£10.00 over budget", "Below a pass mark", "The soup", "Awarded. Beech"):
        assert said in page
    client.force_login(world.owners["Cedar"])
    letter = words(client.get(reverse("packages:offer_decision", args=[opened["Cedar"].pk])))
    assert "Awarded to Beech" in letter
    assert "Fits" in letter
