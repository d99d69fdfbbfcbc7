"""Financial years: from 1 April to 31 March."""

from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True)
class FinancialYear:
    """The financial year that begins on 1 April of a year."""

    begins: int

    @property
    def from_on(self) -> date:
        return date(self.begins, 4, 1)

    @property
    def until_on(self) -> date:
        return date(self.begins + 1, 3, 31)

    @property
    def before(self) -> "FinancialYear":
        return FinancialYear(self.begins - 1)

    def until(self, day: date) -> date:
        """The last day of it that has come by a day."""
        return min(day, self.until_on)

    def same_day(self, day: date) -> date:
        """The day of this year that stands where a day of another financial year stands in its
        own; 28 February for a 29th that this year lacks."""
        year = self.begins + (day.month < 4)
        try:
            return day.replace(year=year)
        except ValueError:
            return date(year, 3, 1) - DAY

    def __str__(self) -> str:
        return f"{self.begins} to {self.begins + 1}"


def year_of(day: date) -> FinancialYear:
    """The financial year that a day lies in."""
    return FinancialYear(day.year - (day.month < 4))
