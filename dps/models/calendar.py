"""Bank holidays: a calendar is what the table says, so that a proclaimed one can be added."""

from datetime import date

from django.db import models

from dps.bank_holidays import shipped
from dps.calendar import Calendar
from dps.models.base import Setting, one_of, tracked


class Part(models.TextChoices):
    ENGLAND = "england", "England"
    WALES = "wales", "Wales"
    SCOTLAND = "scotland", "Scotland"
    NORTHERN_IRELAND = "northern_ireland", "Northern Ireland"


class BankHolidayQuerySet(models.QuerySet):
    def calendar(self, *parts: str) -> Calendar:
        """The calendar that keeps the holidays of all the parts named.

        A part that has no row yet has the days that `load_bank_holidays` would add: without them
        every day but a weekend would pass for a working day.
        """
        if not parts:
            raise ValueError("Name a part of the United Kingdom")
        stored: dict[str, set[date]] = {}
        for part, day in self.filter(part__in=parts).values_list("part", "day"):
            stored.setdefault(part, set()).add(day)
        kept = (stored.get(part) or shipped(part) for part in parts)
        return Calendar(parts=frozenset(parts), holidays=frozenset().union(*kept))


@tracked()
class BankHoliday(Setting):
    """A bank holiday in a part of the United Kingdom; where it falls on a weekend, the day that is
    kept instead."""

    day = models.DateField()
    name = models.CharField(max_length=100)
    part = models.CharField(choices=Part)

    objects = BankHolidayQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of("part", Part),
            models.UniqueConstraint(fields=["day", "part"], name="bank_holiday_once"),
        ]
        ordering = ["day", "part"]

    def __str__(self):
        return f"{self.name}, {self.get_part_display()}, {self.day.day} {self.day:%B %Y}"
