"""The only now. In the test environment it can be moved, for every process at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count
from time import perf_counter, sleep
from zoneinfo import ZoneInfo

import redis
from django.conf import settings

OFFSET = "dps.clock.offset"  # seconds
KEPT_FOR = 0.05  # seconds that a process goes by the offset it has read
UK = ZoneInfo("Europe/London")


_pretended: ContextVar[Iterator[datetime] | None] = ContextVar("pretended", default=None)
_offsets: dict[str, tuple[float, timedelta]] = {}  # by Redis: when it was read, and what


def now() -> datetime:
    """The present instant in UTC. Elsewhere than in the test environment nothing can move it, but
    for a process that loads the demo."""
    if pretended := _pretended.get():
        return next(pretended)
    real = datetime.now(UTC)
    return real + moved_by() if settings.ENVIRONMENT == "test" else real


def today() -> date:
    """The present day in the United Kingdom."""
    return now().astimezone(UK).date()


def moved_by() -> timedelta:
    url = settings.REDIS_URL
    read_at, offset = _offsets.get(url, (float("-inf"), timedelta()))
    if perf_counter() - read_at > KEPT_FOR:
        read_at = perf_counter()
        offset = timedelta(seconds=float(_redis(url).get(OFFSET) or 0))
        _offsets[url] = read_at, offset
    return offset


def move_by(offset: timedelta) -> None:
    """Set the clock of the whole product ahead (or back) of the real one: every process goes by it
    when this returns. Test environment only."""
    if settings.ENVIRONMENT != "test":
        raise RuntimeError("only the clock of the test environment can be moved")
    _redis(settings.REDIS_URL).set(OFFSET, offset.total_seconds())
    _offsets.clear()
    sleep(KEPT_FOR)


@contextmanager
def pretending(instant: datetime):
    """Let this process act as at an instant: so the demo's last weeks come through the actions. It
    is a microsecond on each time it is asked for, so that what was done in order is told in order.
    Refused in production."""
    if settings.IN_PRODUCTION:
        raise RuntimeError("there is no pretending in production")
    token = _pretended.set(instant + timedelta(microseconds=n) for n in count())
    try:
        yield
    finally:
        _pretended.reset(token)


@cache
def _redis(url):
    return redis.Redis.from_url(url)
