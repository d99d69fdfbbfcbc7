"""Rule 10. A task may run twice and its effect happens once."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import transaction

from dps.clock import now
from dps.models import Event, Promise
from dps.promises import effect, keep, keep_due, key_of, promise
from dps.ticks import for_each
from lots.actions import rounds
from lots.models import ProcedureState, Round
from lots.tasks import close_rounds
from tests.factories import NOON, RoundFactory, submitted
from tests.threads import six_at_once


@pytest.fixture
def owed(transactional_db):
    """A receipt promised by an action whose worker never came."""
    submission = submitted().submissions.get()
    return Promise.objects.create(key=key_of("providers.receipt", submission), made_at=NOON)


def test_six_workers_send_one_receipt(owed):
    assert sorted(six_at_once(lambda: keep(owed.key))) == [False] * 5 + [True]
    assert len(mail.outbox) == 1


def test_a_promise_missed_while_the_worker_was_down_is_kept_by_the_next_tick(owed):
    keep_due()
    keep_due()
    assert len(mail.outbox) == 1
    owed.refresh_from_db()
    assert owed.kept_at


def test_an_effect_that_fails_is_still_owed(owed, settings):
    settings.EMAIL_BACKEND = "tests.rules.test_10_once.BrokenMail"
    with pytest.raises(ConnectionError):
        keep(owed.key)
    owed.refresh_from_db()
    assert owed.kept_at is None


def test_an_email_sent_twice_bears_the_same_id(owed):
    with transaction.atomic():
        keep(owed.key)  # the mail server takes it, and we fail before the commit
        transaction.set_rollback(True)
    keep(owed.key)
    assert len(mail.outbox) == 2
    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == 1


def test_an_extension_does_not_silence_the_reminder_of_the_new_deadline(
    db, django_capture_on_commit_callbacks
):
    reminded = []

    @effect
    def reminder(subject_id, deadline):
        reminded.append(deadline)

    round = RoundFactory()
    with django_capture_on_commit_callbacks(execute=True):
        for deadline in ("2022-06-17T11:00:00", "2022-06-17T11:00:00", "2022-06-18T11:00:00"):
            promise("tests.reminder", round, deadline)
    assert reminded == ["2022-06-17T11:00:00", "2022-06-18T11:00:00"]


class BrokenMail:
    def __init__(self, **kwargs):
        pass

    def send_messages(self, messages):
        raise ConnectionError


@pytest.mark.parametrize("hours_late", [0, 1])
def test_a_round_closes_once_however_often_and_late_the_task_runs(db, hours_late):
    round = RoundFactory()
    with time_machine.travel(NOON + timedelta(seconds=1, hours=hours_late), tick=False):
        close_rounds()
        close_rounds()
        assert Event.objects.get(verb="lots.round.closed").at == now()
    assert Round.objects.get() == round
    assert Round.objects.get().state == ProcedureState.CLOSED


@time_machine.travel(NOON + timedelta(seconds=1), tick=False)
def test_one_that_fails_does_not_hold_up_the_rest(db):
    bad, good = RoundFactory(), RoundFactory()

    def close_all_but_one(round, *, by):
        return 1 / 0 if round == bad else rounds.close(round, by=by)

    for_each([bad, good], close_all_but_one)

    states = dict(Round.objects.values_list("pk", "state"))
    assert states == {bad.pk: ProcedureState.PUBLISHED, good.pk: ProcedureState.CLOSED}


@time_machine.travel(NOON, tick=False)
def test_a_round_does_not_close_at_its_deadline_but_after_it(db):
    RoundFactory()
    close_rounds()
    assert Round.objects.get().state == ProcedureState.PUBLISHED
