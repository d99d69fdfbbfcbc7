"""Mini-competitions: published to all on the lot, put off, cancelled, closed."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core import mail
from django.urls import reverse

from dps.actions import Refused
from dps.calendar import local_day
from dps.models import Excepted, SealingKey
from dps.words import uk_date
from lots.models import ProcedureState
from packages.actions import call_offs
from packages.models import CallOff, Invitation, PackageState
from packages.tasks import close_call_offs, remind_of_call_offs, unseal_call_offs
from providers.models import Declaration
from tests.factories import LONG_AGO, NOON, LotFactory, member_of
from tests.lots.world import SECOND, instant
from tests.packages.competing import NEED, OPENED, PUBLISHED, World, told
from tests.providers.pages import errors_of, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World()


@pytest.fixture
def at_publishing():
    with time_machine.travel(PUBLISHED, tick=False):
        yield


def test_a_package_is_published_as_it_stands_to_all_on_the_lot_at_once(
    world, at_publishing, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        call_off = world.published()
    world.package.refresh_from_db()
    assert world.package.state == PackageState.CALLED_OFF
    assert call_off.published == {
        "reference": "P-000001",
        "need": NEED,
        "outcomes": ["Cooking"],
        "pattern": [
            {
                "unit": "hour",
                "quantity": hours,
                "supported": 1,
                "weekday": day,
                "mode": "face_to_face",
                "zone": "",
                "tier": "",
            }
            for day, hours in [(0, "4"), (3, "6")]
        ],
        "locality": "Thanet",
        "client_group": "Autistic people",
        "age_band": "26 to 64",
        "starts_on": "2026-09-07",
        "ends_on": "",
        "weekly_budget": "190.00",
        "notice_words": "All providers admitted to the lot are invited.",
    }
    assert [i.organisation.name for i in call_off.invitations.all()] == ["Ash", "Beech", "Cedar"]
    assert told() == sorted(owner.email for owner in world.owners.values())


@pytest.mark.parametrize(
    ("days", "is_refused"),
    [(9, True), (10, False)],  # PCR 2015 reg. 34(11): from the day after the invitations
)
def test_offers_are_taken_for_ten_days_at_least(world, at_publishing, days, is_refused):
    started = world.started()
    deadline = PUBLISHED + timedelta(days=days)
    if is_refused:
        with pytest.raises(Refused, match=r"10 days .*PCR 2015 reg\. 34\(11\)"):
            call_offs.publish(started, deadline=deadline, by=world.buyer)
        call_offs.publish(started, deadline=deadline, exception="The home closes", by=world.buyer)
        [departed] = Excepted.objects.all()
        assert (departed.rule, departed.subject_id, departed.why) == (
            "shortest_tender_window",
            started.pk,
            "The home closes",
        )
    else:
        call_offs.publish(started, deadline=deadline, by=world.buyer)
    assert CallOff.objects.get().state == ProcedureState.PUBLISHED


def test_what_cannot_be_called_off_is_refused(world, at_publishing):
    other = LotFactory(scheme=world.scheme, key="B")
    with pytest.raises(Refused, match="The notice allows no mini-competition on lot B"):
        call_offs.start(world.package, lot=other, markers=[world.buyer], by=world.buyer)
    with pytest.raises(Refused, match="Name at least one person"):
        call_offs.start(world.package, lot=world.lot, markers=[], by=world.buyer)
    Declaration.objects.create(
        scheme=world.scheme,
        organisation=world.organisations["Ash"],
        by=world.marker,
        number=1,
        has_conflict=True,
        details="A cousin",
        at=LONG_AGO,
    )
    with pytest.raises(Refused, match="has declared an interest in a provider of this lot"):
        world.started()
    world.package = world.package_of(payment_route="direct_payment")
    with pytest.raises(Refused, match="A direct payment is never called off"):
        world.started()


def test_a_need_that_tells_who_it_is_about_is_not_published(world, at_publishing):
    world.package.need = "Call the mother on 07700 900123."
    world.package.save(update_fields=["need"])
    with pytest.raises(Refused, match="Take out a phone number"):
        world.published()
    assert not Invitation.objects.exists()


def test_the_deadline_is_put_off_for_all_before_it_passes_and_all_are_told(
    world, at_publishing, django_capture_on_commit_callbacks
):
    call_off = world.published()
    later = NOON + timedelta(days=2)
    with django_capture_on_commit_callbacks(execute=True):
        call_offs.extend(call_off, deadline=later, why="A holiday", by=world.buyer)
    assert told() == sorted(owner.email for owner in world.owners.values())
    with pytest.raises(Refused, match="later than the present one"):
        call_offs.extend(call_off, deadline=NOON, why="Shorter", by=world.buyer)
    with (
        time_machine.travel(later, tick=False),
        pytest.raises(Refused, match="The deadline has passed"),
    ):
        call_offs.extend(call_off, deadline=later + SECOND, why="Late", by=world.buyer)


def test_a_cancelled_call_off_is_never_opened_and_its_package_is_placed_again(
    world, at_publishing, django_capture_on_commit_callbacks
):
    call_off = world.published()
    world.submitted(call_off, "Ash")
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        call_offs.cancel(call_off, why="The person moved", by=world.buyer)
    assert "The person moved" in mail.outbox[0].body
    assert told() == sorted(owner.email for owner in world.owners.values())
    world.package.refresh_from_db()
    assert world.package.state == PackageState.READY
    assert not CallOff.objects.opened(OPENED + timedelta(days=999)).exists()


def test_a_call_off_closes_by_the_clock_and_keeps_its_key_from_then_on(
    world, django_capture_on_commit_callbacks
):
    with time_machine.travel(PUBLISHED, tick=False):
        call_off = world.published()
    mail.outbox.clear()
    for at, state, is_plain in ((NOON, "published", False), (OPENED, "closed", True)):
        with (
            time_machine.travel(at, tick=False),
            django_capture_on_commit_callbacks(execute=True),
        ):
            close_call_offs()
            unseal_call_offs()
            close_call_offs()
        key = SealingKey.objects.get(pk=call_off.pk)
        assert (CallOff.objects.get().state, key.plain is not None) == (state, is_plain)
    assert told() == sorted([world.buyer.email, world.marker.email])


def test_those_who_have_not_offered_are_reminded_two_and_one_working_days_before(
    world, django_capture_on_commit_callbacks
):
    with time_machine.travel(PUBLISHED, tick=False):
        call_off = world.published()  # closes on Wednesday at noon
        world.submitted(call_off, "Ash")
    mail.outbox.clear()
    told_at = {}
    for days in (3, 2, 1):
        for seconds in (-1, 0, 60):
            at = NOON - timedelta(days=days) + timedelta(seconds=seconds)
            with (
                time_machine.travel(at, tick=False),
                django_capture_on_commit_callbacks(execute=True),
            ):
                remind_of_call_offs()
            told_at[days, seconds] = told()
    rest = sorted([world.owners["Beech"].email, world.owners["Cedar"].email])
    assert {when: who for when, who in told_at.items() if who} == {(2, 0): rest, (1, 0): rest}


def test_a_practitioner_starts_publishes_and_sees_a_sealed_page(client, world, at_publishing):
    client.force_login(world.buyer)
    sent = {"lot": world.lot.pk, "markers": [world.buyer.pk], "preference_decides": "yes"}
    start = reverse("packages:competition_start", args=[world.package.pk])
    assert errors_of(client.post(start, {"preference_decides": "yes"})) == {
        "lot": ["Select the lot"],
        "markers": ["Name at least one person to mark"],
    }
    client.post(start, sent)
    call_off = CallOff.objects.get()
    publish = reverse("packages:competition_publish", args=[call_off.pk])
    short = client.post(publish, instant("deadline", PUBLISHED + timedelta(days=3)))
    assert short.status_code == 422
    assert list(errors_of(short)) == ["exception"]
    assert client.post(publish, instant("deadline", NOON)).status_code == 302
    page = words(client.get(reverse("packages:competition", args=[call_off.pk])))
    assert "Offers are sealed until the deadline" in page
    assert "3 of 3" in page
    assert call_off.quality_weight == Decimal(60)


@pytest.mark.parametrize("number", [1, 3])
def test_lists_take_as_many_statements_for_three_as_for_one(
    client, world, at_publishing, django_assert_num_queries, number
):
    for place in range(number):
        world.package = world.package_of() if place else world.package
        world.published()
    owner = world.owners["Ash"]
    member_of(world.organisations["Ash"])
    for person, name, statements in (
        (world.buyer, "packages:competitions", STAFF),
        (owner, "packages:call_offs", PROVIDER),
        (world.buyer, "packages:competition_invited", EVIDENCE),
    ):
        client.force_login(person)
        pk = [CallOff.objects.first().pk] if name.endswith("invited") else []
        client.get(reverse(name, args=pk))
        with django_assert_num_queries(statements):
            response = client.get(reverse(name, args=pk))
        assert len(response.context["table"].rows) == (3 if pk else number)


STAFF, PROVIDER, EVIDENCE = 8, 8, 10


def test_a_draft_shows_what_will_be_read_by_how_many_and_from_when_offers_may_close(
    client, world, at_publishing
):
    client.force_login(world.buyer)
    draft = world.started()
    page = words(client.get(reverse("packages:competition", args=[draft.pk])))
    for said in (NEED, "4 hours on Monday, one to one", "£190.00 a week", "3 providers"):
        assert said in page
    publish = reverse("packages:competition_publish", args=[draft.pk])
    form = client.get(publish).context["form"]
    assert list(form.fields) == ["deadline", "exception"]  # this regime asks for no notice
    earliest = local_day(PUBLISHED) + timedelta(days=10)  # PCR 2015 reg. 34(11)
    assert f"it may be on {uk_date(earliest)} or later" in form["deadline"].help_text
    too_soon = client.post(publish, noon_of(earliest - timedelta(days=1)))
    assert set(errors_of(too_soon)) == {"exception"}
    assert client.post(publish, noon_of(earliest)).status_code == 302


def noon_of(day):
    parts = {"day": day.day, "month": day.month, "year": day.year, "time": "12 noon"}
    return {f"deadline_{name}": typed for name, typed in parts.items()}
