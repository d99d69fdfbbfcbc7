"""What a request asks the database once, however many of its parts want to know."""

from collections.abc import Callable, Hashable
from contextvars import ContextVar

_answers: ContextVar[dict | None] = ContextVar("answers", default=None)


def once(key: Hashable, ask: Callable):
    """The answer to a question; within a request the first one stands. Elsewhere it is asked each
    time."""
    known = _answers.get()
    if known is None:
        return ask()
    if key not in known:
        known[key] = ask()
    return known[key]


def forget() -> None:
    """What was answered may no longer be so: an action that waited for a row asks again."""
    if known := _answers.get():
        known.clear()


def asks_once(get_response):
    """Middleware: begins each request with nothing known."""

    def middleware(request):
        token = _answers.set({})
        try:
            return get_response(request)
        finally:
            _answers.reset(token)

    return middleware
