"""Everyone who has begun is told once that a deadline was put off, come what may."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail

from dps.actions import Refused
from dps.models import Event, the_system
from lots.actions import rounds
from providers.actions import reminders
from providers.tasks import tell_of_extensions
from tests.factories import (
    NOON,
    ApplicationFactory,
    OpenApplicationFactory,
    RoundFactory,
    member_of,
    owner_of,
    staff,
    submitted,
)

EVE = NOON - timedelta(days=1)
LATER = NOON + timedelta(days=7)


def put_off(round, deadline=LATER, at=EVE):
    commissioner = staff(round.scheme.authority, "commissioner")
    with time_machine.travel(at, tick=False):
        rounds.extend(round, deadline=deadline, by=commissioner, why="An answer came late.")


@pytest.fixture
def tick(db, django_capture_on_commit_callbacks):
    """Let the tick come at an instant; the addresses and subjects of what went out."""

    def at(instant, times=1):
        mail.outbox.clear()
        with time_machine.travel(instant, tick=False):
            for _ in range(times):
                with django_capture_on_commit_callbacks(execute=True):
                    tell_of_extensions()
        return {(address, letter.subject) for letter in mail.outbox for address in letter.to}

    return at


def test_all_who_had_begun_are_told_once_and_nobody_else(tick):
    round = RoundFactory()
    draft, sent = ApplicationFactory(round=round), submitted(round=round)
    people = [owner_of(draft.organisation), member_of(draft.organisation)]
    people.append(owner_of(sent.organisation))
    for other in (ApplicationFactory(), OpenApplicationFactory()):
        owner_of(other.organisation)
    owner_of(ApplicationFactory(round=round, started_at=EVE + timedelta(hours=1)).organisation)
    assert tick(EVE) == set()

    put_off(round)
    told = tick(EVE + timedelta(hours=2), times=3)
    assert told == {(person.email, "The deadline is now 24 June 2026") for person in people}
    assert len(mail.outbox) == 2  # one letter an application
    assert tick(EVE + timedelta(hours=3)) == set()
    assert Event.objects.filter(verb="providers.application.told of the extension").count() == 2


def test_the_letter_says_both_deadlines_and_why_and_nothing_of_the_application(tick):
    application = ApplicationFactory(organisation__name="Rook & Lamb's")
    owner_of(application.organisation)
    put_off(application.round)
    tick(EVE)
    (letter,) = mail.outbox
    for words in (
        "It now closes Wednesday 24 June 2026 at 12 noon, not Wednesday 17 June 2026 at 12 noon.",
        "An answer came late.",
        "Rook & Lamb's",
        f"/portal/applications/{application.pk}/",
    ):
        assert words in letter.body, words
    assert "Our lead is the manager" not in letter.body


def test_a_deadline_put_off_twice_is_told_twice_and_one_gone_by_not_at_all(tick):
    application = ApplicationFactory()
    owner = owner_of(application.organisation)
    put_off(application.round)
    assert len(tick(EVE)) == 1
    again = LATER + timedelta(days=7)
    put_off(application.round, again, at=NOON)
    assert tick(NOON) == {(owner.email, "The deadline is now 1 July 2026")}

    other = ApplicationFactory()
    owner_of(other.organisation)
    put_off(other.round)
    assert tick(LATER + timedelta(seconds=1)) == set()  # the worker was down throughout


def test_nothing_is_told_where_no_deadline_was_put_off(db):
    application = ApplicationFactory()
    with time_machine.travel(EVE, tick=False), pytest.raises(Refused, match="No deadline was put"):
        reminders.tell_of_extension(application, by=the_system())
