"""Financial years, and how far into them a day is."""

from datetime import date

from providers.calculations.periods import Period, period_of


def year_of(day: date) -> Period:
    """The financial year that a day lies in: 1 April to 31 March."""
    return period_of("yearly", day)


def year_from(begins: int) -> Period:
    """The financial year that begins in a calendar year."""
    return year_of(date(begins, 4, 1))


def a_year_before(day: date) -> date:
    """The same day of the year before; 28 February for the 29th."""
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 2, 28)
    return day.replace(year=day.year - 1)


def said(year: Period) -> str:
    return f"{year.from_on.year} to {year.until_on.year}"
