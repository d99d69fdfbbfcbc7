"""The bank holidays of the United Kingdom from two sources that do not know each other."""

import json
from datetime import date
from functools import cache
from pathlib import Path

from holidays import country_holidays

from dps.calendar import Calendar

LIST = Path(__file__).parent.parent / "vendor" / "bank-holidays" / "bank-holidays.json"
ANY_PART = ("england", "wales", "scotland", "northern_ireland")
DIVISIONS = {"england": "england-and-wales", "wales": "england-and-wales"}
SUBDIVISIONS = {"england": "ENG", "wales": "WLS", "scotland": "SCT", "northern_ireland": "NIR"}
PUBLISHED_YEARS = range(2012, 2029)

# Proclaimed on 3 February 2026 for Scotland alone; the published list that we hold is older.
PROCLAIMED_SINCE = {("scotland", date(2026, 6, 15))}


@cache
def published(part: str) -> frozenset[date]:
    """The government's list, as we hold it."""
    division = DIVISIONS.get(part, part.replace("_", "-"))
    events = json.loads(LIST.read_text())[division]["events"]
    return frozenset(date.fromisoformat(event["date"]) for event in events)


@cache
def worked_out(part: str) -> frozenset[date]:
    """What the `holidays` library says; the weekend days that it names too are left out."""
    named = country_holidays("GB", subdiv=SUBDIVISIONS[part], years=PUBLISHED_YEARS)
    return frozenset(day for day in named if day.weekday() < 5)


def brought_up_to_date(part: str) -> frozenset[date]:
    return published(part) | {day for of, day in PROCLAIMED_SINCE if of == part}


def calendar(*parts: str, source=worked_out) -> Calendar:
    return Calendar(frozenset(parts), frozenset().union(*map(source, parts)))


ENGLAND = calendar("england")
ANYWHERE = calendar(*ANY_PART)
