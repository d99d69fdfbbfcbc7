"""What templates say with: built in, so none of them loads it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial, wraps

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe

from dps import money, words
from dps.calendar import working_days_between
from dps.clock import now, today
from dps.told import spoken

register = template.Library()

NOTHING = "\N{EN DASH}"
AROUND_WORDS = ".,;:()“”\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}"


def _says_nothing_of_nothing(say: Callable) -> Callable:
    @wraps(say)
    def say_it(value, *more):
        return "" if value is None or value == "" else say(value, *more)

    return say_it


for _say in (
    words.uk_time,
    words.uk_date,
    words.uk_instant,
    words.uk_start,
    words.short_date,
    words.time_of_day,
    words.exact_time,
    words.fewer,
    words.counted,
    money.pounds,
):
    register.filter(_say.__name__, _says_nothing_of_nothing(_say))


@register.filter
def uk_day(day: date | datetime) -> str:
    """A day near this one: "Tuesday 17 November", with its year when that is another."""
    return words.near_day(day, today()) if day else ""


@register.filter
def when(instant: datetime) -> str:
    """When something happened: "Today at 9:31am", "Friday 20 November at 4:02pm"."""
    return words.when(instant, now()) if instant else ""


@register.simple_tag(takes_context=True)
def clock(context, due, verb="", past="", over=False):
    """What a clock says of `due` at this instant; `over` says that what is past is not late."""
    days = partial(working_days_between, calendar=context["frame"].calendar)
    said = {"verb": verb or "Due", "past": past or "Was due", "is_late": not over}
    return words.clock(due, now(), days=days, **said)


@register.simple_tag
def this_day() -> str:
    return words.uk_date(today())


@register.filter
def against(price: Decimal, budget: Decimal) -> str:
    """A price beside its budget: "£8.30 under budget"."""
    if price == budget:
        return "just the budget"
    over = "over" if price > budget else "under"
    return f"{money.pounds(abs(price - budget))} {over} budget"


@register.filter
def in_words(value) -> str:
    """Any value of a record as people read it."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime):
        return words.uk_instant(value)
    if isinstance(value, date):
        return words.uk_date(value)
    if isinstance(value, list | tuple | set):
        return ", ".join(in_words(each) for each in value) or NOTHING
    if isinstance(value, int):
        return f"{value:,}"
    return str(value)


@register.filter
def spoken_verb(verb: str) -> str:
    """What an audit event says was done, in plain words."""
    return spoken(verb)


@register.filter
def is_big(event) -> bool:
    """Whether an event changed the state of what it is about."""
    return bool(getattr(event, "is_big", False) or "start" in (getattr(event, "data", None) or {}))


@register.filter
def marked(text, wanted):
    """Text with the words that were looked for marked. `wanted` is those words, with spaces."""
    looked_for = {word.lower() for word in str(wanted or "").split()}
    said = []
    for word in str(text).split(" "):
        escaped = conditional_escape(word)
        found = word.strip(AROUND_WORDS).lower() in looked_for
        said.append(f"<mark>{escaped}</mark>" if found else escaped)
    return mark_safe(" ".join(said))  # noqa: S308 (each word is escaped)


@dataclass(frozen=True)
class Look:
    """How a state is shown: its word, the kind of its colour, its shape."""

    word: str
    kind: str
    shape: str


# By the value of the state, which records share. What is not here is under way.
LOOKS = {
    "draft": ("", "ring"),
    "not_started": ("", "ring"),
    "planned": ("", "ring"),
    "due": ("", "ring"),
    "closed": ("", "square"),
    "ended": ("", "square"),
    "expired": ("", "square"),
    "left": ("", "square"),
    "replaced": ("", "square"),
    "withdrawn": ("", "dash"),
    "cancelled": ("", "dash"),
    "declined": ("", "dash"),
    "not_admitted": ("", "dash"),
    "open": ("go", "dot"),
    "published": ("go", "dot"),
    "active": ("go", "dot"),
    "running": ("go", "dot"),
    "complete": ("go", "tick"),
    "admitted": ("go", "tick"),
    "effective": ("go", "tick"),
    "signed": ("go", "tick"),
    "accepted": ("go", "tick"),
    "paid": ("go", "tick"),
    "filed": ("go", "tick"),
    "in_force": ("go", "tick"),
    "approved": ("go", "tick"),
    "awarded": ("go", "tick"),
    "sealed": ("go", "seal"),
    "to_be_confirmed": ("warn", "look"),
    "disputed": ("warn", "look"),
    "suspended": ("stop", "look"),
    "removed": ("stop", "look"),
    "refused": ("stop", "look"),
    "failed": ("stop", "look"),
    "called_in": ("stop", "look"),
}


@register.filter
def look(record) -> Look:
    """How the state of a record is shown."""
    kind, shape = LOOKS.get(str(record.state), ("info", "half"))
    return Look(record.get_state_display(), kind, shape)


@register.filter
def way(states, current) -> dict:
    """The states of a record as a path: those behind it, the one it is in, those to come."""
    states = [str(state) for state in states]
    here = states.index(str(current)) if str(current) in states else -1
    steps = [
        {"word": word, "is_done": place < here, "is_current": place == here}
        for place, word in enumerate(states)
    ]
    return {"number": here + 1, "steps": steps}
