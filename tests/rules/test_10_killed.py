"""Rule 10, when the worker is killed between an effect and its record: nothing is lost, and nothing
doubled."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.core import mail
from django.db import transaction

from dps.models import OutboxMessage, Promise
from dps.outbox import Outbox
from dps.promises import keep, keep_due, key_of
from tests.conftest import database_url
from tests.factories import NOON, submitted

ROOT = Path(__file__).parents[2]
WORKER = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "dps.settings"
import django
from django.conf import settings
settings.EMAIL_BACKEND = "tests.rules.test_10_killed.KilledAfterwards"
django.setup()
from dps.promises import keep
keep(sys.argv[1])
"""


class KilledAfterwards(Outbox):
    """Takes the message, and the process is killed before anything is on record."""

    def send_messages(self, messages):
        super().send_messages(messages)
        os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture
def owed(transactional_db, settings):
    """A receipt that is promised, where mail lies in the outbox."""
    settings.EMAIL_BACKEND = "dps.outbox.Outbox"
    submission = submitted().submissions.get()
    return Promise.objects.create(key=key_of("providers.receipt", submission), made_at=NOON)


def sent() -> list[str]:
    return list(OutboxMessage.objects.values_list("subject", flat=True))


def test_a_worker_killed_after_the_mail_leaves_one_letter(owed):
    env = os.environ | {"ENVIRONMENT": "test", "DATABASE_URL": database_url()}
    command = [sys.executable, "-c", WORKER, owed.key]
    killed = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    owed.refresh_from_db()
    assert (owed.kept_at, sent()) == (None, [])  # as if it had not been
    keep_due()
    keep_due()
    assert sent() == ["Application received on 17 June 2026"]
    owed.refresh_from_db()
    assert owed.kept_at


def test_what_is_rolled_back_after_the_mail_is_sent_once_by_the_next_tick(owed):
    with transaction.atomic():
        keep(owed.key)
        assert len(sent()) == 1
        transaction.set_rollback(True)
    assert sent() == []
    keep_due()
    assert len(sent()) == 1


def test_an_outbox_that_has_the_letter_already_keeps_it_once(owed):
    keep(owed.key)
    Promise.objects.filter(pk=owed.key).update(kept_at=None)  # the record of it was lost
    assert keep(owed.key)
    assert len(sent()) == 1


def test_a_mail_server_that_took_the_letter_gets_it_again_under_its_own_number(owed, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with transaction.atomic():
        keep(owed.key)
        transaction.set_rollback(True)
    keep_due()
    keep_due()
    numbers = [message.message()["Message-ID"] for message in mail.outbox]
    assert numbers == [numbers[0]] * 2
