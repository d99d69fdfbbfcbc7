"""Drafts are reminded 7, 2 and 1 days before their round closes, once each, come what may."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail

from dps.actions import Refused
from dps.models import Event, the_system
from lots.actions import rounds
from providers.actions import applications, reminders
from providers.tasks import remind_drafts
from tests.factories import (
    NOON,
    ApplicationFactory,
    OpenApplicationFactory,
    member_of,
    owner_of,
    staff,
    submitted,
)

SECOND = timedelta(seconds=1)


@pytest.fixture
def tick(db, django_capture_on_commit_callbacks):
    """Let the tick come at an instant; the subjects and addresses of what went out."""

    def at(instant, times=1):
        mail.outbox.clear()
        with time_machine.travel(instant, tick=False):
            for _ in range(times):
                with django_capture_on_commit_callbacks(execute=True):
                    remind_drafts()
        return [(sorted(letter.to), letter.subject) for letter in mail.outbox]

    return at


def test_each_reminder_goes_once_to_all_who_write_the_draft(tick):
    application = ApplicationFactory()
    people = [owner_of(application.organisation), member_of(application.organisation)]
    member_of(application.organisation, left_at=NOON - timedelta(days=30))
    letter = (sorted(person.email for person in people), "Your application closes on 17 June 2026")
    assert tick(NOON - timedelta(days=7) - SECOND) == []
    for days in (7, 2, 1):
        assert tick(NOON - timedelta(days=days), times=3) == [letter]
        assert tick(NOON - timedelta(days=days) + timedelta(hours=5)) == []
    assert tick(NOON) == []
    assert tick(NOON + SECOND) == []
    assert Event.objects.filter(verb="providers.application.reminded").count() == 3
    assert not Event.objects.filter(verb__endswith="refused").exists()


def test_the_letter_says_when_and_nothing_of_the_draft(tick):
    application = ApplicationFactory(organisation__name="Rook & Lamb's")
    owner_of(application.organisation)
    tick(NOON - timedelta(days=2))
    [letter] = mail.outbox
    assert "Rook & Lamb's" in letter.body
    assert "It closes Wednesday 17 June 2026 at 12 noon: 2 working days left." in letter.body
    assert application.get_absolute_url() in letter.body
    assert "£10m" not in letter.body


def test_of_several_missed_while_the_worker_was_down_only_the_last_goes(tick):
    owner_of(ApplicationFactory().organisation)
    assert len(tick(NOON - timedelta(hours=3), times=2)) == 1


def test_what_is_submitted_cancelled_or_to_open_lots_is_not_reminded(tick):
    for application in (submitted(), OpenApplicationFactory(), ApplicationFactory()):
        owner_of(application.organisation)
    cancelled = application.round
    commissioner = staff(cancelled.scheme.authority, "commissioner")
    with time_machine.travel(NOON - timedelta(days=9), tick=False):
        rounds.cancel(cancelled, by=commissioner, why="The need has gone")
    assert tick(NOON - timedelta(days=1)) == []


def test_after_an_extension_the_new_deadline_has_its_own_reminders(tick):
    application = ApplicationFactory()
    owner_of(application.organisation)
    assert len(tick(NOON - timedelta(days=1))) == 1
    commissioner = staff(application.scheme.authority, "commissioner")
    later = NOON + timedelta(days=7)
    with time_machine.travel(NOON - timedelta(hours=20), tick=False):
        rounds.extend(application.round, deadline=later, by=commissioner, why="Outage")
    assert tick(NOON - timedelta(hours=19)) == []
    [(_, subject)] = tick(NOON + timedelta(hours=1))
    assert subject == "Your application closes on 24 June 2026"


def test_a_reminder_that_is_overtaken_by_the_submission_is_not_sent(
    db, django_capture_on_commit_callbacks
):
    application = ApplicationFactory()
    owner = owner_of(application.organisation)
    with time_machine.travel(NOON - timedelta(days=1), tick=False):
        with django_capture_on_commit_callbacks() as promised:
            remind_drafts()
        applications.submit(application, name="Jo", by=owner)
        mail.outbox.clear()
        for keep in promised:
            keep()
    assert mail.outbox == []


def test_a_reminder_that_is_not_due_is_refused(db):
    application = ApplicationFactory()
    with (
        time_machine.travel(NOON - timedelta(days=8), tick=False),
        pytest.raises(Refused, match="No reminder is due"),
    ):
        reminders.remind(application, by=the_system())
    with pytest.raises(Refused, match="No reminder is due"):
        reminders.remind(OpenApplicationFactory(), by=the_system())
