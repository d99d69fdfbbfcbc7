"""Loading a scheme file again: what it changes, what it leaves, and what it is refused."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.management import call_command

from dps.models import Event, Role, the_system
from lots.actions import questionnaires, rounds, schemes, terms
from lots.models import (
    Activity,
    AwardRoute,
    Decision,
    Indicator,
    Locality,
    Lot,
    Outcome,
    Question,
    Questionnaire,
    Scheme,
    SchemeLoad,
    Tier,
)
from tests.factories import staff
from tests.lots.loads import LATER, OPENED, OPENING, announce_round, everything, load, refused
from tests.lots.test_scheme_files import SECOND, changed, line_of

pytestmark = pytest.mark.xdist_group("loaded again")  # loading it once takes long enough
LOADED = SECOND


@pytest.fixture
def second(db, loaded):
    return Scheme.objects.get(pk=loaded)


def commissioner(scheme):
    return staff(scheme.authority, Role.COMMISSIONER)


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


def begin_round(scheme) -> None:
    round = announce_round(scheme)
    with time_machine.travel(OPENING + timedelta(seconds=1)):
        rounds.begin(round, by=the_system())


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
