"""The only now. In the test environment it can be moved, for every process at once."""

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import redis
from django.conf import settings

OFFSET = "dps.clock.offset"  # seconds
UK = ZoneInfo("Europe/London")


_pretended: ContextVar[datetime | None] = ContextVar("pretended", default=None)


def now() -> datetime:
    """The present instant in UTC. Elsewhere than in the test environment nothing can move it, but
    for a process that loads the demo."""
    if pretended := _pretended.get():
        return pretended
    real = datetime.now(UTC)
    return real + moved_by() if settings.ENVIRONMENT == "test" else real


def today() -> date:
    """The present day in the United Kingdom."""
    return now().astimezone(UK).date()


def moved_by() -> timedelta:
    return timedelta(seconds=float(_redis(settings.REDIS_URL).get(OFFSET) or 0))


def move_by(offset: timedelta) -> None:
    """Set the clock of the whole product ahead (or back) of the real one. Test environment only."""
    if settings.ENVIRONMENT != "test":
        raise RuntimeError("only the clock of the test environment can be moved")
    _redis(settings.REDIS_URL).set(OFFSET, offset.total_seconds())


@contextmanager
def pretending(instant: datetime):
    """Let this process act as at an instant: so the demo's last weeks come through the actions.
    Refused in production."""
    if settings.IN_PRODUCTION:
        raise RuntimeError("there is no pretending in production")
    token = _pretended.set(instant)
    try:
        yield
    finally:
        _pretended.reset(token)


@cache
def _redis(url):
    return redis.Redis.from_url(url)
