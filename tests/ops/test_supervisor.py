"""`make run`: everything starts, says where it is, stops in order and comes back as it was."""

import signal
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

import psycopg2
import pytest
import redis

from dps.embedded import supervisor
from dps.embedded.children import Child, Problem
from dps.embedded.places import HEARTBEAT, LONGEST, addresses, sockets
from dps.embedded.supervisor import Processes, keep_up
from tests.conftest import database_url
from tests.ops.supervised import (
    environment,
    eventually,
    free_port,
    left,
    order_of_ending,
    refused,
    supervised,
)

pytestmark = pytest.mark.xdist_group("live")


@pytest.fixture
def var(tmp_path):
    return tmp_path / "var"


def ask(var, statement):
    """Run SQL on the bundled database, from outside."""
    connection = psycopg2.connect(addresses(var, "test")[0])
    with connection, connection.cursor() as cursor:
        cursor.execute(statement)
        rows = cursor.fetchall() if cursor.description else []
    connection.close()
    return rows


def status(port):
    connection = HTTPConnection("127.0.0.1", int(port), timeout=10)
    connection.request("GET", "/")
    return connection.getresponse().status


def stop(product):
    """Told to stop, it stops everything in its turn, all within ten seconds."""
    children = product.children()
    product.process.send_signal(signal.SIGTERM)
    assert order_of_ending(children) == ["web", "worker", "beat", "redis", "postgres"]
    assert product.process.wait(timeout=1) == 0


def test_it_stops_in_turn_and_comes_back_with_the_same_data_whatever_was_killed(tmp_path):
    var = tmp_path / ("a folder too long for a socket " * 4) / "var"
    var.parent.mkdir()
    with supervised(var) as first:
        assert status(first.port) < 400
        ask(var, "create table kept as select 'as it was' as word")
        stop(first)
        assert left(var) == []
        assert not sockets(var).exists()
    with supervised(var) as second:
        assert ask(var, "select word from kept") == [("as it was",)]
        assert_what_stops_is_started_again(second, var)
        assert ask(var, "select word from kept") == [("as it was",)]
        assert len(left(var)) >= 6
        second.process.kill()
        second.process.wait()
        eventually(lambda: left(var) == [])


def killed(product, name):
    """Killed, and there again."""
    before = product.children()[name]
    before.kill()
    eventually(lambda: product.children().get(name, before) != before, seconds=30)


def assert_what_stops_is_started_again(product, var):
    for name in ("web", "worker", "beat", "redis", "postgres"):
        killed(product, name)
    with redis.Redis.from_url(addresses(var, "test")[1]) as client:
        eventually(lambda: client.exists(HEARTBEAT), seconds=60)
    eventually(lambda: status(product.port) < 400)


def test_what_stops_for_the_fourth_time_stops_everything_and_one_line_says_why(tmp_path):
    lasting = [sys.executable, "-c", "import time; time.sleep(99)"]
    failing = [sys.executable, "-c", "print('no such queue'); exit(1)"]
    with Processes({}, tmp_path) as processes:
        for name, command in {"web": lasting, "beat": failing}.items():
            child = Child(name, command, env={}, log=tmp_path / f"{name}.log")
            processes.add(child)
            child.start()
        with pytest.raises(Problem, match=r"^beat stopped 4 times: no such queue \(/.*beat.log\)$"):
            keep_up(processes)
        web = processes.children["web"]
        assert web.is_running
        assert (tmp_path / "beat.log").read_text() == "no such queue\n" * 4
    assert not web.is_running


def test_with_servers_named_it_starts_none_of_its_own(transactional_db, var):
    with supervisor.thrown_away("redis") as (folder, _):
        _, redis_url = addresses(folder, "test")
        with supervised(var, DATABASE_URL=database_url(), REDIS_URL=redis_url) as product:
            assert set(product.children()) == {"web", "worker", "beat"}
            assert status(product.port) < 400
            assert not (var / "postgres").exists()
            with redis.Redis.from_url(redis_url) as client:
                assert client.exists(HEARTBEAT)
            product.process.send_signal(signal.SIGINT)
            assert product.process.wait(timeout=10) == 0
            assert left(var) == []


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (
            {"DATABASE_URL": "postgresql://u:unsaid@127.0.0.1:1/test_x"},
            "No database at DATABASE_URL (connection to server at",
        ),
        ({"REDIS_URL": "redis://127.0.0.1:1/0"}, "No Redis at REDIS_URL: start it, correct"),
        ({"PORT": "http"}, "PORT is a number up to 65535, not http"),
        ({"VAR_DIR": "/dev/null/var"}, "Cannot write in /dev/null/var (Not a directory): set"),
    ],
)
def test_what_is_in_the_way_is_one_line_that_says_what_to_do(var, given, line):
    said = refused(var, **given)
    assert line in said
    assert said.count("\n") == 1
    assert "unsaid" not in said
    assert left(var) == []


def test_a_port_in_use_is_named_before_anything_is_started(var):
    port = free_port()
    with supervisor.listening(int(port)):
        said = refused(var, PORT=port)
    assert said == (
        f"Port {port} is not free (Address already in use): stop what uses it,"
        " or choose another: make run PORT=8001\n"
    )
    assert not (var / "postgres").exists()


def test_there_is_one_at_a_time(var):
    with supervisor.alone(var):
        assert refused(var).startswith("Already running (process ")


def test_a_full_disk_is_said_at_once(var, monkeypatch):
    monkeypatch.setattr(supervisor, "LEAST_SPACE", 10**9)
    with pytest.raises(Problem, match=r"MB free for .*, 1000000000 needed: make room"):
        supervisor.alone(var).__enter__()


def test_a_failing_migration_is_one_line(var):
    said = refused(var, SEALING_KEYS="not a key")
    assert said.startswith("`manage.py migrate` failed: ")
    assert said.count("\n") == 1
    assert left(var) == []


@pytest.mark.parametrize(
    ("folder", "is_elsewhere"),
    [("/srv/dps/var", False), ("/srv/" + "x" * 90, True), ("/srv/with space/var", True)],
)
def test_a_socket_has_a_path_that_is_short_and_plain(folder, is_elsewhere):
    path = f"{sockets(Path(folder))}/postgres/.s.PGSQL.5432"
    assert len(path) <= LONGEST
    assert " " not in path
    assert (sockets(Path(folder)) != Path(folder)) is is_elsewhere


ASKS = """
import os, sys, psycopg2, redis
connection = psycopg2.connect(os.environ["DATABASE_URL"])
print(connection.info.dbname, redis.Redis.from_url(os.environ["REDIS_URL"]).ping())
sys.exit(7)
"""


def test_a_command_is_given_servers_to_throw_away_and_its_exit_code_passed_on(var):
    command = [sys.executable, "-m", "dps.embedded", "with", "--", sys.executable, "-c", ASKS]
    ran = subprocess.run(
        command, cwd=supervisor.ROOT, env=environment(var), capture_output=True, text=True
    )
    assert (ran.stdout, ran.returncode) == ("test_dps True\n", 7)
    assert left(var) == []


def test_told_to_stop_it_stops_the_command_and_its_servers(var):
    asleep = "import time; print('here', flush=True); time.sleep(99)"
    command = [sys.executable, "-m", "dps.embedded", "with", "--", sys.executable, "-c", asleep]
    process = subprocess.Popen(
        command, cwd=supervisor.ROOT, env=environment(var), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "here\n"
    process.terminate()
    assert process.wait(timeout=10) != 0
    process.stdout.close()
    assert left(var) == []
