"""The demo, in order: scheme, people, providers, older rounds in bulk, last weeks by actions."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction

from dps.actions.calendar import load_bank_holidays
from dps.calendar import months_after
from dps.clock import pretending
from dps.demo import history, people, placed, returned, vacancies, weeks
from dps.models import Grant, the_system
from lots.actions import loading as scheme_loading
from lots.actions import terms
from lots.loading import files
from lots.models import Scheme

FIRST_DAY, LAST_DAY = date(2024, 1, 1), date(2028, 8, 31)
KENT, OTHER = "kent-everyday-life.yaml", "second-example.yaml"
ROUND_OPENED_BEFORE = timedelta(days=35)  # so that the last round has closed and is being decided


class NotThatDay(Exception):
    """The demo cannot be placed on that day."""


def is_loaded() -> bool:
    return Grant.objects.filter(user__email=people.STAFF[0].email).exists()


def load(day: date, say=print) -> None:
    """Load all of it, or nothing, as it would stand on a day between FIRST_DAY and LAST_DAY."""
    if not FIRST_DAY <= day <= LAST_DAY:
        first, last = f"{FIRST_DAY:%-d %B %Y}", f"{LAST_DAY:%-d %B %Y}"
        raise NotThatDay(f"The demo's day lies between {first} and {last}")
    with transaction.atomic():
        load_bank_holidays(by=the_system())
        say("Loading the schemes")
        with pretending(at_nine(people.SINCE)):
            kent, other = load_scheme(KENT), load_scheme(OTHER)
        place_schedule(kent, day)
        kent = Scheme.objects.get(pk=kent.pk)  # with its schedule as it now is
        say("Loading people and providers")
        people.staff(kent.authority, people.STAFF)
        people.staff(other.authority, people.NEIGHBOURS)
        say("Loading the rounds of the past")
        history.load(kent, day)
        say("Loading the people supported, and their placements")
        placed.load(kent, day)
        say("Loading the returns of past periods")
        returned.load(kent, day)
        say("Living through the last weeks")
        weeks.live(kent, day)
        vacancies.confirm(kent, day)


def load_scheme(name: str) -> Scheme:
    file = files.read((settings.BASE_DIR / "schemes" / name).read_bytes())
    authority = scheme_loading.lead_of(file)
    return scheme_loading.load(authority, file=file, by=the_system()).scheme


def place_schedule(scheme: Scheme, day: date) -> None:
    """Move the schedule so that the day falls between two rounds, the last one just closed."""
    schedule = scheme.schedule
    first = day - ROUND_OPENED_BEFORE
    while months_after(first, -schedule.every_months) >= schedule.first_opens_on:
        first = months_after(first, -schedule.every_months)
    terms.change(schedule, first_opens_on=first, why="Placed for the demo's day", by=the_system())


def at_nine(day: date) -> datetime:
    """Nine in the morning of a day, UTC."""
    return datetime.fromisoformat(f"{day}T09:00:00+00:00")
