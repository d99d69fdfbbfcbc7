import csv
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dps import calendar as counters
from dps.calendar import (
    UK,
    Calendar,
    after_office_hours,
    at_local,
    calendar_days_beginning_with,
    calendar_days_from,
    clear_days_after,
    clear_days_before,
    clear_working_days_after,
    clear_working_days_before,
    end_of_day,
    has_working_days,
    last_working_day,
    local_day,
    months_after,
    noon,
    office_hours_between,
    period_ends_on,
    quarter_ends_on,
    rolled,
    start_of_day,
    working_days_after,
    working_days_beginning_with,
    working_days_between,
    working_days_late,
    working_days_left,
    years_after,
)
from tests.calendars import (
    ANY_PART,
    ANYWHERE,
    ENGLAND,
    PROCLAIMED_SINCE,
    brought_up_to_date,
    calendar,
    published,
    worked_out,
)

DAY = timedelta(days=1)
SOURCES = [brought_up_to_date, worked_out]


def on(text):
    return date.fromisoformat(text)


# The two sources


def test_the_two_sources_differ_on_one_day_alone():
    apart = {(part, day) for part in ANY_PART for day in published(part) ^ worked_out(part)}
    assert apart == PROCLAIMED_SINCE


# The vectors of the rules


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(
    ("received_on", "days", "last_on"),
    [
        ("2026-12-18", 10, "2027-01-06"),
        ("2026-12-18", 15, "2027-01-13"),
        ("2026-12-14", 10, "2026-12-30"),
        ("2026-12-14", 15, "2027-01-07"),
        ("2027-03-19", 10, "2027-04-06"),  # Easter: 26 and 29 March
    ],
)
def test_an_application_is_decided_in_working_days_after_its_receipt(
    received_on, days, last_on, source
):
    england = calendar("england", source=source)
    assert working_days_after(on(received_on), days, england) == on(last_on)


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(
    ("published_on", "ends_on", "in_england_alone"),
    [
        ("2026-07-06", "2026-07-16", "2026-07-15"),  # 13 July, Northern Ireland
        ("2026-06-08", "2026-06-18", "2026-06-17"),  # 15 June, Scotland
        ("2026-12-21", "2027-01-05", "2027-01-04"),  # 4 January, Scotland
        ("2026-07-04", "2026-07-16", "2026-07-15"),  # a Saturday does not count
    ],
)
def test_a_standstill_begins_with_its_day_and_skips_holidays_of_any_part(
    published_on, ends_on, in_england_alone, source
):
    anywhere, england = calendar(*ANY_PART, source=source), calendar("england", source=source)
    assert working_days_beginning_with(on(published_on), 8, anywhere) == on(ends_on)
    assert working_days_beginning_with(on(published_on), 8, england) == on(in_england_alone)


def test_a_calendar_without_the_late_proclamation_ends_a_standstill_a_day_early():
    stale = calendar(*ANY_PART, source=published)
    assert working_days_beginning_with(on("2026-06-08"), 8, stale) == on("2026-06-17")


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(
    ("event_on", "days", "last_on"),
    [
        ("2026-12-15", 10, "2026-12-29"),  # day 10 is Christmas Day
        ("2026-03-24", 10, "2026-04-07"),  # day 10 is Good Friday
        ("2026-05-14", 30, "2026-06-15"),  # day 30 is a Saturday
        ("2026-12-31", 30, "2027-02-01"),  # 30 days after the quarter: a Saturday
    ],
)
def test_a_period_that_would_end_on_a_day_off_ends_on_the_next_working_day(
    event_on, days, last_on, source
):
    england = calendar("england", source=source)
    assert rolled(calendar_days_from(on(event_on), days), england) == on(last_on)
    assert period_ends_on(on(event_on), days, england) == on(last_on)


@pytest.mark.parametrize(("days", "last_on"), [(120, "2027-01-28"), (180, "2027-03-29")])
def test_days_beginning_with_a_day_count_it(days, last_on):
    assert calendar_days_beginning_with(on("2026-10-01"), days) == on(last_on)


def test_28_clear_days_lie_between_the_notice_and_the_decision():
    assert clear_days_after(on("2026-09-01"), 28) == on("2026-09-30")
    assert clear_days_before(on("2026-09-30"), 28) == on("2026-09-01")


@pytest.mark.parametrize(
    ("day", "instant"),
    [
        ("2026-09-11", datetime(2026, 9, 11, 11, tzinfo=UTC)),
        ("2026-10-25", datetime(2026, 10, 25, 12, tzinfo=UTC)),  # the clocks have gone back
    ],
)
def test_noon_is_an_hour_earlier_in_utc_in_summer(day, instant):
    assert noon(on(day)) == instant


# More of them, worked out apart from the product, on both sources

with open(Path(__file__).parent / "last_days.csv", newline="") as last_days:
    LAST_DAYS = list(csv.DictReader(last_days))


def test_there_are_a_hundred_last_days():
    assert len(LAST_DAYS) >= 100
    assert {row["counter"] for row in LAST_DAYS} == {
        "working_days_after",
        "working_days_beginning_with",
        "period_ends_on",
        "clear_working_days_after",
    }


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("row", LAST_DAYS, ids=lambda r: f"{r['counter']} {r['event_on']}")
def test_a_last_day_is_what_the_table_of_days_says(row, source):
    count = getattr(counters, row["counter"])
    kept = calendar(*row["parts"].split(), source=source)
    assert count(on(row["event_on"]), int(row["number"]), kept) == on(row["last_on"])


# Against a slow calculator: a list of days

days = st.dates(on("2022-01-01"), on("2027-12-31"))
numbers = st.integers(1, 40)
calendars = st.sampled_from([ENGLAND, ANYWHERE, calendar("scotland", "northern_ireland")])


def listed(first, kept):
    """The working days of the next four months, looked at one by one."""
    following = [first + n * DAY for n in range(125)]
    weekdays = [day for day in following if day.strftime("%a") not in ("Sat", "Sun")]
    return [day for day in weekdays if day not in kept.holidays]


@given(days, numbers, calendars)
def test_working_days_are_counted_as_on_a_list(day, number, kept):
    after = [d for d in listed(day, kept) if d != day]
    assert working_days_after(day, number, kept) == after[number - 1]
    assert working_days_beginning_with(day, number, kept) == listed(day, kept)[number - 1]
    assert clear_working_days_after(day, number, kept) == after[number - 1] + DAY


@given(days, numbers, calendars)
def test_a_period_of_the_2015_regulations_ends_as_on_a_list(day, number, kept):
    working = [d for d in listed(day, kept) if d != day]
    ends = [d for n, d in enumerate(working, 1) if n >= 2 and (d - day).days >= number]
    assert period_ends_on(day, number, kept) == ends[0]


@given(days, st.integers(0, 100), calendars)
def test_working_days_left_and_late_are_those_between(today, until, kept):
    other = today + until * DAY
    between = [d for d in listed(today, kept) if today < d <= other]
    assert working_days_between(today, other, kept) == len(between)
    assert working_days_left(today, other, kept) == len(between)
    assert working_days_late(today, other, kept) == len(between)
    assert working_days_left(other, today, kept) == 0
    assert has_working_days(today, other, len(between), kept)
    assert not has_working_days(today, other, len(between) + 1, kept)


@given(days, numbers, calendars)
def test_the_latest_notice_is_the_last_that_leaves_its_days(act_on, number, kept):
    notice_on = clear_working_days_before(act_on, number, kept)
    assert clear_working_days_after(notice_on, number, kept) <= act_on
    assert clear_working_days_after(notice_on + DAY, number, kept) > act_on
    assert clear_days_after(clear_days_before(act_on, number), number) == act_on


@given(days, calendars)
def test_a_day_off_rolls_to_the_working_days_on_either_side(day, kept):
    before, after = last_working_day(day, kept), rolled(day, kept)
    assert before <= day <= after
    assert kept.is_working_day(before)
    assert kept.is_working_day(after)
    assert working_days_between(before, after, kept) == int(before != after)


def test_the_design_counts_from_tomorrow():
    monday = on("2026-11-23")
    assert working_days_left(monday, on("2026-11-26"), ENGLAND) == 3
    assert working_days_left(monday, monday, ENGLAND) == 0
    assert working_days_late(on("2026-11-20"), monday, ENGLAND) == 1


@pytest.mark.parametrize(
    ("published_on", "effective_on"), [("2019-10-17", "2019-10-25"), ("2024-06-11", "2024-06-19")]
)
def test_call_in_ends_as_kent_has_published_it(published_on, effective_on):
    assert clear_working_days_after(on(published_on), 5, ENGLAND) == on(effective_on)


@pytest.mark.parametrize("days_of_it", [0, -1])
def test_a_period_without_days_is_refused(days_of_it):
    for count in (calendar_days_from, calendar_days_beginning_with, clear_days_after):
        with pytest.raises(ValueError, match="at least one day"):
            count(on("2026-01-05"), days_of_it)
    for count in (working_days_after, working_days_beginning_with):
        with pytest.raises(ValueError, match="at least one day"):
            count(on("2026-01-05"), days_of_it, ENGLAND)


def test_an_instant_is_no_day():
    christmas = datetime(2026, 12, 25, tzinfo=UTC)
    with pytest.raises(TypeError, match="not an instant"):
        ENGLAND.is_working_day(christmas)


def test_a_calendar_says_which_years_it_knows():
    assert ENGLAND.knows(on("2012-01-01"))
    assert not ENGLAND.knows(on("2011-12-31"))
    assert ENGLAND.knows(on("2028-12-31"))
    assert not ENGLAND.knows(on("2029-01-01"))
    assert not Calendar(frozenset(), frozenset()).knows(on("2026-01-01"))


# Instants

quarters = st.integers(0, 95).map(lambda n: time(n // 4, n % 4 * 15))
changes = st.sampled_from(["2026-03-29", "2026-10-25", "2027-03-28", "2027-10-31"]).map(on)


@given(days | changes, quarters)
def test_an_instant_is_the_last_at_which_clocks_here_show_the_time(day, clock):
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) - DAY
    every = [start + n * timedelta(minutes=15) for n in range(4 * 72)]
    shown = [
        i for i in every if i.astimezone(UK).replace(tzinfo=None) == datetime.combine(day, clock)
    ]
    if shown:
        assert at_local(day, clock) == shown[-1]
    else:  # the hour that is skipped
        assert at_local(day, clock).astimezone(UK).time() == time(clock.hour + 1, clock.minute)
    assert at_local(day, clock).tzinfo is UTC


def test_half_past_one_comes_twice_in_october_and_not_at_all_in_march():
    half_past_one = time(1, 30)
    assert at_local(on("2026-10-25"), half_past_one) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert at_local(on("2027-03-28"), half_past_one) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


@given(days | changes)
def test_a_day_begins_and_ends_on_our_clocks(day):
    assert local_day(start_of_day(day)) == day == local_day(end_of_day(day))
    assert local_day(start_of_day(day) - timedelta(microseconds=1)) == day - DAY
    assert end_of_day(day) + timedelta(seconds=1) == start_of_day(day + DAY)


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-20", 24)]
)
def test_a_day_has_an_hour_less_or_more_when_the_clocks_change(day, hours):
    assert start_of_day(on(day) + DAY) - start_of_day(on(day)) == timedelta(hours=hours)


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        local_day(datetime(2026, 11, 20))  # noqa: DTZ001


# Office hours

half_hours = st.integers(0, 48 * 40).map(
    lambda n: datetime(2026, 12, 10, tzinfo=UTC) + n * timedelta(minutes=30)
)


@given(half_hours, half_hours, calendars)
def test_office_hours_are_counted_as_half_hour_by_half_hour(start, end, kept):
    counted, instant = 0, start
    while instant < end:
        local = instant.astimezone(UK)
        in_hours = (
            local.weekday() < 5 and local.date() not in kept.holidays and 9 <= local.hour < 17
        )
        counted += in_hours
        instant += timedelta(minutes=30)
    assert office_hours_between(start, end, kept) == counted * timedelta(minutes=30)


@given(half_hours, st.integers(1, 200).map(lambda n: n * timedelta(minutes=15)), calendars)
def test_the_earliest_closing_leaves_the_office_hours_and_not_a_second_more(start, wait, kept):
    closing = after_office_hours(start, wait, kept)
    assert office_hours_between(start, closing, kept) == wait
    second = timedelta(seconds=1)
    assert office_hours_between(start, closing - second, kept) == wait - second


def test_24_office_hours_over_a_weekend_and_the_change_of_clocks():
    friday_noon = noon(on("2026-10-23"))
    assert after_office_hours(friday_noon, timedelta(hours=24), ENGLAND) == noon(on("2026-10-28"))
    assert office_hours_between(friday_noon, noon(on("2026-10-26")), ENGLAND) == timedelta(hours=8)


def test_a_wait_that_is_over_when_offices_close_ends_then():
    friday = on("2026-11-20")
    five = at_local(friday, time(17))
    assert after_office_hours(noon(friday), timedelta(hours=5), ENGLAND) == five


@pytest.mark.parametrize(
    ("wait", "opens", "closes"), [(0, 9, 17), (-1, 9, 17), (1, 17, 9), (1, 9, 9)]
)
def test_a_wait_for_nothing_or_in_no_office_hours_is_refused(wait, opens, closes):
    start = noon(on("2026-11-20"))
    with pytest.raises(ValueError, match="before they close"):
        after_office_hours(start, timedelta(hours=wait), ENGLAND, time(opens), time(closes))


def test_office_hours_may_be_others():
    friday_noon = noon(on("2026-11-20"))
    wait = timedelta(hours=5)
    assert after_office_hours(friday_noon, wait, ENGLAND, time(8), time(16)) == at_local(
        on("2026-11-23"), time(9)
    )


# Months, quarters and years


@given(days, st.integers(-60, 60))
def test_months_later_is_the_same_day_or_the_last_of_a_shorter_month(day, months):
    later = months_after(day, months)
    whole_months = (later.year - day.year) * 12 + later.month - day.month
    assert whole_months == months
    assert later.day == day.day or (later.day < day.day and (later + DAY).day == 1)


def test_months_are_clamped_and_years_to_28_february():
    assert months_after(on("2026-08-31"), 6) == on("2027-02-28")
    assert months_after(on("2026-08-31"), 12) == on("2027-08-31")
    assert months_after(on("2029-02-23"), -12) == on("2028-02-23")
    assert years_after(on("2028-02-29"), 3) == on("2031-02-28")


@given(days)
def test_a_quarter_ends_in_march_june_september_or_december(day):
    ends_on = quarter_ends_on(day)
    assert 0 <= (ends_on - day).days <= 91
    assert (ends_on + DAY).day == 1
    assert ends_on.month in (3, 6, 9, 12)
