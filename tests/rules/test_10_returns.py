"""Rule 10, of returns: asked for once, reminded of once each time, however often the tasks run and
whatever day the worker comes back."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.core import mail

from dps.actions import Refused
from dps.models import Event, the_system
from providers.actions import returns
from providers.models import Return, ReturnPeriod
from providers.tasks import make_returns, remind_returns
from tests.factories import owner_of
from tests.providers.owed import (
    JULY_1,
    JULY_31,
    answers,
    made,
    owed_return,
    scheme_with_indicators,
    stands,
)
from tests.threads import six_at_once


@pytest.fixture
def tick(db, django_capture_on_commit_callbacks):
    """Let the ticks come on a day; the subjects of what went out."""

    def on(day, times=1):
        mail.outbox.clear()
        with time_machine.travel(datetime.combine(day, time(9), UTC), tick=False):
            for _ in range(times):
                with django_capture_on_commit_callbacks(execute=True):
                    make_returns()
                    remind_returns()
        return [letter.subject for letter in mail.outbox]

    return on


def test_each_reminder_of_a_return_goes_once(tick):
    owed_return()
    sent = {}
    for days in range(16, -40, -1):
        if letters := tick(JULY_31 - timedelta(days=days), times=2):
            sent[days] = letters
    before, after = ["KPI return due on 31 July 2026"], ["KPI return was due on 31 July 2026"]
    wanted = dict.fromkeys((14, 7, 1, 0), before) | dict.fromkeys((-1, -8, -15, -22), after)
    assert sent == wanted
    assert Event.objects.filter(verb="providers.return.reminded").count() == 8
    assert not Event.objects.filter(verb__endswith="refused").exists()


def test_of_the_reminders_missed_while_the_worker_was_down_only_the_last_goes(tick):
    owed_return()
    assert tick(date(2026, 8, 12), times=2) == ["KPI return was due on 31 July 2026"]


def test_what_is_filed_is_not_reminded_of(db, django_capture_on_commit_callbacks):
    owed, owner = owed_return()
    with time_machine.travel(datetime(2026, 7, 24, 9, tzinfo=UTC), tick=False):
        with django_capture_on_commit_callbacks() as promised:
            remind_returns()
        returns.file(owed, figures=answers(owed, 1, 95), by=owner)
        mail.outbox.clear()
        for keep in promised:
            keep()
        assert mail.outbox == []
        with pytest.raises(Refused, match="No reminder is due"):
            returns.remind(owed, by=the_system())


def test_a_period_asks_once_however_often_the_task_runs(tick):
    scheme = scheme_with_indicators()
    owner_of(stands(scheme).organisation)
    assert tick(JULY_1.date(), times=3) == ["KPI return due on 31 July 2026"]
    assert Return.objects.count() == 1
    stands(scheme)  # admitted when told, as of April: the period has been asked for
    assert tick(date(2026, 7, 2)) == []


def test_six_workers_ask_once(transactional_db):
    scheme = scheme_with_indicators()
    stands(scheme)
    said = six_at_once(lambda: made_or_refused(scheme))
    assert sorted(map(str, said)) == ["made", *["refused"] * 5]
    assert Return.objects.count() == 1
    assert ReturnPeriod.objects.filter(frequency="quarterly").count() == 1


def made_or_refused(scheme):
    try:
        made(scheme)
    except Refused:
        return "refused"
    return "made"
