"""Processes that we start, and that end with us however we end."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

TELLS_US = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class Problem(Exception):
    """What is in the way and what to do about it, in one line."""


def ends_with_parent(sent: signal.Signals, parent: int | None = None) -> Callable[[], None]:
    """For a new process, before its program starts: on Linux it is sent this when we are gone."""
    parent = parent or os.getpid()

    def before_start():
        if LIBC:
            LIBC.prctl(PR_SET_PDEATHSIG, int(sent))
        if os.getppid() != parent:
            os._exit(1)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, TELLS_US)

    return before_start


@contextmanager
def undisturbed() -> Iterator[None]:
    """Whoever tells us to stop waits until this is done."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, TELLS_US)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Child:
    """A process with a log of its own, in a session of its own: a Ctrl-C at the terminal reaches
    us alone, and we stop it in its turn.

    `stopped_by` asks it to stop; after `patience` seconds it and all that it started are killed.
    `orphaned_by` is what it gets when we are killed.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        env: dict[str, str],
        log: Path,
        cwd: Path | None = None,
        fds: Sequence[int] = (),
        stopped_by: signal.Signals = signal.SIGTERM,
        orphaned_by: signal.Signals = signal.SIGKILL,
        patience: float = 2,
    ):
        self.name, self.command, self.env, self.log, self.cwd = name, command, env, log, cwd
        self.fds, self.stopped_by, self.orphaned_by = fds, stopped_by, orphaned_by
        self.patience = patience
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        with self.log.open("ab") as log, undisturbed():
            self.process = subprocess.Popen(
                self.command,
                env=self.env,
                cwd=self.cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=self.fds,
                start_new_session=True,
                preexec_fn=ends_with_parent(self.orphaned_by),
            )

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Ask, wait, and kill what is left of it. Safe when it has ended or never started."""
        if self.process is None:
            return
        if self.is_running:
            self.process.send_signal(self.stopped_by)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(self.patience)
        self.kill()

    def kill(self) -> None:
        """Kill it and all that it started, at once."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def last_words(self) -> str:
        return last_line(self.log)


def last_line(log: Path) -> str:
    """The last line that says something: of a traceback, the exception."""
    lines = log.read_text(errors="replace").split("\n") if log.exists() else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "nothing was said")


def until(is_ready: Callable[[], bool], child: Child, seconds: float, what: str) -> None:
    """Wait until it is ready; a child that ends first, or is not ready in time, is a Problem."""
    deadline = time.monotonic() + seconds
    while not is_ready():
        if not child.is_running:
            raise Problem(f"{what} stopped: {child.last_words()} (all of it: {child.log})")
        if time.monotonic() > deadline:
            raise Problem(f"{what} did not answer in {seconds:.0f} s; look in {child.log}")
        time.sleep(0.05)
