"""The bank holidays that come with the product, from two sources that do not know each other."""

from datetime import date
from functools import cache

from govuk_bank_holidays.bank_holidays import BankHolidays
from holidays import country_holidays

from dps.calendar import SATURDAY

Days = dict[date, str]  # a day and what it is called

LAST_YEAR = 2032
DIVISIONS = {
    "england": BankHolidays.ENGLAND_AND_WALES,
    "wales": BankHolidays.ENGLAND_AND_WALES,
    "scotland": BankHolidays.SCOTLAND,
    "northern_ireland": BankHolidays.NORTHERN_IRELAND,
}
SUBDIVISIONS = {"england": "ENG", "wales": "WLS", "scotland": "SCT", "northern_ireland": "NIR"}


@cache
def published(part: str) -> Days:
    """The government's own list, as it came with govuk-bank-holidays."""
    events = BankHolidays(use_cached_holidays=True).get_holidays(division=DIVISIONS[part])
    return {event["date"]: event["title"] for event in events}


@cache
def worked_out(part: str) -> Days:
    """What the `holidays` library says, from the first year of the government's list to 2032. It
    names the weekend days too on which a holiday falls that is kept later; they are left out."""
    years = range(min(published(part)).year, LAST_YEAR + 1)
    named = country_holidays("GB", subdiv=SUBDIVISIONS[part], years=years)
    return {day: name for day, name in named.items() if day.weekday() < SATURDAY}


def shipped(part: str) -> Days:
    """The days that either source has, called as the government calls them. One proclaimed late
    may be in one alone, and no source takes a working day for a holiday."""
    return worked_out(part) | published(part)


def differing(part: str, stored: Days) -> dict[date, str]:
    """What is to be said of each day that one source has alone, and each that neither has but the
    table. Beyond the end of the government's list the other source is alone by nature."""
    official, other = published(part), worked_out(part)
    last = max(official)
    said = {
        day: f"only in the government's list: {name}"
        for day, name in official.items()
        if day not in other
    }
    said |= {
        day: f"not in the government's list, worked out as {name}"
        for day, name in other.items()
        if day not in official and day <= last
    }
    return said | {
        day: f"in neither source: {name}, entered by hand, or since moved"
        for day, name in stored.items()
        if day not in official and day not in other
    }
