"""Putting scheme files in force, and loading them again safely."""

import os
import re
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db.models import Count

from dps.models import Authority, Event, Role, the_system
from lots.actions import loading, questionnaires, rounds, schemes, terms
from lots.actions.loading import NotLoaded
from lots.loading import rows
from lots.loading.files import read
from lots.models import (
    Activity,
    AwardRoute,
    Decision,
    Departure,
    Indicator,
    Locality,
    Lot,
    LotKind,
    ModeChange,
    Outcome,
    Question,
    Questionnaire,
    Round,
    Scheme,
    SchemeLoad,
    TextVersion,
    Tier,
)
from tests.factories import AuthorityFactory, staff
from tests.lots.test_scheme_files import DOCUMENTED, KENT, ROOT, SECOND, changed, line_of

DAY = datetime(2025, 6, 10, 9, tzinfo=UTC)
LATER = DAY + timedelta(days=30)
OPENING = datetime(2026, 9, 1, 9, tzinfo=UTC)
BY_MODE = {"breaks": "rounds", "supported-living": "closed", "at-home": "open"}
NOTHING_OPEN = ("admission_mode: open", "admission_mode: rounds")
OPENED = "Applications have opened, so a file does not change this from"


def load(text: str):
    file = read(text.encode())
    return loading.load(loading.lead_of(file), file=file, by=the_system())


def refused(text: str) -> list[str]:
    """What keeps a file from being loaded; nothing of it is stored."""
    before = everything()
    with pytest.raises(NotLoaded) as raised:
        load(text)
    assert everything() == before
    return raised.value.sentences


def everything() -> dict[str, int]:
    models = (
        Authority,
        Scheme,
        Lot,
        Tier,
        ModeChange,
        Question,
        Questionnaire,
        Decision,
        Departure,
        TextVersion,
        SchemeLoad,
    )
    return {model.__name__: model.objects.count() for model in models}


@pytest.fixture
def second(db):
    with time_machine.travel(DAY, tick=False):
        return load(SECOND).scheme


@pytest.fixture
def kent(db):
    with time_machine.travel(DAY, tick=False):
        return load(KENT).scheme


def commissioner(scheme):
    return staff(scheme.authority, Role.COMMISSIONER)


# The two files


def test_kents_file_is_the_whole_of_its_scheme(kent):
    lots = kent.lots.with_mode()
    assert {lot.key: (lot.title, lot.mode, lot.kind, lot.modes, lot.units) for lot in lots} == {
        "1a": (
            "Everyday Life Activities: 1:1 or small groups",
            "rounds",
            LotKind.CATEGORY,
            ["face_to_face", "virtual"],
            ["hour", "half_day", "day", "session"],
        ),
        "1b": (
            "Everyday Life Activities: building-based or large groups",
            "closed",
            LotKind.FRAMEWORK,
            ["face_to_face"],
            ["half_day", "day"],
        ),
        "2": (
            "Skills Development and Training Opportunities",
            "open",
            LotKind.CATEGORY,
            ["face_to_face", "virtual"],
            ["hour", "half_day", "day", "session"],
        ),
    }
    assert (kent.starts_on, kent.ends_on) == (date(2022, 10, 1), date(2028, 9, 30))
    assert kent.published_at == DAY
    assert kent.schedule.first_opens_on == date(2023, 4, 1)
    assert (kent.schedule.every_months, kent.schedule.open_days) == (6, 21)
    assert kent.schedule.closes_at == time(12)
    assert kent.localities.count() == 12
    assert kent.localities.get(key="thanet").column == 6
    assert [heading.title for heading in kent.headings.all()] == [
        "Introduction",
        "Commissioning intentions",
        "Procurement process",
        "Financial implications",
        "Legal implications",
        "Equalities implications",
        "Data protection implications",
        "Other corporate implications",
        "Conclusions",
        "Recommendations",
    ]
    assert not AwardRoute.objects.filter(lot__scheme=kent, notice_words="").exists()
    assert Tier.objects.filter(lot__scheme=kent, least=1, greatest=1).count() == 3
    assert kent.texts.count() == 2


def test_kents_decisions_are_effective_and_cover_what_they_authorise(kent):
    lots = {lot.key: lot for lot in kent.lots.all()}

    def covering(act, lot, on):
        found = Decision.objects.covering(act, lots[lot], date.fromisoformat(on), DAY)
        return sorted(found.values_list("number", flat=True))

    assert covering("establish", "1b", "2022-05-27") == ["22/00034"]
    assert covering("establish", "1b", "2023-04-03") == []
    assert covering("reopen", "1a", "2028-09-30") == ["22/00067"]
    assert covering("reopen", "1a", "2028-10-01") == []
    assert covering("reopen", "1b", "2023-04-03") == []
    assert covering("award", "2", "2027-01-01") == ["OD/22/0118"]
    assert covering("award", "1a", "2022-08-01") == ["22/00067"]
    standing = Decision.objects.get(number="OD/22/0118").authorisations.all()
    assert {each.is_standing for each in standing} == {True}


def test_a_micro_organisation_is_asked_less_for_the_same_marks(kent):
    asked = Question.objects.filter(key__startswith="keeping-people-safe").order_by("key")
    whole, micro = asked
    assert (whole.weight, whole.pass_mark, whole.criterion) == (
        micro.weight,
        micro.pass_mark,
        micro.criterion,
    )
    assert (whole.sizes, micro.sizes) == (["small", "medium", "large"], ["micro"])
    assert whole.word_limit == 500
    assert micro.word_limit == 250
    assert set(whole.descriptors) == set(micro.descriptors) == {"0", "1", "2", "3", "4", "5"}


def test_a_scheme_that_shares_nothing_with_it_loads_beside_it(kent):
    with time_machine.travel(DAY, tick=False):
        scheme = load(SECOND).scheme

    assert scheme.regime == "pa_2023_light_touch_framework"
    assert scheme.is_opened_by_two
    assert [each.name for each in scheme.partners.all()] == ["Eastholt District Council"]
    assert {lot.key: lot.mode for lot in scheme.lots.with_mode()} == BY_MODE
    assert {lot.kind for lot in scheme.lots.all()} == {LotKind.FRAMEWORK}
    assert Tier.objects.get(lot__scheme=scheme, key="own-flat").ceiling == Decimal("2100.50")
    assert {each.key: each.zone.key for each in scheme.localities.select_related("zone")} == {
        "port-anselm": "coast",
        "sandry": "coast",
        "high-mere": "moor",
        "eastholt": "moor",
    }
    kinds = Question.objects.filter(section__questionnaire__scheme=scheme).values("kind")
    assert kinds.annotate(n=Count("pk")).count() == 9
    assert scheme.questionnaires.filter(state="published").count() == 2


def test_the_shortest_file_is_the_one_in_its_description(db):
    example = re.search(r"```yaml\n(.*?)```", DOCUMENTED, re.S).group(1)
    assert str(load(example).scheme) == "Walks and talks"


# On record


def test_every_row_that_a_load_makes_is_on_record_as_made_by_the_system(second):
    for model in (Lot, Tier, AwardRoute, Locality, Activity, Outcome, Indicator, Question):
        made = {row.pk for row in model.objects.all()}
        label = model._meta.label_lower
        noted = Event.objects.filter(subject_kind=label, verb=f"{label}.added")
        assert {event.subject_id for event in noted} == made
    verbs = set(Event.objects.filter(subject_id=second.pk).values_list("verb", flat=True))
    assert {
        "lots.scheme.added",
        "lots.scheme.changed",
        "lots.scheme.departed",
        "lots.scheme.specification written",
        "lots.scheme.terms written",
        "lots.scheme.published",
        "lots.scheme.loaded",
    } <= verbs
    assert set(Event.objects.values_list("by", flat=True)) == {the_system().pk}


@pytest.mark.django_db
def test_a_commissioner_loads_no_file():
    authority = AuthorityFactory()
    with pytest.raises(PermissionDenied):
        loading.load(authority, file=read(SECOND.encode()), by=staff(authority, Role.COMMISSIONER))


# Again


def test_to_load_again_changes_nothing(second, capsys, tmp_path):
    before = everything(), set(Event.objects.values_list("pk", flat=True))
    path = tmp_path / "scheme.yaml"
    path.write_text(f"# Another comment\n{SECOND}")

    with time_machine.travel(LATER):
        call_command("load_scheme", path)

    assert capsys.readouterr().out == f"{second}: nothing changed\n"
    assert (everything(), set(Event.objects.values_list("pk", flat=True))) == before


def test_what_the_file_changes_is_changed_in_the_row_that_was_there(second):
    tier = Tier.objects.get(key="caller")
    text = changed(
        SECOND,
        ("short_title: Home and Away", "short_title: Home or Away"),
        ('ceiling: "31.75"', 'ceiling: "33.00"'),
        ("  - {key: night", "  - {key: cats, title: Cats}\n  - {key: night"),
        ("every_months: 12", "every_months: 6"),
    )

    with time_machine.travel(LATER):
        loaded = load(text)

    assert loaded.left == ()
    assert loaded.changes == (
        "short_title: Home and Away → Home or Away",
        "activities.cats: added",
        "activities.night.position: 2 → 3",
        "activities.breaks.position: 3 → 4",
        "lots.at-home.tiers.caller.ceiling: 31.75 → 33",
        "schedule.every_months: 12 → 6",
    )
    tier.refresh_from_db()
    assert tier.ceiling == Decimal("33.00")
    assert [each.key for each in second.activities.all()] == ["tenancy", "cats", "night", "breaks"]
    assert SchemeLoad.objects.count() == 2
    change = Event.objects.get(subject_id=tier.pk, verb="lots.tier.changed")
    assert change.data["differences"] == {"ceiling": ["31.75", "33"]}


@pytest.mark.parametrize("is_new", [True, False])
def test_one_line_of_kents_file_closes_lot_1a(db, is_new):
    if not is_new:
        with time_machine.travel(DAY):
            load(KENT)

    with time_machine.travel(LATER):
        loaded = load(changed(KENT, ("admission_mode: rounds", "admission_mode: closed")))
        lot = loaded.scheme.lots.with_mode().get(key="1a")
        assert (lot.mode, lot.kind) == ("closed", LotKind.FRAMEWORK)
        with pytest.raises(rounds.Refused, match="it admits in the initial round only"):
            rounds.start(
                loaded.scheme, title="Round 2", opens_at=LATER, lots=[lot], by=the_system()
            )


def test_a_new_departure_partner_text_and_decision_go_on_record(second):
    partner = "  - {slug: westholt, name: Westholt District Council}\n"
    decision = """
  - number: NB 2025/15
    title: More awards
    decision_maker: Head of Living Well
    decision: To award.
    signed_at: 2025-06-01 10:00
    effective_at: 2025-06-09 00:00
    authorisations: [{act: award, lots: [breaks], from_on: 2025-06-09}]
"""
    text = changed(
        SECOND,
        ("number: 25", "number: 28"),
        ("partners:\n", f"partners:\n{partner}"),
        ("A home of one's own, with", "A home of our own, with"),
        ("decisions:\n", f"decisions:{decision}"),
    )

    with time_machine.travel(LATER):
        assert load(text).changes == (
            "partners: eastholt → eastholt, westholt",
            "departures.shortest_initial_window: on record",
            "specification: version 2",
            "decisions.NB 2025/15: on record",
        )
    with time_machine.travel(LATER + timedelta(days=1)):
        assert load(text).changes == ()
    departed = second.departures.filter(rule="shortest_initial_window").order_by("set_at")
    assert [each.number for each in departed] == [25, 28]
    assert Decision.objects.get(number="NB 2025/15").state == "effective"


# Questions


REWORDED = ("What would the neighbours say?", "What do the neighbours say?")


def test_a_changed_question_is_a_new_version_that_serves_rounds_started_later(second):
    lots = [second.lots.get(key="breaks")]
    with time_machine.travel(LATER):
        earlier = rounds.start(second, title="A", opens_at=OPENING, lots=lots, by=the_system())
        loaded = load(changed(SECOND, REWORDED))
        later = rounds.start(second, title="B", opens_at=OPENING, lots=lots, by=the_system())

    assert loaded.changes == ("questionnaires.admission: version 2 published: neighbours",)
    assert text_of("neighbours", earlier.questionnaire) == "What would the neighbours say?"
    assert text_of("neighbours", later.questionnaire) == "What do the neighbours say?"
    assert second.questionnaires.filter(purpose="call_off").count() == 1
    with time_machine.travel(LATER + timedelta(days=1)):
        assert load(changed(SECOND, REWORDED)).changes == ()


def text_of(key: str, questionnaire: Questionnaire) -> str:
    return Question.objects.get(section__questionnaire=questionnaire, key=key).text


def test_what_people_reworded_since_stays_beside_what_the_file_changes(second):
    person = commissioner(second)
    text = changed(SECOND, REWORDED)
    with time_machine.travel(LATER):
        draft = questionnaires.revise(second.questionnaires.get(purpose="admission"), by=person)
        question = Question.objects.get(section__questionnaire=draft, key="first-visit")
        questionnaires.reword(question, text="Tell us how you arrive.", by=person)
        questionnaires.publish(draft, by=person)
        loaded = load(text)

    latest = second.questionnaires.filter(purpose="admission").order_by("number").last()
    assert latest.number == 3
    assert text_of("first-visit", latest) == "Tell us how you arrive."
    assert text_of("neighbours", latest) == "What do the neighbours say?"
    [left] = loaded.left
    line = line_of(text, "text: Tell us about a first visit")
    place = "questionnaires.admission.sections.how-you-work.questions.first-visit.text"
    assert left.startswith(f"line {line}: {place}: changed since: Tell us how you arrive., not ")


def test_a_draft_that_is_being_written_is_waited_for(second):
    text = changed(SECOND, REWORDED)
    with time_machine.travel(LATER):
        first = second.questionnaires.get(purpose="admission")
        draft = questionnaires.revise(first, by=commissioner(second))
        [sentence] = refused(text)
        questionnaires.publish(draft, by=commissioner(second))
        assert load(text).changes == ("questionnaires.admission: version 3 published: neighbours",)
    line = line_of(text, "  admission:")
    assert sentence.startswith(f"line {line}: questionnaires.admission: A draft of the next ")


# What people have changed since


def test_what_people_changed_since_is_listed_and_left(second):
    person = commissioner(second)
    text = changed(
        SECOND,
        ("title: A hand at home", "title: A hand indoors"),
        ("summary: Days, nights and weeks away.", "summary: Time away."),
    )
    with time_machine.travel(LATER):
        terms.change(second.lots.get(key="at-home"), title="Help at the door", by=person)
        terms.change(second, contact_email="new@northmere.example", by=person)
        terms.remove(second.activities.get(key="night"), by=person)
        terms.add(second, model=Activity, key="choir", title="Choir", position=9, by=person)
        loaded = load(text)
    with time_machine.travel(LATER + timedelta(days=1)):
        again = load(text)

    assert loaded.changes == ("lots.breaks.summary: Days, nights and weeks away. → Time away.",)
    assert again.changes == ()
    assert loaded.left == again.left
    how = {
        "contact_email": "new@northmere.example, not home.and.away@northmere.example",
        "lots.at-home.title": "Help at the door, not A hand indoors",
    }
    assert set(loaded.left) == {
        f"line {line_of(text, 'contact_email: home')}: contact_email: changed since: "
        + how["contact_email"],
        f"line {line_of(text, 'title: A hand')}: lots.at-home.title: changed since: "
        + how["lots.at-home.title"],
        f"line {line_of(text, '- {key: night')}: activities.night: taken away since",
        f"line {line_of(text, 'activities:')}: activities.choir: added since",
    }
    assert second.lots.get(key="at-home").title == "Help at the door"
    assert [each.key for each in second.activities.all()] == ["tenancy", "breaks", "choir"]


def test_a_mode_that_a_commissioner_changed_stays(second, capsys, tmp_path):
    lot = second.lots.get(key="breaks")
    path = tmp_path / "scheme.yaml"
    path.write_text(SECOND)
    with time_machine.travel(LATER):
        schemes.set_mode(lot, mode="open", why="The market asked for it", by=commissioner(second))
        call_command("load_scheme", path)
    line = line_of(SECOND, "admission_mode: rounds")
    assert capsys.readouterr().out.splitlines() == [
        f"{second}: nothing changed",
        "Left as it is:",
        f"line {line}: lots.breaks.admission_mode: changed since: open, not rounds",
    ]
    assert second.lots.with_mode().get(key="breaks").mode == "open"


def test_an_authority_that_is_there_already_stays_as_it_is(db):
    there = AuthorityFactory(slug="northmere", name="Northmere Borough Council", colour="#111111")
    loaded = load(SECOND)
    assert loaded.scheme.authority == there
    colour, email = line_of(SECOND, "colour"), line_of(SECOND, "contact_email")
    assert set(loaded.left) == {
        f"line {colour}: authority.colour: the authority has #111111, also elsewhere",
        f"line {email}: authority.contact_email: the authority has nothing, also elsewhere",
    }


def test_what_the_file_has_no_longer_goes_until_a_round_has_opened(second):
    without = changed(SECOND, ("  - {key: breaks, title: Weekends and holidays away}\n", ""))
    still_less = changed(without, ("  - {key: night, title: Waking and sleeping nights}\n", ""))
    with time_machine.travel(LATER):
        assert load(without).changes == ("activities.breaks: removed",)
    assert [each.key for each in second.activities.all()] == ["tenancy", "night"]
    gone = Event.objects.get(verb="lots.activity.removed")
    assert gone.data == {"was": "Weekends and holidays away"}

    begin_round(second)
    with time_machine.travel(OPENING + timedelta(days=1)):
        loaded = load(still_less)
    assert loaded.changes == ()
    [left] = loaded.left
    line = line_of(still_less, "activities:")
    assert left.startswith(f"line {line}: activities.night: the file has it no longer. A round")
    assert second.activities.filter(key="night").exists()


def test_a_zone_goes_together_with_its_localities(second):
    start, end = SECOND.index("  - {key: moor, title"), SECOND.index("\nactivities:")
    coast = """
localities:
  - {key: sandry, title: Sandry, zone: coast}
"""
    with time_machine.travel(LATER):
        loaded = load(SECOND[:start] + coast + SECOND[end:])
    assert loaded.left == ()
    assert [zone.key for zone in second.zones.all()] == ["coast"]
    assert [place.key for place in second.localities.all()] == ["sandry"]


# Once applications have opened


def announce_round(scheme) -> Round:
    """A round of short breaks that opens at OPENING."""
    with time_machine.travel(OPENING - timedelta(days=30)):
        lots = [scheme.lots.get(key="breaks")]
        round = rounds.start(scheme, title="A", opens_at=OPENING, lots=lots, by=the_system())
        return rounds.publish(round, deadline=OPENING + timedelta(days=40), by=the_system())


def begin_round(scheme) -> None:
    round = announce_round(scheme)
    with time_machine.travel(OPENING + timedelta(seconds=1)):
        rounds.begin(round, by=the_system())


@pytest.mark.parametrize(
    ("old", "new", "place", "was"),
    [
        ("ends_on: 2031-09-30", "ends_on: 2031-12-31", "ends_on", "2031-09-30"),
        ("is_opened_by_two: yes", "is_opened_by_two: no", "is_opened_by_two", "True"),
        ("pass_mark: 40", "pass_mark: 35", "lots.1.pass_mark", "40"),
    ],
)
@pytest.mark.parametrize(("seconds", "is_refused"), [(-1, False), (0, True), (1, True)])
def test_what_applicants_were_told_is_changed_by_no_file_once_a_round_has_opened(
    db, old, new, place, was, seconds, is_refused
):
    base = changed(SECOND, NOTHING_OPEN)
    text = changed(base, (old, new))
    with time_machine.travel(DAY):
        announce_round(load(base).scheme)

    with time_machine.travel(OPENING + timedelta(seconds=seconds), tick=False):
        if is_refused:
            given = new.split(": ")[1]
            line = line_of(text, new)
            assert refused(text) == [f"line {line}: {place}: {OPENED} {was}. (given: '{given}')"]
        else:
            assert len(load(text).changes) == 1


def test_a_mode_is_changed_by_no_file_once_a_round_has_opened_the_lot(second):
    begin_round(second)
    text = changed(SECOND, ("admission_mode: rounds", "admission_mode: closed"))
    with time_machine.travel(OPENING + timedelta(days=1)):
        [sentence] = refused(text)
    line = line_of(SECOND, "admission_mode: rounds")
    assert sentence == (
        f"line {line}: lots.1.admission_mode: {OPENED} rounds. A commissioner changes it in the "
        "admin, with a reason and a decision that covers it (given: 'closed')"
    )
    assert second.lots.with_mode().get(key="breaks").mode == "rounds"


def test_a_lot_that_is_open_at_any_time_has_opened_with_its_scheme(second):
    with time_machine.travel(LATER):
        [sentence] = refused(changed(SECOND, ("admission_mode: open", "admission_mode: rounds")))
    assert f"lots.2.admission_mode: {OPENED} open." in sentence


def test_a_lot_that_no_round_has_opened_may_still_change(second):
    begin_round(second)
    with time_machine.travel(OPENING + timedelta(days=1)):
        loaded = load(changed(SECOND, ("admission_mode: closed", "admission_mode: rounds")))
    assert loaded.changes == (
        "lots.supported-living.kind: framework → category",
        "lots.supported-living.admission_mode: rounds",
    )


def test_refusals_are_listed_at_once_and_go_on_record(second):
    text = changed(
        SECOND,
        ("ends_on: 2031-09-30", "ends_on: 2031-12-31"),
        ("admission_mode: open", "admission_mode: rounds"),
        ("title: Short breaks", "title: Longer breaks"),
    )
    with time_machine.travel(LATER):
        sentences = refused(text)
    assert [each.split(": ")[1] for each in sentences] == ["ends_on", "lots.2.admission_mode"]
    assert second.lots.get(key="breaks").title == "Short breaks"
    noted = Event.objects.get(verb="lots.loading.load refused")
    assert (noted.subject_id, noted.why) == (second.authority_id, "\n".join(sentences))


def test_a_decision_is_never_edited(second):
    text = changed(SECOND, ("title: Home and Away framework", "title: Another title"))
    with time_machine.travel(LATER):
        [sentence] = refused(text)
    line = line_of(text, "- number: NB")
    assert sentence.startswith(f"line {line}: decisions.0: A decision is never edited")


def test_a_slug_belongs_to_one_authority(second):
    text = changed(
        SECOND,
        ("slug: northmere\n", "slug: southmere\n"),
        ("name: Northmere Borough", "name: Southmere Borough"),
    )
    [sentence] = refused(text)
    line = line_of(text, "slug: northmere-home")
    assert sentence.startswith(f"line {line}: slug: A scheme of Northmere Borough Council has it")


# Files that are not loaded


def test_all_faults_are_listed_at_once_with_exit_code_1_and_nothing_stored(db, tmp_path):
    text = changed(
        SECOND,
        ("notice_on: 2025-06-02", "notice_on: yesterday"),
        ("greatest: 6", "greatest: 2"),
        ('ceiling: "31.75"', "ceiling: dear"),
        ("open_days: 30", "open_days: 366"),
        ("until_on: 2025-12-31", "until_on: 2025-01-31"),
        ("summary: Days,", "sumary: Days,"),
    )
    path = tmp_path / "broken.yaml"
    path.write_text(text)
    told = subprocess.run(
        [sys.executable, "manage.py", "load_scheme", path],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 1
    assert told.stdout == ""
    named = re.findall(r"^line (\d+): (\S+): ", told.stderr, re.M)
    assert named == [
        (str(line_of(text, "notice_on")), "notice_on"),
        (str(line_of(text, "sumary")), "lots.1.sumary"),
        (str(line_of(text, "ceiling: dear")), "lots.2.tiers.0.ceiling"),
        (str(line_of(text, "open_days")), "schedule.open_days"),
    ]
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("load_scheme", tmp_path / "absent.yaml")
    assert everything() == dict.fromkeys(everything(), 0)


def test_the_rows_of_a_stored_scheme_are_those_of_its_file(kent):
    assert rows.of_scheme(Scheme.objects.get(pk=kent.pk)) == read(KENT.encode()).scheme
