"""Rounds come from the schedule, open and close at their instants, and only under a decision that
covers them."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine

from dps.actions import Refused
from dps.models import Event, Excepted, SealingKey, the_system
from lots import tasks
from lots.actions import rounds
from lots.models import (
    Act,
    AdmissionMode,
    ProcedureState,
    Round,
    RoundLot,
)
from lots.queries.rounds import extended
from tests.factories import (
    NOON,
    LotFactory,
    QuestionnaireFactory,
    RoundFactory,
    ScheduleFactory,
    SchemeFactory,
    decided,
    staff,
)
from tests.lots.world import SECOND, day, departing, errors, instant, page, step, typed
from tests.threads import six_while_held

APRIL = datetime(2027, 4, 1, 11, tzinfo=UTC)  # noon in Kent, the clocks having gone forward
ANNOUNCED = datetime(2027, 3, 4, tzinfo=UTC)  # midnight, 28 days before


def scheduled(**kwargs):
    """A scheme whose one lot re-opens by schedule, every six months from 1 April 2023."""
    scheme = SchemeFactory(**kwargs)
    QuestionnaireFactory(scheme=scheme)
    lot = LotFactory(scheme=scheme, key="1a")
    return ScheduleFactory(scheme=scheme), lot


def planned() -> list[tuple]:
    rows = Round.objects.with_deadline().order_by("opens_at")
    return [(r.title, r.state, r.opens_at, r.deadline) for r in rows]


def shut_round(key="1b", act=Act.REOPEN):
    """A round announced for two lots, of which a decision covers only the first."""
    scheme = SchemeFactory()
    covered, other = LotFactory(scheme=scheme, key="1a"), LotFactory(scheme=scheme, key=key)
    round = RoundFactory(scheme=scheme, lots=[covered], title="Round 10")
    RoundLot.objects.create(round=round, lot=other)
    return round, other


@pytest.mark.parametrize(("seconds", "rounds_there"), [(-1, 0), (0, 1), (1, 1)])
def test_a_schedule_announces_its_next_round_on_the_day_it_says(db, seconds, rounds_there):
    scheduled()
    with time_machine.travel(ANNOUNCED + timedelta(seconds=seconds), tick=False):
        tasks.plan_rounds()
    assert Round.objects.count() == rounds_there


@time_machine.travel(ANNOUNCED, tick=False)
def test_the_round_of_a_schedule_has_its_instants_its_lots_and_its_key(db):
    schedule, lot = scheduled()
    LotFactory(scheme=schedule.scheme, key="1b", mode=AdmissionMode.CLOSED)
    LotFactory(scheme=schedule.scheme, key="2", mode=AdmissionMode.OPEN)
    tasks.plan_rounds()

    closes = datetime(2027, 4, 22, 11, tzinfo=UTC)
    assert planned() == [("Round 1", ProcedureState.PUBLISHED, APRIL, closes)]
    round = Round.objects.get()
    assert [row.lot for row in round.round_lots.all()] == [lot]
    assert SealingKey.objects.filter(pk=round.pk).exists()
    assert set(Event.objects.values_list("verb", "by__email")) == {
        ("lots.round.started", "system@dps.invalid"),
        ("lots.round.published", "system@dps.invalid"),
    }


@time_machine.travel(datetime(2026, 12, 10, tzinfo=UTC), tick=False)
def test_a_round_in_winter_opens_at_noon_by_the_clocks_of_winter(db):
    schedule, _ = scheduled()
    type(schedule).objects.filter(pk=schedule.pk).update(first_opens_on=date(2027, 1, 4))
    tasks.plan_rounds()
    assert [opens_at.hour for _, _, opens_at, _ in planned()] == [12]


def test_announcing_late_or_twice_or_while_a_schedule_cannot_makes_one_round_each(db):
    shut_off, _ = scheduled()
    type(shut_off).objects.filter(pk=shut_off.pk).update(open_days=1)  # too short
    scheduled()
    with time_machine.travel(ANNOUNCED + timedelta(days=20), tick=False):
        tasks.plan_rounds()
        tasks.plan_rounds()
    assert [round.opens_at for round in Round.objects.all()] == [APRIL]


@time_machine.travel(ANNOUNCED, tick=False)
def test_a_schedule_waits_for_a_questionnaire_and_for_a_lot_that_reopens(db):
    without_questions = ScheduleFactory()
    LotFactory(scheme=without_questions.scheme)
    without_lots = ScheduleFactory(scheme=SchemeFactory(published_at=None))
    QuestionnaireFactory(scheme=without_lots.scheme)
    tasks.plan_rounds()
    assert not Round.objects.exists()
    assert not Event.objects.exists()  # a tick that finds nothing due leaves no trace


@pytest.mark.parametrize(
    ("seconds", "state"),
    [(-1, ProcedureState.PUBLISHED), (0, ProcedureState.OPEN), (1, ProcedureState.OPEN)],
)
def test_a_round_opens_at_its_instant(db, seconds, state):
    round = RoundFactory()
    with time_machine.travel(round.opens_at + timedelta(seconds=seconds), tick=False):
        tasks.begin_rounds()
    round.refresh_from_db()
    assert round.state == state


@pytest.mark.parametrize(
    ("seconds", "state"),
    [(-1, ProcedureState.OPEN), (0, ProcedureState.OPEN), (1, ProcedureState.CLOSED)],
)
def test_a_round_closes_after_its_deadline(db, seconds, state):
    round = RoundFactory(state=ProcedureState.OPEN)
    with time_machine.travel(NOON + timedelta(seconds=seconds), tick=False):
        tasks.close_rounds()
    round.refresh_from_db()
    assert round.state == state


def test_a_worker_that_was_down_for_the_whole_of_a_round_puts_it_on_record_as_closed_once(db):
    round = RoundFactory()
    with time_machine.travel(NOON + timedelta(days=3), tick=False):
        for _ in range(2):
            for tick in (tasks.begin_rounds, tasks.close_rounds, tasks.unseal_rounds):
                tick()
    verbs = Event.objects.filter(subject_id=round.pk).values_list("verb", flat=True)
    assert sorted(verbs) == ["lots.round.closed", "lots.round.unsealed"]
    assert SealingKey.objects.get(pk=round.pk).plain is not None


def test_a_key_is_kept_open_from_the_opening_and_not_before(db):
    round = RoundFactory(scheme__is_opened_by_two=True)
    first, second = (staff(round.scheme.authority, "commissioner") for _ in range(2))
    with time_machine.travel(NOON + SECOND, tick=False):
        tasks.unseal_rounds()
        rounds.open(round, by=first)
        tasks.unseal_rounds()
        assert SealingKey.objects.get(pk=round.pk).plain is None
        rounds.open(round, by=second)
        tasks.unseal_rounds()
    assert SealingKey.objects.get(pk=round.pk).plain is not None


def test_a_round_that_no_decision_covers_stays_shut_and_says_why_until_one_does(client, db):
    round, lot = shut_round()
    commissioner = staff(round.scheme.authority, "commissioner")
    client.force_login(commissioner)
    says = (
        "Round 10 stays shut: no effective decision covers “re-open lot 1b” on Friday 8 May 2026."
    )
    with time_machine.travel(round.opens_at + timedelta(hours=1), tick=False):
        tasks.begin_rounds()
        round.refresh_from_db()
        assert round.state == ProcedureState.PUBLISHED
        shown = client.get(page(round))
        assert shown.context["tag"].word == "Stays shut"
        assert says in shown.content.decode()
        assert says in client.get(round.get_absolute_url()).content.decode()
        with pytest.raises(Refused, match="no effective decision covers “re-open lot 1b”"):
            rounds.begin(round, by=commissioner)

        decided(round.scheme, [lot], from_on=date(2026, 5, 8), until_on=date(2026, 5, 8))
        tasks.begin_rounds()
        assert client.get(page(round)).context["tag"].word == "Open"
    round.refresh_from_db()
    assert round.state == ProcedureState.OPEN


@pytest.mark.parametrize(
    "wanting",
    [
        {"from_on": date(2026, 5, 9)},
        {"until_on": date(2026, 5, 7)},
        {"act": Act.ESTABLISH},
        {"effective_at": NOON},
    ],
    ids=["from a later day", "until an earlier day", "another act", "not effective yet"],
)
def test_a_decision_of_another_scope_does_not_open_a_round(db, wanting):
    round, lot = shut_round()
    decided(round.scheme, [lot], **wanting)
    with time_machine.travel(round.opens_at, tick=False):
        tasks.begin_rounds()
    round.refresh_from_db()
    assert round.state == ProcedureState.PUBLISHED


def test_one_round_that_stays_shut_does_not_hold_up_another(db):
    shut_round()
    other = RoundFactory()
    with time_machine.travel(other.opens_at, tick=False):
        tasks.begin_rounds()
    assert [r.pk for r in Round.objects.filter(state=ProcedureState.OPEN)] == [other.pk]


# The window


def initial(scheme=None, **kwargs):
    """A draft of an initial round that opens at NOON, and a commissioner."""
    scheme = scheme or SchemeFactory(starts_on=date(2026, 10, 1))
    round = Round.objects.create(
        scheme=scheme,
        title="Initial round",
        number=1,
        opens_at=NOON,
        is_initial=True,
        questionnaire=QuestionnaireFactory(scheme=scheme),
    )
    RoundLot.objects.create(round=round, lot=LotFactory(scheme=scheme))
    return round, staff(scheme.authority, "commissioner")


@time_machine.travel(NOON - timedelta(days=1), tick=False)
def test_a_window_below_the_least_is_refused_by_its_rule_or_departed_from_with_a_reason(client, db):
    round, commissioner = initial()
    client.force_login(commissioner)
    url = step(round, "announce")
    short = instant("deadline", NOON + timedelta(days=21))
    response = client.post(url, short)
    assert response.status_code == 422
    (said,) = errors(response)["exception"]
    assert "PCR 2015 reg. 34(9)" in said
    assert "Enter why this round departs from it" in said
    assert not Excepted.objects.exists()

    assert client.post(url, short | {"exception": "As the notice says"}).status_code == 302
    excepted = Excepted.objects.get()
    told = (excepted.rule, excepted.by, excepted.why, excepted.subject_id)
    assert told == ("shortest_initial_window", commissioner, "As the notice says", round.pk)
    round.refresh_from_db()
    assert round.state == ProcedureState.PUBLISHED


@time_machine.travel(NOON - timedelta(days=1), tick=False)
def test_a_draft_is_corrected_until_it_is_announced_and_then_only_put_off(client, db):
    round, commissioner = initial()
    client.force_login(commissioner)
    url, later = step(round, "correct"), NOON + timedelta(days=7)
    shown = typed(client.get(url))
    assert (shown["title"], shown["opens_at_day"]) == ("Initial round", NOON.day)
    wrong = {"title": "First round"} | instant("opens_at", later) | {"opens_at_day": 32}
    response = client.post(url, wrong)
    assert response.status_code == 422
    assert list(errors(response)) == ["opens_at"]
    assert 'value="First round"' in response.content.decode()

    assert client.post(url, wrong | instant("opens_at", later)).status_code == 302
    round.refresh_from_db()
    assert (round.title, round.opens_at, round.state) == ("First round", later, "draft")
    event = Event.objects.get(verb="lots.round.changed")
    assert event.data["differences"]["title"] == ["Initial round", "First round"]
    assert set(event.data["differences"]) == {"title", "opens_at"}

    rounds.publish(round, deadline=later + timedelta(days=40), by=commissioner)
    with pytest.raises(Refused, match="only its deadline can be put off"):
        rounds.correct(round, title="Another", opens_at=NOON, by=commissioner)


@time_machine.travel(NOON - timedelta(days=1), tick=False)
def test_the_number_that_the_notice_gives_instead_is_the_rule(client, db):
    round, commissioner = initial()
    departing(round.scheme, "shortest_initial_window", number=21)
    client.force_login(commissioner)
    url = step(round, "announce")
    short = instant("deadline", NOON + timedelta(days=20)) | {"exception": "It is urgent"}
    assert "21 days" in errors(client.post(url, short))["deadline"][0]
    enough = client.post(url, instant("deadline", NOON + timedelta(days=21)))
    assert enough.status_code == 302
    assert not Excepted.objects.exists()


def test_a_window_counts_from_the_day_it_is_announced_not_from_an_opening_gone_by(client, db):
    round, commissioner = initial()
    client.force_login(commissioner)
    with time_machine.travel(NOON + timedelta(days=25), tick=False):
        sent = instant("deadline", NOON + timedelta(days=31))
        assert list(errors(client.post(step(round, "announce"), sent))) == ["exception"]


@time_machine.travel(NOON, tick=False)
def test_no_reason_departs_from_what_the_law_fixes(client, db):
    round = RoundFactory(state=ProcedureState.DRAFT, opens_at=NOON)
    client.force_login(staff(round.scheme.authority, "commissioner"))
    sent = instant("deadline", NOON + timedelta(hours=20)) | {"exception": "It is urgent"}
    response = client.post(step(round, "announce"), sent)
    assert "at least 2 working days" in errors(response)["deadline"][0]
    assert not Excepted.objects.exists()


@time_machine.travel(NOON, tick=False)
def test_a_round_closes_before_its_scheme_ends(client, db):
    round, commissioner = initial(SchemeFactory(ends_on=date(2026, 12, 31)))
    client.force_login(commissioner)
    late = instant("deadline", datetime(2027, 1, 1, 12, tzinfo=UTC))
    response = client.post(step(round, "announce"), late)
    assert errors(response) == {"deadline": ["The scheme ends on Thursday 31 December 2026"]}


# Putting off, cancelling, two at once


@time_machine.travel(NOON - timedelta(days=1), tick=False)
def test_a_deadline_put_off_shows_every_version_and_is_there_for_others_to_tell_of(client, db):
    round = RoundFactory(state=ProcedureState.OPEN)
    RoundFactory(state=ProcedureState.OPEN)  # not put off
    assert not extended(NOON).exists()
    client.force_login(staff(round.scheme.authority, "commissioner"))
    later = NOON + timedelta(days=7)
    sent = instant("deadline", later) | {"why": "An answer was late"}
    assert client.post(step(round, "extend"), sent).status_code == 302

    (found,) = extended(NOON)
    assert (found, found.deadline, found.extended_at) == (round, later, NOON - timedelta(days=1))
    shown = client.get(page(round)).content.decode()
    deadline = "Wednesday 24 June 2026 at 12 noon"
    for words in (deadline, "in force", "replaced", "An answer was late"):
        assert words in shown


@pytest.mark.parametrize(("seconds", "status"), [(-1, 302), (0, 302), (1, 422)])
def test_a_round_is_cancelled_until_its_deadline(client, db, seconds, status):
    round = RoundFactory(state=ProcedureState.OPEN)
    client.force_login(staff(round.scheme.authority, "commissioner"))
    with time_machine.travel(NOON + timedelta(seconds=seconds), tick=False):
        assert client.post(step(round, "cancel"), {"why": "Withdrawn"}).status_code == status


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("verb", "start", "end"),
    [("begin", "published", "open"), ("close", "open", "closed"), ("cancel", "open", "cancelled")],
)
def test_of_six_at_once_one_moves_a_round_and_the_others_are_told(verb, start, end):
    round = RoundFactory(state=start)
    commissioner = staff(round.scheme.authority, "commissioner")
    more = {"why": "Withdrawn"} if verb == "cancel" else {}
    at = NOON + SECOND if verb == "close" else NOON - timedelta(days=1)
    with time_machine.travel(at):
        act = getattr(rounds, verb)
        results = six_while_held(round, lambda: act(round, by=commissioner, **more))
    assert sorted(type(result).__name__ for result in results) == ["Refused"] * 5 + ["Round"]
    assert {str(r) for r in results if isinstance(r, Refused)} == {f"This round is now {end}"}
    assert Event.objects.filter(verb=f"lots.round.{end}").count() == 1


@pytest.mark.django_db(transaction=True)
@time_machine.travel(ANNOUNCED)
def test_six_workers_at_once_announce_one_round_of_a_schedule():
    schedule, _ = scheduled()
    results = six_while_held(schedule, lambda: rounds.plan(schedule, by=the_system()))
    assert [r for r in results if isinstance(r, Exception)] == []
    assert Round.objects.count() == 1


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize(
    ("mode", "says"),
    [
        (AdmissionMode.CLOSED, "is closed: it admits in the initial round only"),
        (AdmissionMode.OPEN, "is open at any time and needs no round"),
    ],
)
def test_a_round_opens_no_lot_that_is_closed_for_good_or_open_anyway(client, db, mode, says):
    scheme = SchemeFactory()
    QuestionnaireFactory(scheme=scheme)
    lot = LotFactory(scheme=scheme, mode=mode)
    client.force_login(staff(scheme.authority, "commissioner"))
    sent = {"title": "Round 2", "lots": [str(lot.pk)]} | instant("opens_at", NOON)
    response = client.post(step(scheme, "start-round"), sent)
    assert says in errors(response)["lots"][0]
    assert not Round.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("open_days", 200, "would open before the one before it has closed"),
        ("open_days", 0, "Enter 1 or more"),
        ("open_days", 1, "at least 2 working days"),
    ],
)
def test_a_schedule_gives_every_round_its_time(client, db, field, value, says):
    schedule, _ = scheduled()
    client.force_login(staff(schedule.scheme.authority, "commissioner"))
    sent = day("first_opens_on", schedule.first_opens_on) | {
        "every_months": 6,
        "open_days": 21,
        "opens_at": "12 noon",
        "closes_at": "12 noon",
        "announced_days": 28,
        field: value,
    }
    with time_machine.travel(NOON, tick=False):
        response = client.post(step(schedule, "edit"), sent)
    assert says in errors(response)[field][0]
    schedule.refresh_from_db()
    assert (schedule.open_days, schedule.opens_at) == (21, time(12))
