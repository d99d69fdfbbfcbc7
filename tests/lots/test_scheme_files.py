"""What a scheme file may say: every fault is named with its line, all of them at once."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.db.models import CharField
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from lots.loading import contents, rows
from lots.loading.documents import Unreadable
from lots.loading.files import read
from lots.loading.merging import Row, merged

ROOT = Path(__file__).parents[2]
KENT = (ROOT / "schemes/kent-everyday-life.yaml").read_text()
SECOND = (ROOT / "schemes/second-example.yaml").read_text()
DOCUMENTED = (ROOT / "docs/scheme-file.md").read_text()
OVERLAPPING = (
    "The round of 1 September 2027 would open before the one before it has closed. Open for fewer "
    "days, or less often"
)
NO_ZONE = "No zone of this file has the key"
NOT_MICRO = "(small, medium, large organisations)"


def changed(text: str, *changes: tuple[str, str]) -> str:
    """The text with each of the changes made, in the first place where it can be."""
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def line_of(text: str, fragment: str) -> int:
    return text[: text.index(fragment)].count("\n") + 1


def faults(text: str) -> list[str]:
    with pytest.raises(Unreadable) as raised:
        read(text.encode())
    return raised.value.sentences


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        (
            'ceiling: "1450.00"',
            "ceiling: twenty",
            "lots.0.tiers.0.ceiling",
            "Input should be a valid decimal",
        ),
        ("ends_on: 2031-09-30", "ends_on: 20310930", "ends_on", "Write it as 2022-10-01"),
        ('opens_at: "00:00"', "opens_at: midnight", "schedule.opens_at", "Write it as 12:00"),
        (
            "signed_at: 2025-05-20 10:30",
            "signed_at: 2025-05-20T10:30Z",
            "decisions.0.signed_at",
            "Write it as 2022-07-13 16:00, in UK time",
        ),
        (
            "needs_cqc: yes",
            "needs_cqc: perhaps",
            "lots.0.needs_cqc",
            "Input should be a valid boolean, unable to interpret input",
        ),
        (
            "admission_mode: rounds",
            "admission_mode: sometimes",
            "lots.1.admission_mode",
            "Input should be 'closed', 'rounds' or 'open'",
        ),
        (
            "contact_email: home.and.away@northmere.example",
            "contact_email: the office",
            "contact_email",
            "Enter an e-mail address",
        ),
        (
            'colour: "#4b2a63"',
            "colour: '#ffff00'",
            "authority.colour",
            "#ffff00 has too little contrast with white: choose a darker colour",
        ),
        (
            "key: supported-living",
            "key: Supported Living",
            "lots.0.key",
            "Use small letters and figures, with - or _ between them",
        ),
        (
            "title: Short breaks",
            "title: '  '",
            "lots.1.title",
            "String should have at least 1 character",
        ),
        (
            "ends_on: 2031-09-30",
            "ends_on: 2025-09-30",
            "ends_on",
            "The scheme must end after it starts",
        ),
        (
            "open_days: 30",
            "open_days: 366",
            "schedule.open_days",
            OVERLAPPING,
        ),
        (
            "first_opens_on: 2026-09-01",
            "first_opens_on: 2032-09-01",
            "schedule.first_opens_on",
            "The first round must open while the scheme runs",
        ),
        (
            "effective_at: 2025-05-28 00:00",
            "effective_at: 2025-05-19 00:00",
            "decisions.0.effective_at",
            "A decision takes effect after it is signed",
        ),
        (
            "until_on: 2025-12-31",
            "until_on: 2025-01-31",
            "decisions.0.authorisations.0.until_on",
            "The last day must not be before the first",
        ),
        (
            "lots: [breaks, at-home]\n        from_on: 2025-10-01",
            "lots: [breaks, at-sea]\n        from_on: 2025-10-01",
            "decisions.0.authorisations.1.lots.1",
            "No lot of this file has the key",
        ),
        (
            "slug: eastholt",
            "slug: northmere",
            "partners.0.slug",
            "The lead authority is no partner",
        ),
        (
            "least: 3, greatest: 6",
            "least: 3, greatest: 2",
            "lots.0.tiers.0.greatest",
            "The greatest number must not be below the least",
        ),
        (
            "key: own-flat",
            "key: shared",
            "lots.0.tiers.1.key",
            "Another of this list has it already",
        ),
        ("row: 2, zone: moor", "row: 2, zone: fen", "localities.2.zone", NO_ZONE),
        (
            "lots: [at-home]",
            "lots: [attic]",
            "questionnaires.admission.sections.1.questions.2.lots.0",
            "No lot of this file has the key",
        ),
        (
            "question: languages",
            "question: tongues",
            "questionnaires.admission.sections.0.questions.4.asked_if.question",
            "No earlier question of this questionnaire has the key",
        ),
        (
            "answer: other",
            "answer: latin",
            "questionnaires.admission.sections.0.questions.4.asked_if.answer",
            "No answer to the question languages is",
        ),
        (
            "passing: separate",
            "passing: apart",
            "questionnaires.admission.sections.0.questions.5.passing",
            "This cannot be the answer that passes: no answer to the question is",
        ),
        (
            "key: neighbours",
            "key: founded-on",
            "questionnaires.admission.sections.1.questions.1.key",
            "Another question of this questionnaire has it already",
        ),
        (
            "criterion: Enough",
            "pass_mark: 2\n            criterion: Enough",
            "questionnaires.admission.sections.0.questions.2.pass_mark",
            "Only a scored question has a pass mark",
        ),
    ],
)
def test_a_wrong_value_is_named_with_its_line_and_the_text_given(old, new, place, message):
    text = changed(SECOND, (old, new))
    named = faults(text)
    assert len(named) == 1
    found, given = re.fullmatch(r"(.*) \(given: '(.*)'\)", named[0]).groups()
    assert found == f"line {line_of(SECOND, old)}: {place}: {message}"
    assert given.strip() in new


@pytest.mark.parametrize(
    ("old", "new", "at", "place", "message"),
    [
        ("summary: Days,", "sumary: Days,", "sumary", "lots.1.sumary", "This is no key here"),
        (
            "schedule:\n",
            "timetable: {}\nschedule:\n",
            "timetable",
            "timetable",
            "This is no key of a scheme file",
        ),
        (
            "\n    title: Short breaks\n",
            "\n",
            "- key: breaks",
            "lots.1.title",
            "This key is needed here",
        ),
        ("slug: northmere-home-and-away\n", "", "#", "slug", "The file needs this key"),
        (
            "column: 3, row: 1",
            "column: 2, row: 1",
            "- {key: sandry",
            "localities.1.column",
            "Port Anselm has this tile of the map already",
        ),
        (
            "criterion: The visitor listened first.",
            "guidance: Be brief.",
            "- key: first-visit",
            "questionnaires.admission.sections.1.questions.2",
            "A scored question has a criterion",
        ),
        (
            "weight: 30",
            "weight: 25",
            "admission:\n",
            "questionnaires.admission",
            "Lot supported-living: The weights add up to 95, not 100. Change them",
        ),
        (
            "weight: 30",
            "weight: 30\n            sizes: [micro]",
            "admission:\n",
            "questionnaires.admission",
            f"Lot breaks: The weights add up to 70, not 100. Change them {NOT_MICRO}",
        ),
    ],
)
def test_what_is_missing_or_too_much_is_named_with_a_line(old, new, at, place, message):
    text = changed(SECOND, (old, new))
    expected = f"line {line_of(text, at)}: {place}: {message}"
    assert expected in [each.split(" (given")[0] for each in faults(text)]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "line 1: A scheme file is a list of keys and their values"),
        (b"- slug: a", "line 1: A scheme file is a list of keys and their values"),
        (b"slug: a\ntitle: [b", "line 2: This is not YAML: "),
        (b"slug: &a b\ntitle: *a", "line 2: Aliases are not read: write the value out"),
        (b"slug: a\n---\nslug: b", "line 2: This is not YAML: "),
        (b"slug: a\ntitle: caf\xe9", "line 2: This is not UTF-8. Save the file as UTF-8"),
        (b"slug: a\n? [b]\n: c", "line 2: ?: A key is a word"),
        (
            b"a: 1\nb:\n  c: 1\n  d: 2\n  c: 3",
            "line 5: b.c: The key is given twice, first on line 3",
        ),
    ],
)
def test_what_is_no_plain_yaml_is_refused(content, sentence):
    with pytest.raises(Unreadable) as fault:
        read(content)
    assert fault.value.sentences[0].startswith(sentence)


def test_an_alias_by_which_a_small_file_would_grow_is_refused_before_it_does():
    deep = "a0: &a0 [x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30)
    )
    assert len(faults(deep)) == 29 * 9


def test_all_faults_are_named_at_once_in_the_order_of_the_file():
    text = changed(
        SECOND,
        ("summary: Days,", "sumary: Days,"),
        ("notice_on: 2025-06-02", "notice_on: yesterday"),
        ('ceiling: "31.75"', "ceiling: dear"),
        ("rule: decide_application", "rule: decide_quickly"),
        ("open_days: 30", "open_days: 366"),
        ("title: Nights with", "name: Nights with"),
    )
    named = [re.match(r"line (\d+): (\S+):", each).groups() for each in faults(text)]
    assert named == [
        (str(line_of(text, "yesterday")), "notice_on"),
        (str(line_of(text, "sumary")), "lots.1.sumary"),
        (str(line_of(text, "dear")), "lots.2.tiers.0.ceiling"),
        (str(line_of(text, "366")), "schedule.open_days"),
        (str(line_of(text, "- key: nights")), "indicators.0.title"),
        (str(line_of(text, "name: Nights")), "indicators.0.name"),
    ]


def test_a_rule_that_lets_nobody_depart_is_named():
    text = changed(SECOND, ("rule: decide_application", "rule: opens_throughout"))
    [sentence] = faults(text)
    assert sentence.startswith(f"line {line_of(text, 'opens_throughout')}: departures.1.rule: ")
    assert "No departure from this rule is lawful" in sentence


def test_a_pcr_scheme_with_a_late_notice_is_refused_naming_the_regimes_that_remain():
    on_time = changed(KENT, ("notice_on: 2022-05-27", "notice_on: 2025-02-23"))
    late = changed(KENT, ("notice_on: 2022-05-27", "notice_on: 2025-02-24"))
    assert read(on_time.encode()).contents.notice_on == date(2025, 2, 23)
    [sentence] = faults(late)
    assert sentence.startswith(f"line {line_of(late, 'notice_on')}: notice_on: ")
    assert "Dynamic market (Procurement Act 2023)" in sentence
    assert "Light-touch framework (Procurement Act 2023)" in sentence


def test_a_dps_that_ends_after_the_laws_last_day_is_refused():
    last = changed(KENT, ("ends_on: 2028-09-30", "ends_on: 2029-02-23"))
    late = changed(KENT, ("ends_on: 2028-09-30", "ends_on: 2029-02-24"))
    assert read(last.encode()).contents.ends_on == date(2029, 2, 23)
    [sentence] = faults(late)
    assert sentence.startswith(f"line {line_of(late, 'ends_on')}: ends_on: ")
    assert "on or before 23 February 2029" in sentence


def test_a_closed_lot_of_a_dps_needs_its_departure():
    start = KENT.index("  - rule: opens_throughout\n    lots: [1b]")
    text = KENT[:start] + KENT[KENT.index("\nspecification:") :]
    [sentence] = faults(text)
    assert sentence.startswith(
        f"line {line_of(text, 'admission_mode: closed')}: lots.1.admission_mode: "
    )
    assert "PCR 2015 reg. 34(2)" in sentence


# The description


def test_every_key_is_described():
    parts = [part for part in vars(contents).values() if isinstance(part, type)]
    names = {
        name
        for part in parts
        if issubclass(part, BaseModel) and part.__module__ == contents.__name__
        for name in part.model_fields
    }
    described = set(re.findall(r"`(\w+)`", DOCUMENTED))
    assert len(names) > 80
    assert names <= described


@pytest.mark.parametrize("kind", [*rows.SETTINGS.values(), rows.QUESTION, rows.SECTION])
def test_a_file_can_say_nothing_that_is_too_long_to_store(kind):
    part = {
        "Zone": contents.TermPart,
        "Activity": contents.TermPart,
        "ClientGroup": contents.TermPart,
        "QuestionSection": contents.SectionPart,
    }.get(kind.model.__name__) or getattr(contents, f"{kind.model.__name__}Part")
    for name, asked in part.model_fields.items():
        stored = {field.name: field for field in kind.model._meta.fields}.get(name)
        if isinstance(stored, CharField) and stored.max_length and not stored.choices:
            limits = [m.max_length for m in asked.metadata if getattr(m, "max_length", None)]
            assert limits, f"{part.__name__}.{name}"
            assert min(limits) <= stored.max_length


# Merging

values = st.dictionaries(st.sampled_from("abc"), st.integers(0, 3), min_size=3)
leaves = st.builds(Row, values)
trees = st.builds(
    Row,
    values,
    st.fixed_dictionaries({"lots": st.dictionaries(st.sampled_from("xyz"), leaves)}),
)


@given(trees, trees)
def test_without_anybodys_changes_the_scheme_becomes_what_the_file_says(last, wanted):
    assert merged(last, last, wanted) == (wanted, [])


@given(trees, trees)
def test_when_the_file_says_what_it_said_everybodys_changes_stay(last, stored):
    result, _ = merged(last, stored, last)
    assert result == stored


@given(trees, trees, trees)
def test_whatever_differs_from_the_file_in_the_end_is_listed(last, stored, wanted):
    result, left = merged(last, stored, wanted)
    assert bool(left) == (result != wanted)


@given(trees)
def test_rows_survive_being_kept_as_json(row):
    assert Row.of(row.plain()) == row
