from dataclasses import dataclass

from django.db import transaction

from dps.actions import note
from dps.bank_holidays import differing, shipped
from dps.models import BankHoliday
from dps.models.calendar import Part


@dataclass(frozen=True)
class Loaded:
    """What a loading did: rows added; and a sentence for each day on which a source or the table
    stands alone, for somebody to look at."""

    added: list[BankHoliday]
    differences: list[str]


def load_bank_holidays(*, by) -> Loaded:
    """Add the bank holidays of every part that either source has and the table has not, up to the
    end of 2032. Nothing is changed or removed, and to load again adds nothing."""
    added, differences = [], []
    with transaction.atomic():
        for part in Part:
            stored = dict(BankHoliday.objects.filter(part=part).values_list("day", "name"))
            rows = [
                BankHoliday(day=day, name=name, part=part)
                for day, name in sorted(shipped(part).items())
                if day not in stored
            ]
            BankHoliday.objects.bulk_create(rows)
            for row in rows if stored else []:  # the first loading is set-up: no change to note
                note(row, "dps.bankholiday.added", by=by, day=row.day.isoformat(), part=part)
            added += rows
            said = differing(part, stored)
            differences += [
                f"{part.label}, {day.day} {day:%B %Y}: {said[day]}" for day in sorted(said)
            ]
    return Loaded(added, differences)
