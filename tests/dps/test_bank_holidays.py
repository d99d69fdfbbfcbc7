from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from dps.actions.calendar import load_bank_holidays
from dps.bank_holidays import LAST_YEAR
from dps.calendar import working_days_beginning_with
from dps.models import BankHoliday, Event, the_system
from dps.models.calendar import Part
from tests.calendars import ANY_PART, PROCLAIMED_SINCE, calendar

pytestmark = pytest.mark.django_db


def load():
    out = StringIO()
    call_command("load_bank_holidays", stdout=out)
    return out.getvalue().splitlines()


def test_the_table_holds_what_both_sources_say():
    load()
    for part in ANY_PART:
        stored = BankHoliday.objects.calendar(part)
        known = {day for day in stored.holidays if day.year in range(2012, 2029)}
        assert known == calendar(part).holidays
    assert {row.day.year for row in BankHoliday.objects.all()} == set(range(2012, LAST_YEAR + 1))


def test_the_day_on_which_the_sources_differ_is_listed():
    first, *differences = load()
    assert first == f"{BankHoliday.objects.count()} bank holidays added"
    assert [(Part.SCOTLAND, date(2026, 6, 15))] == list(PROCLAIMED_SINCE)
    name = "Scotland's participation in the FIFA World Cup final"
    said = f"not in the government's list, worked out as {name}"
    assert differences == [f"Scotland, 15 June 2026: {said}"]


def test_to_load_again_adds_nothing():
    load()
    rows = set(BankHoliday.objects.values_list("pk", "day", "part", "name"))
    assert load()[0] == "0 bank holidays added"
    assert set(BankHoliday.objects.values_list("pk", "day", "part", "name")) == rows


def test_what_was_entered_by_hand_stays_and_is_listed():
    load()
    row = BankHoliday.objects.create(day=date(2027, 9, 1), name="Proclaimed", part=Part.WALES)
    assert (
        "Wales, 1 September 2027: in neither source: Proclaimed, entered by hand, or since moved"
        in load()
    )
    row.refresh_from_db()
    assert row.name == "Proclaimed"


def test_a_holiday_that_comes_late_is_noted_and_the_first_loading_is_not():
    load()
    assert not Event.objects.exists()
    BankHoliday.objects.filter(day=date(2026, 6, 15)).delete()
    (added,) = load_bank_holidays(by=the_system()).added
    event = Event.objects.get()
    assert (event.verb, str(event.subject_id)) == ("dps.bankholiday.added", str(added.pk))
    assert event.data == {"day": "2026-06-15", "part": "scotland"}


def test_a_calendar_of_several_parts_keeps_the_holidays_of_all():
    load()
    anywhere = BankHoliday.objects.calendar(*ANY_PART)
    assert anywhere.parts == set(ANY_PART)
    assert working_days_beginning_with(date(2026, 6, 8), 8, anywhere) == date(2026, 6, 18)
    england = BankHoliday.objects.calendar("england")
    assert working_days_beginning_with(date(2026, 6, 8), 8, england) == date(2026, 6, 17)


def test_a_part_that_is_not_loaded_has_the_days_that_loading_adds(django_assert_num_queries):
    with django_assert_num_queries(1):
        unloaded = BankHoliday.objects.calendar(*ANY_PART)
    load()
    assert BankHoliday.objects.calendar(*ANY_PART) == unloaded
    BankHoliday.objects.filter(part=Part.SCOTLAND).exclude(day=date(2026, 6, 15)).delete()
    assert BankHoliday.objects.calendar("scotland").holidays == {date(2026, 6, 15)}


def test_a_calendar_is_of_some_part():
    with pytest.raises(ValueError, match="Name a part"):
        BankHoliday.objects.calendar()


def test_the_database_holds_a_day_once_for_a_part_that_there_is():
    BankHoliday.objects.create(day=date(2026, 12, 25), name="Christmas Day", part=Part.ENGLAND)
    for part, constraint in [(Part.ENGLAND, "bank_holiday_once"), ("cornwall", "part_known")]:
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            BankHoliday.objects.create(day=date(2026, 12, 25), name="Again", part=part)
