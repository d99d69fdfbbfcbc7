"""Runs the whole product on one machine: servers, web, worker, beat; and stops them in order."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import redis

from dps.embedded import servers
from dps.embedded.children import (
    TELLS_US,
    Child,
    Problem,
    ends_with_parent,
    last_line,
    undisturbed,
    until,
)
from dps.embedded.places import HEARTBEAT, addresses, sockets

ROOT = Path(__file__).parent.parent.parent
# How production runs them too: docker-compose.yml has the same, and a test holds it to that.
COMMANDS = {
    "web": "python -m gunicorn dps.wsgi --preload --workers 2 --threads 4 --timeout 60"
    " --graceful-timeout 2 --no-control-socket",
    "worker": "python -m celery -A dps worker --concurrency 2 --loglevel INFO"
    " --without-gossip --without-mingle",
    "beat": "python -m celery -A dps beat --scheduler celery.beat:Scheduler --loglevel INFO"
    " --pidfile=",
}
STOPPED_IN_TURN = ("web", "worker", "beat", "redis", "postgres")
PATIENCE = {"web": 2.2, "worker": 3.5, "beat": 0.7}  # seconds; with the servers' under nine
STARTING = 120  # seconds, on a machine that is busy with other things
RESTARTS = 3
LEAST_SPACE = 300  # megabytes


class Stopped(BaseException):
    """Somebody asked us to stop."""


def say(words: str) -> None:
    with suppress(OSError):  # whoever read it may have gone; the product goes on
        print(words, flush=True)


class Processes:
    """The children by name; on leaving, all are stopped in their turn, or killed where nothing of
    theirs is to be kept."""

    def __init__(self, env: dict[str, str], logs: Path, is_thrown_away: bool = False):
        self.env, self.logs, self.is_thrown_away = env, logs, is_thrown_away
        self.children: dict[str, Child] = {}

    def __enter__(self) -> "Processes":
        return self

    def __exit__(self, *why) -> None:
        with undisturbed():
            for name in STOPPED_IN_TURN:
                if child := self.children.get(name):
                    if self.is_thrown_away and child.is_running:
                        child.kill()
                    child.stop()

    def add(self, child: Child) -> None:
        self.children[child.name] = child

    def start(self, name: str, listener: socket.socket | None = None) -> None:
        """Start web (on a port that we hold), worker or beat."""
        env, fds = self.env, []
        if listener:
            fds = [listener.fileno()]
            env = env | {"GUNICORN_CMD_ARGS": f"--bind fd://{listener.fileno()}"}
        child = Child(
            name,
            [sys.executable, *COMMANDS[name].split()[1:]],
            env=env,
            log=self.logs / f"{name}.log",
            cwd=ROOT,
            fds=fds,
            orphaned_by=signal.SIGTERM if name == "web" else signal.SIGKILL,
            patience=PATIENCE[name],
        )
        self.add(child)
        child.start()

    def start_product(self, listener: socket.socket) -> None:
        """Web, worker and beat, until all three are seen to work."""
        with redis.Redis.from_url(self.env["REDIS_URL"]) as client:
            client.delete(HEARTBEAT)
            for name in COMMANDS:
                self.start(name, listener if name == "web" else None)
            web, worker, beat = (self.children[name] for name in COMMANDS)
            until(lambda: self.page_answers(listener), web, STARTING, "The web server")
            is_seen = partial(client.exists, HEARTBEAT)
            until(lambda: is_seen() or not beat.is_running, worker, STARTING, "The worker")
            until(is_seen, beat, 1, "Beat")

    def page_answers(self, listener: socket.socket) -> bool:
        """Whether the first page comes, be it to say where else to go."""
        connection = HTTPConnection(*listener.getsockname(), timeout=10)
        try:
            with closing(connection):
                connection.request("GET", "/")
                status = connection.getresponse().status
        except (OSError, HTTPException):
            return False
        if status >= 500:
            raise Problem(f"The first page fails ({status}): {self.children['web'].last_words()}")
        return True


def run(environment: Mapping[str, str] = os.environ) -> None:
    """Start everything, say where it is, and keep it up until told to stop."""
    var = Path(environment.get("VAR_DIR") or ROOT / "var").resolve()
    with stops_when_told(), alone(var), listening(port_of(environment)) as listener:
        logs = fresh_logs(var)
        port = listener.getsockname()[1]
        env = {"ENVIRONMENT": "development", "BASE_URL": f"http://localhost:{port}", **environment}
        database_url, redis_url = addresses(var, env["ENVIRONMENT"])
        env |= {"VAR_DIR": str(var)}
        env |= {"DATABASE_URL": environment.get("DATABASE_URL") or database_url}
        env |= {"REDIS_URL": environment.get("REDIS_URL") or redis_url}
        with Processes(env, logs) as processes:
            start_servers(processes, environment, var)
            say("Bringing the database up to date")
            manage(env, logs, "migrate", "--verbosity", "0")
            has_demo = env["ENVIRONMENT"] == "development"
            if has_demo:
                say("Loading the demo, once")
                manage(env, logs, "load_demo", "--once", is_shown=True)
            say("Starting web, worker and beat")
            processes.start_product(listener)
            say(f"\nReady: {env['BASE_URL']}\n")
            if has_demo:
                manage(env, logs, "demo_sign_ins", is_shown=True)
            say(f"\nLogs are in {logs}. Ctrl-C stops everything.")
            try:
                keep_up(processes)
            finally:
                say("\nStopping")
    say("Stopped.")


def start_servers(processes: Processes, environment: Mapping[str, str], var: Path) -> None:
    """The bundled ones, or those that the environment names."""
    if environment.get("DATABASE_URL"):
        servers.require_database(environment["DATABASE_URL"])
    else:
        say("Starting PostgreSQL")
        processes.add(servers.start_postgres(var, processes.logs))
        servers.make_database(processes.env["DATABASE_URL"])
    if environment.get("REDIS_URL"):
        servers.require_redis(environment["REDIS_URL"])
    else:
        say("Starting Redis")
        processes.add(servers.start_redis(var, processes.logs))


def keep_up(processes: Processes) -> None:
    """Restart what stops by itself, three times each; then say so and give up."""
    restarts = dict.fromkeys(processes.children, 0)
    while True:
        time.sleep(0.5)
        for name, child in processes.children.items():
            if child.is_running:
                continue
            words = child.last_words()
            child.kill()
            restarts[name] += 1
            if restarts[name] > RESTARTS:
                raise Problem(f"{name} stopped {restarts[name]} times: {words} ({child.log})")
            say(f"{name} stopped by itself ({words}): starting it again")
            child.start()


def manage(env: dict[str, str], logs: Path, *command: str, is_shown: bool = False) -> None:
    """Run one of Django's commands to its end."""
    log = logs / f"{command[0]}.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=None if is_shown else output,
            stderr=output,
            start_new_session=True,
            preexec_fn=ends_with_parent(signal.SIGKILL),
        )
        try:
            status = process.wait()
        finally:
            process.kill()
    if status:
        raise Problem(f"`manage.py {command[0]}` failed: {last_line(log)} (all of it: {log})")


@contextmanager
def stops_when_told() -> Iterator[None]:
    """SIGTERM, Ctrl-C and a closed terminal stop us, once; on Linux so does the end of `make`."""

    def stop(number, frame):
        for each in TELLS_US:
            signal.signal(each, signal.SIG_IGN)
        raise Stopped

    before = {each: signal.signal(each, stop) for each in TELLS_US}
    if os.environ.get("MAKELEVEL"):
        ends_with_parent(signal.SIGTERM, os.getppid())()
    try:
        yield
    except Stopped:
        pass
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


@contextmanager
def alone(var: Path) -> Iterator[None]:
    """One supervisor on one folder, with room to work in."""
    try:
        var.mkdir(parents=True, exist_ok=True)
        lock = (var / "lock").open("a+")
    except OSError as problem:
        raise Problem(f"Cannot write in {var} ({problem.strerror}): set VAR_DIR") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            other = lock.read().strip()
            raise Problem(f"Already running (process {other}): stop that one first") from None
        free = shutil.disk_usage(var).free // 2**20
        if free < LEAST_SPACE:
            raise Problem(f"{free} MB free for {var}, {LEAST_SPACE} needed: make room") from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        try:
            yield
        finally:
            if sockets(var) != var:
                shutil.rmtree(sockets(var), ignore_errors=True)


def port_of(environment: Mapping[str, str]) -> int:
    port = environment.get("PORT") or "8000"
    if not (port.isdecimal() and int(port) < 65536):
        raise Problem(f"PORT is a number up to 65535, not {port}")
    return int(port)


@contextmanager
def listening(port: int, host: str = "127.0.0.1") -> Iterator[socket.socket]:
    """The port, taken before anything is started."""
    try:
        listener = socket.create_server((host, port), backlog=2048)
    except OSError as problem:
        why = f"Port {port} is not free ({os.strerror(problem.errno)})"
        what_to_do = "stop what uses it, or choose another: make run PORT=8001"
        raise Problem(f"{why}: {what_to_do}") from None
    with listener:
        yield listener


def fresh_logs(var: Path) -> Path:
    """The folder of logs; those of the run before are kept once, as *.log.before."""
    logs = var / "log"
    logs.mkdir(exist_ok=True)
    for log in logs.glob("*.log"):
        log.rename(f"{log}.before")
    return logs


@contextmanager
def thrown_away(*names: str) -> Iterator[tuple[Path, Processes]]:
    """Servers by name in a folder of their own, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="dps-"))
    folder.chmod(0o755)
    try:
        with Processes({}, folder) as processes:
            if "postgres" in names:
                processes.add(servers.start_postgres(folder, folder, is_thrown_away=True))
            if "redis" in names:
                processes.add(servers.start_redis(folder, folder))
            yield folder, processes
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_with_servers(command: list[str]) -> int:
    """Run a command in the test environment with servers that are thrown away after it."""
    with stops_when_told(), thrown_away("postgres", "redis") as (folder, _):
        database_url, redis_url = addresses(folder, "test")
        servers.make_database(database_url)
        env = {"ENVIRONMENT": "test", "TICK_SECONDS": "1", **os.environ, "VAR_DIR": str(folder)}
        env |= {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
        preexec = ends_with_parent(signal.SIGTERM)
        process = subprocess.Popen(command, env=env, preexec_fn=preexec)
        try:
            return process.wait()
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
    return 130


@contextmanager
def live(folder: Path, **environment: str) -> Iterator[Processes]:
    """The product as it runs, for tests: web on a free port, worker and beat, and a Redis of its
    own, so that its clock is its own. `folder` keeps logs and uploads. In `.env`: BASE_URL,
    REDIS_URL. DATABASE_URL has to be there, migrated."""
    with listening(0) as listener, thrown_away("redis") as (own, _):
        base_url = f"http://localhost:{listener.getsockname()[1]}"
        env = {"TICK_SECONDS": "1", **os.environ, "VAR_DIR": str(folder), "BASE_URL": base_url}
        env |= {"REDIS_URL": addresses(own, "test")[1], **environment}
        with Processes(env, folder, is_thrown_away=True) as processes:
            processes.start_product(listener)
            yield processes
