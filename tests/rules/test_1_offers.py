"""Rule 1, for offers. Nobody but its provider sees an offer, or a sign of one, before the deadline
of the call-off; drafts and withdrawn offers never."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from dps.actions import Refused
from dps.models import Event, Role
from packages.actions import offers
from packages.models import Decline, Offer, OfferSubmission
from packages.queries.offers import last_submission
from tests.access import plain
from tests.access.conftest import Visitor
from tests.access.test_matrix import pages
from tests.factories import NOON, AuthorityFactory, member_of, staff
from tests.packages.competing import ANSWERS, OPENED, PUBLISHED, World
from tests.rules.test_1_leaks import (
    FIRST_PAGES,
    ROLES,
    SAMPLES,
    all_ticks,
    assert_hidden,
    of_every_role,
    seen_by,
    told,
)
from tests.test_envelopes import dump

AT = NOON - timedelta(days=1, hours=1)
THREE = ["Ash", "Beech", "Cedar"]


@pytest.fixture
def world(db):
    return World(names=[*THREE, "Rival"])


@pytest.fixture
def call_off(world):
    with time_machine.travel(PUBLISHED, tick=False):
        return world.published()


def offer_in_three_ways(world, call_off):
    """A draft, a submission after a refused one, one that was withdrawn; and a decline."""
    world.drafted(call_off, "Ash")
    second = world.drafted(call_off, "Beech", rate="99.00")
    owner = world.owners["Beech"]
    with pytest.raises(Refused):
        offers.submit(second, name="A signatory", by=owner)
    rates = {"rates": {"hour-1-face_to_face": "18.00"}}
    offers.save(second.draft, contents=rates, seen=2, by=owner)
    offers.submit(second, name="A signatory", by=owner)
    offers.withdraw(world.submitted(call_off, "Cedar"), by=world.owners["Cedar"])
    Decline.objects.create(
        call_off=call_off,
        organisation=world.organisations["Ash"],
        reason="full",
        by=world.owners["Ash"],
        at=AT,
    )


PLACES = (
    "packages:",
    "admin:packages_",
    "admin:dps_event_",
    "admin:index",
    "home",
    "portal",
)


def addresses() -> list[str]:
    """The pages where offers, or signs of them, could be: about a row of each kind, and lists."""
    found = []
    for name, callback, arguments in pages():
        if name.startswith(PLACES):
            row = arguments and callback.policy.model._default_manager.order_by("pk").first()
            if row or not arguments:
                found.append(reverse(name, args=[row.pk] if row else []))
    return found


def test_nobody_else_sees_whether_anyone_offers_before_the_deadline(
    world, call_off, settings, django_capture_on_commit_callbacks
):
    settings.HAS_OUTBOX = False  # as in production
    settings.ROOT_URLCONF = plain.__name__  # thousands are turned away
    authority = world.scheme.authority
    people = {role.value: staff(authority, role, team=world.team) for role in Role} | {
        "of_every_role": of_every_role(authority, world.team),
        "rival": world.owners["Rival"],
        "neighbour": staff(AuthorityFactory(), Role.COMMISSIONER),
        "buyer": world.buyer,
        "marker": world.marker,
    }
    clients = {"signed_out": Visitor()} | {name: Visitor() for name in people}
    for name in THREE:
        member_of(world.organisations[name])
    with time_machine.travel(AT, tick=False):
        for name, person in people.items():
            clients[name].force_login(person)
        with django_capture_on_commit_callbacks(execute=True):
            all_ticks(settings)
        everywhere, first = addresses(), [reverse(page) for page in FIRST_PAGES]
        brief = (*ROLES, "neighbour")
        urls = {name: first if name in brief else everywhere for name in clients}
        before = {name: seen_by(client, urls[name]) for name, client in clients.items()}
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            offer_in_three_ways(world, call_off)
            all_ticks(settings)
        for name, client in clients.items():
            after = seen_by(client, urls[name])
            assert [url for url in urls[name] if before[name][url] != after[url]] == [], name
        theirs = {m.user.email for n in THREE for m in world.organisations[n].members.all()}
        assert mail.outbox
        assert {to for message in mail.outbox for to in message.recipients()} <= theirs
        asking = [client for name, client in clients.items() if name not in ROLES]
        assert hidden(asking) >= len(asking) * SAMPLES * 3


def hidden(clients) -> int:
    """How many pages about new rows were asked for, and found to tell of none."""
    asked = 0
    for name, callback, arguments in pages():
        model = callback.policy.model if arguments else None
        rows = model._default_manager.all() if model in (Offer, OfferSubmission, Event) else []
        if model is Event:
            rows = rows.filter(subject_kind="packages.offer")
        for row in rows[:SAMPLES]:
            for client in clients:
                assert_hidden(client, name, row)
            asked += len(clients)
    return asked


@pytest.mark.django_db(transaction=True)
def test_no_copy_tells_what_was_offered_before_the_deadline():
    world = World(names=["Ash"], agreed=Decimal("200.00"))
    with time_machine.travel(PUBLISHED, tick=False):
        call_off = world.published()
    # no time of day looks like these figures
    sealed = {"PLANTED-ANSWER", "173.95", "1739.50", "PLANTED-SIGNATORY"}
    with time_machine.travel(AT, tick=False):
        offer = world.drafted(call_off, "Ash", "173.95", outcomes="PLANTED-ANSWER")
        offers.submit(offer, name="PLANTED-SIGNATORY", by=world.owners["Ash"])
    sent = "".join(m.message().as_string() + m.subject + m.body for m in mail.outbox)
    plain = str(offer.submissions.get().fingerprint)
    for copy in (dump().encode(), sent.encode()):
        assert told({plain, *sealed}, copy) == {plain}


@pytest.mark.parametrize(("seconds", "may"), [(-1, False), (0, False), (1, True)])
def test_who_works_on_the_call_off_reads_an_offer_once_the_deadline_has_passed(
    client, world, call_off, seconds, may
):
    with time_machine.travel(AT, tick=False):
        world.declared(call_off)
        submission = last_submission(world.submitted(call_off, "Ash"))
    with time_machine.travel(NOON + timedelta(seconds=seconds), tick=False):
        client.force_login(world.buyer)
        page = client.get(reverse("packages:competition", args=[call_off.pk])).content.decode()
        assert ("Ash" in page, "sealed until the deadline" in page) == (may, not may)
        if may:
            assert offers.open_offer(submission, by=world.buyer)["answers"] == ANSWERS
            assert Event.objects.filter(verb="packages.offersubmission.opened").count() == 1
        else:
            with pytest.raises(PermissionDenied):
                offers.open_offer(submission, by=world.buyer)


@pytest.mark.parametrize("days", [0, 3650])
def test_drafts_and_withdrawn_offers_never_open_to_others(world, call_off, days):
    with time_machine.travel(AT, tick=False):
        world.declared(call_off)
        offer_in_three_ways(world, call_off)
    own = Offer.objects.get(organisation=world.organisations["Cedar"])
    with time_machine.travel(OPENED + timedelta(days=days), tick=False):
        for envelope in (last_submission(own), own.draft):
            act = offers.open_offer if envelope is not own.draft else None
            with pytest.raises(PermissionDenied):
                (act or (lambda draft, by: offers.open_draft(own, by=by)))(envelope, by=world.buyer)
