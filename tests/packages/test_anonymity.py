import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packages.calculations.anonymity import Finding, Kind, findings, is_nhs_number

TODAY = date(2026, 11, 20)
with open(Path(__file__).parent / "anonymity.csv", newline="") as texts:
    TEXTS = list(csv.DictReader(texts))
TELLING = [row for row in TEXTS if row["kind"]]
ORDINARY = [row for row in TEXTS if not row["kind"]]


def found_in(text, names=""):
    found = findings(text, on=TODAY, names=[name for name in names.split(";") if name])
    return [(finding.kind.value, text[finding.start : finding.end]) for finding in found]


def test_there_are_thirty_texts_of_each_sort_and_every_kind_is_among_them():
    assert (len(TELLING), len(ORDINARY)) == (30, 30)
    assert {row["kind"] for row in TELLING} == {kind.value for kind in Kind}


@pytest.mark.parametrize("row", TELLING, ids=lambda row: row["text"])
def test_what_tells_who_somebody_is_is_found_in_its_place(row):
    assert (row["kind"], row["found"]) in found_in(row["text"], row["names"])
    assert {kind for kind, _ in found_in(row["text"], row["names"])} == {row["kind"]}


@pytest.mark.parametrize("row", ORDINARY, ids=lambda row: row["text"])
def test_what_a_provider_needs_to_know_passes(row):
    assert found_in(row["text"], row["names"]) == []


def test_several_are_found_in_order_and_none_within_another():
    text = "Amina Invented, born 3 March 1991, ME99 9ZZ, 07700 900123, amina@example.org"
    assert found_in(text, "Amina Invented") == [
        ("name", "Amina Invented"),
        ("date of birth", "3 March 1991"),
        ("full postcode", "ME99 9ZZ"),
        ("phone number", "07700 900123"),
        ("e-mail address", "amina@example.org"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "07700\N{NO-BREAK SPACE}900\N{NO-BREAK SPACE}123",
        "07700\N{EN DASH}900\N{EN DASH}123",
        "07700\t900\t123",
        "07\N{ZERO WIDTH SPACE}700 9001\N{ZERO WIDTH JOINER}23",
        "\N{FULLWIDTH DIGIT ZERO}7700 900123",
    ],
)
def test_other_spaces_dashes_and_digits_hide_nothing(text):
    marked = f"ring {text} today"
    assert findings(marked, on=TODAY) == (Finding(Kind.PHONE, 5, 5 + len(text)),)


@pytest.mark.parametrize("written", ["zoe", "ZOË", "Zoe\N{COMBINING DIAERESIS}", "Zoe's"])
def test_a_name_is_found_however_it_is_written(written):
    assert found_in(f"we asked {written} about it", "Zoë Example")[0][0] == "name"


def test_a_name_with_a_hyphen_is_found_without_it():
    assert found_in("Mary Jane and Maryjane", "Mary-Jane Example") == [
        ("name", "Mary Jane"),
        ("name", "Maryjane"),
    ]


def test_a_name_of_dashes_and_full_stops_finds_nothing():
    assert found_in("one -- two . three", "-- .;- -;...") == []


@pytest.mark.parametrize(
    ("text", "names", "found"),
    [
        ("a grace period", "Grace", []),
        ("we asked Grace", "Grace", ["Grace"]),
        ("Will calm down. Will eat with others", "Will Example", []),
        ("Will's mother agrees", "Will Example", ["Will"]),
        ("we hope Will comes", "Will Example", ["Will"]),
        ("will example was there", "Will Example", ["will example"]),
        ("last May, in May 2026, on 5 May and May 7", "May Example", []),
        ("we took May to the park", "May Example", ["May"]),
        ("Mr Other and plan J. then", "Mr J. Example", []),
        ("Grace likes cooking. Jack too.", "Grace Jack", ["Grace", "Jack"]),
        ("Will likes cooking. May I? May has a cat.", "May Will", ["Will", "May"]),
        ("June is her name", "June Example", ["June"]),
        ("Jo likes to jo g", "Jo Example", ["Jo"]),
    ],
)
def test_a_name_that_is_a_word_counts_where_it_is_written_as_a_name(text, names, found):
    assert [place for _, place in found_in(text, names)] == found


def test_a_part_of_a_word_is_no_name():
    assert found_in("Samples of analysis", "Sam Ana") == []


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("14/02/1984", True),  # nobody's start date is 42 years ago
        ("attended since 14/02/2008", False),
        ("14/02/2020", False),
        ("a girl aged 6 (14/02/2020)", True),
        ("a girl aged 9, seen on 14/02/2020", False),
        ("born 14/02/2020", True),
        ("to be born on 14/02/2027", False),
        ("14 Feb 84", False),  # might be minutes, or a bus
        ("DOB 14 Feb 84", True),
        ("14 Feb '84", True),
        ("DOB 14021984", True),
        ("born 14 02 1984", True),
        ("Feb 14, 1984", True),
        ("DOB withheld. Starts 14 February 2026", False),
        ("on the third of May two thousand and one", True),
        ("born in 1984", False),  # a year is no more than an age
        ("turns 18 on 3 May 2027", True),
        ("she was 6 on 3 May", True),
        ("18th birthday: 3 May 2027", True),
        ("the group is 6 on 3 May 2027", False),
        ("after her birthday, so to start on 11 January 2027", False),
    ],
)
def test_a_date_of_birth_is_told_from_other_dates(text, is_found):
    assert [kind for kind, _ in found_in(text)] == ["date of birth"] * is_found


@pytest.mark.parametrize(
    "written", ["Tel:07700-900-123", "0-7700-900123", "0 7 7 0 0 9 0 0 1 2 3", "01632 96 00 01"]
)
def test_a_phone_number_is_found_however_it_is_parted(written):
    assert [kind for kind, _ in found_in(f"{written}.")] == ["phone number"]


@pytest.mark.parametrize("text", ["01-02-2027 12 people", "07 12 2026 930", "01.02.27 0900 10"])
def test_dates_and_times_in_a_row_are_no_phone_number(text):
    assert found_in(text) == []


@pytest.mark.parametrize("written", ["AB 123 456 C", "ab.12.34.56.c", "AB123456C"])
def test_a_national_insurance_number_is_found_however_it_is_parted(written):
    assert found_in(f"({written})") == [("National Insurance number", written)]


def test_a_date_of_birth_is_of_the_day_of_writing():
    text = "on our files: 14/02/2015"
    assert findings(text, on=date(2026, 11, 20)) == ()
    assert findings(text, on=date(2031, 11, 20)) == (Finding(Kind.DATE_OF_BIRTH, 14, 24),)


def check_digit(nine):
    """The check digit by the long way round, in the words of the NHS data dictionary."""
    total = sum(int(digit) * factor for digit, factor in zip(nine, range(10, 1, -1), strict=True))
    digit = 11 - total % 11
    return {11: 0, 10: None}.get(digit, digit)


@given(st.text("0123456789", min_size=9, max_size=9))
def test_one_check_digit_at_most_makes_an_nhs_number(nine):
    right = [digit for digit in range(10) if is_nhs_number(f"{nine}{digit}")]
    assert right == [digit for digit in [check_digit(nine)] if digit is not None]


@pytest.mark.parametrize("digits", ["943476591", "94347659190", "943476591x", ""])
def test_an_nhs_number_has_ten_digits(digits):
    assert is_nhs_number("9434765919")
    assert not is_nhs_number(digits)


words = st.lists(st.sampled_from(["he", "likes", "trains", "cooking", "quiet", "in", "a", "group"]))
number = "943 476 5919"


@given(words, words)
def test_a_finding_is_where_it_was_put_whatever_is_around_it(before, after):
    text = " ".join([*before, number, *after])
    found = findings(text, on=TODAY)
    assert [text[finding.start : finding.end] for finding in found] == [number]


@given(st.text(max_size=200), st.lists(st.text(max_size=12), max_size=3))
def test_any_text_is_read_and_places_lie_within_it_in_order(text, names):
    found = findings(text, on=TODAY, names=names)
    edges = [edge for finding in found for edge in (finding.start, finding.end)]
    assert edges == sorted(edges)
    assert all(0 <= finding.start < finding.end <= len(text) for finding in found)
