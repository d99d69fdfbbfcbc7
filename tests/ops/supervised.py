"""The supervisor in a process of its own, as `make run` starts it, and the processes it leaves."""

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import psutil

from dps.embedded.supervisor import ROOT, STOPPED_IN_TURN

OURS = ("DATABASE_URL", "REDIS_URL", "PORT", "BASE_URL", "MAKELEVEL")
SAID_BY = {  # what tells each child's command line apart
    "web": "gunicorn",
    "worker": " worker ",
    "beat": " beat ",
    "redis": "redis-server",
    "postgres": "bin/postgres",
}


def environment(var, **given):
    """An environment in which the supervisor starts everything itself, in the folder `var`."""
    kept = {name: value for name, value in os.environ.items() if name not in OURS}
    return kept | {"VAR_DIR": str(var), "ENVIRONMENT": "test", "TICK_SECONDS": "1"} | given


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return str(listener.getsockname()[1])


def refused(var, **given):
    """What it says when it does not start; it must not start."""
    given = {"PORT": free_port()} | given
    ran = subprocess.run(
        [sys.executable, "-m", "dps.embedded", "run"],
        cwd=ROOT,
        env=environment(var, **given),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.returncode == 1
    return ran.stderr


class Supervised:
    def __init__(self, process, output, port):
        self.process, self.output, self.port = process, output, port

    def children(self):
        """The processes that it watches, by name."""
        found = {}
        for child in psutil.Process(self.process.pid).children():
            if running(child):
                called = " ".join(child.cmdline())
                found |= {name: child for name, part in SAID_BY.items() if part in called}
        return found

    def said(self):
        return self.output.read_text()


@contextmanager
def supervised(var, **given):
    """Started and ready. Killed at the end if it still runs."""
    port = free_port()
    output = var.parent / "said"
    with output.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "dps.embedded", "run"],
            cwd=ROOT,
            env=environment(var, PORT=port, **given),
            stdout=said,
            stderr=said,
        )
    started = Supervised(process, output, port)
    try:
        eventually(lambda: "Ctrl-C" in started.said() or process.poll() is not None, seconds=240)
        assert process.poll() is None, started.said()
        yield started
    finally:
        process.kill()
        process.wait()


def eventually(is_so, seconds=10, every=0.1):
    """Wait until it is so; how long it took, in seconds."""
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < seconds, f"not so after {seconds} s"
        time.sleep(every)
    return time.monotonic() - began


def left(var):
    """The processes that were started for the folder `var` and still run."""
    running = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("VAR_DIR") == str(var):
                running.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue  # it has just ended, or is not ours to ask
    return running


def order_of_ending(children):
    """The names of children as they end."""
    order = []
    names = list(STOPPED_IN_TURN)

    def all_ended():
        order.extend(n for n in names if n not in order and not running(children[n]))
        return len(order) == len(names)

    eventually(all_ended, every=0.01)
    return order


def running(process):
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
