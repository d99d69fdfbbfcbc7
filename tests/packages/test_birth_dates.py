from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packages.calculations.birth_dates import Written, birth_dates, dates

TODAY = date(2026, 11, 20)
ONES = ["", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen"]
TEENS += ["fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
IRREGULAR = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth"}
IRREGULAR |= {"nine": "ninth", "twelve": "twelfth", "twenty": "twentieth", "thirty": "thirtieth"}


def in_words(number):
    if number < 20:
        return (ONES + TEENS)[number]
    return "-".join(filter(None, [TENS[number // 10], ONES[number % 10]]))


def ordinal_in_words(number):
    *tens, last = in_words(number).split("-")
    return "-".join([*tens, IRREGULAR.get(last, last + "th")])


def year_in_words(year):
    century, rest = divmod(year, 100)
    if century == 20 and rest < 10:
        return "two thousand" + (f" and {in_words(rest)}" if rest else "")
    if rest == 0:
        return "nineteen hundred"
    return f"{in_words(century)} {'oh ' if rest < 10 else ''}{in_words(rest)}"


def suffixed(day):
    return f"{day}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10 if day // 10 != 1 else 0, 'th') }"


WHOLE = {
    "5 March 1984": lambda d: f"{d.day} {d:%B %Y}",
    "5 MAR 1984": lambda d: f"{d.day} {d:%b %Y}".upper(),
    "5th of March, 1984": lambda d: f"{suffixed(d.day)} of {d:%B, %Y}",
    "05-Mar-1984": lambda d: f"{d:%d-%b-%Y}",
    "March 5, 1984": lambda d: f"{d:%B} {d.day}, {d.year}",
    "March the 5th 1984": lambda d: f"{d:%B} the {suffixed(d.day)} {d.year}",
    "05/03/1984": lambda d: f"{d:%d/%m/%Y}",
    "5/3/1984": lambda d: f"{d.day}/{d.month}/{d.year}",
    "5.3.1984": lambda d: f"{d.day}.{d.month}.{d.year}",
    "1984-03-05": lambda d: d.isoformat(),
    "fifth of March nineteen eighty-four": lambda d: (
        f"{ordinal_in_words(d.day)} of {d:%B} {year_in_words(d.year)}"
    ),
}
LOOSE = {
    "05 03 1984": lambda d: f"{d:%d %m %Y}",
    "05031984": lambda d: f"{d:%d%m%Y}",
    "5 March": lambda d: f"{d.day} {d:%B}",
    "March 1984": lambda d: f"{d:%B %Y}",
}
days = st.dates(date(1906, 1, 1), date(2026, 11, 20))


@pytest.mark.parametrize("form", WHOLE)
@given(day=days)
def test_a_whole_date_reads_back_however_it_is_written(form, day):
    text = WHOLE[form](day)
    assert list(dates(f"On {text} he", TODAY)) == [
        Written(3, 3 + len(text), day.day, day.month, day.year, is_sure=True)
    ]


@pytest.mark.parametrize("form", WHOLE | LOOSE)
@given(day=days)
def test_whoever_is_born_on_a_day_has_a_date_of_birth_in_any_form(form, day):
    text = (WHOLE | LOOSE)[form](day)
    assert list(birth_dates(f"He was born: {text}, in Kent", TODAY)) == [(13, 13 + len(text))]


@pytest.mark.parametrize("form", LOOSE)
@given(day=days)
def test_what_may_be_something_else_is_one_only_when_it_is_called_so(form, day):
    assert list(birth_dates(f"Seen: {LOOSE[form](day)}, in Kent", TODAY)) == []


@given(st.dates(date(1937, 1, 1), date(2036, 12, 31)))
def test_two_figures_are_a_year_up_to_ten_from_now_or_of_the_last_century(day):
    (written,) = dates(f"{day:%d/%m/%y}", TODAY)
    assert (written.day, written.month, written.year) == (day.day, day.month, day.year)


def test_ten_years_from_now_is_the_last_of_this_century():
    assert [d.year for d in dates("5/3/36 and 5/3/37", TODAY)] == [2036, 1937]


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("5/3/84", True),
        ("5.3.1984", True),
        ("5-3-1984", True),
        ("5.3.84", False),  # might be a version, or a time
        ("5-3-84", False),
        ("5 3 1984", False),
    ],
)
def test_a_row_of_figures_is_a_date_where_it_can_hardly_be_anything_else(text, is_found):
    assert bool(list(birth_dates(f"seen {text}", TODAY))) == is_found
    assert list(birth_dates(f"DOB {text}", TODAY)) == [(4, 4 + len(text))]


@given(st.dates(date(1937, 1, 1), date(2026, 11, 20)))
def test_a_year_of_two_figures_after_a_month_needs_its_apostrophe_or_a_word_of_birth(day):
    def found(text):
        return len(list(birth_dates(text, TODAY)))

    is_old = TODAY.year - day.year >= 16
    assert found(f"seen {day.day} {day:%B} '{day:%y}") == int(is_old)
    assert found(f"seen {day.day} {day:%B %y}") == 0
    assert found(f"DOB {day.day} {day:%B %y}") == 1


@pytest.mark.parametrize(
    "text", ["32/01/1984", "14/13/1984", "14/00/1984", "14/02/1905", "14/02/2150", "5/3/1984/2"]
)
def test_what_is_no_day_of_a_life_is_no_date(text):
    assert list(dates("14/02/1906", TODAY)), "a life of 120 years"
    assert [d for d in dates(text, TODAY) if d.is_whole] == []


@pytest.mark.parametrize(("year", "is_found"), [(2010, True), (2011, False)])
def test_a_date_makes_an_age_by_itself_from_16_years(year, is_found):
    assert bool(list(birth_dates(f"seen 5/3/{year}", TODAY))) == is_found


@pytest.mark.parametrize(("age", "is_found"), [(4, False), (5, True), (6, True), (7, False)])
def test_a_date_makes_the_age_beside_it_before_or_after_the_birthday(age, is_found):
    for text in (f"a boy aged {age}, 5/3/2020", f"5/3/2020, a {age}-year-old"):
        assert bool(list(birth_dates(text, TODAY))) == is_found


@pytest.mark.parametrize(("day", "is_found"), [("20", True), ("21", False)])
def test_nobody_is_born_after_the_day_of_writing(day, is_found):
    assert bool(list(birth_dates(f"born {day}/11/2026", TODAY))) == is_found


def test_an_age_far_from_a_date_makes_nothing_of_it():
    between = "likes to be with others of the same age and to be outside most days"
    assert list(birth_dates(f"a boy aged 6 {between} 5/3/2020", TODAY)) == []
    assert list(birth_dates(f"5/3/2020 {between} and is aged 6", TODAY)) == []
