"""Rule 10, for mini-competitions. A task may run twice and its letters go out once."""

import pytest
import time_machine
from django.core import mail

from dps.models import Promise
from dps.promises import keep
from packages.actions import call_offs, marking
from packages.tasks import close_call_offs, remind_of_call_offs
from tests.factories import NOON
from tests.packages.competing import OPENED, PUBLISHED, World


@pytest.mark.django_db(transaction=True)
def test_every_letter_of_a_call_off_goes_out_once_however_often_its_tasks_run():
    world = World(names=["Ash", "Beech"])
    with time_machine.travel(PUBLISHED, tick=False):
        call_off = world.published()
        world.submitted(call_off, "Ash", "18.00")
    with time_machine.travel(NOON.replace(day=16), tick=False):
        remind_of_call_offs()
        remind_of_call_offs()
    with time_machine.travel(OPENED, tick=False):
        close_call_offs()
        close_call_offs()
        world.declared(call_off)
        marking.award_nothing(call_off, why="The need has changed", by=world.buyer)
    sent = [message.extra_headers["Message-ID"] for message in mail.outbox]
    # 2 invitations, a receipt, a reminder to the one that has not offered, 2 markers, a decision
    assert len(sent) == len(set(sent)) == 7
    for key in Promise.objects.values_list("key", flat=True):
        assert keep(key) is False
    assert len(mail.outbox) == 7


@pytest.mark.django_db(transaction=True)
def test_a_reminder_of_a_deadline_that_was_put_off_is_owed_anew():
    world = World(names=["Ash"])
    with time_machine.travel(PUBLISHED, tick=False):
        call_off = world.published()
    for day, deadline in ((16, NOON.replace(day=19)), (18, None)):
        with time_machine.travel(NOON.replace(day=day), tick=False):
            remind_of_call_offs()
            if deadline:
                call_offs.extend(call_off, deadline=deadline, why="A holiday", by=world.buyer)
    reminded = [m.subject for m in mail.outbox if m.subject.startswith("A call-off closes")]
    assert reminded == ["A call-off closes on 17 June 2026", "A call-off closes on 19 June 2026"]
