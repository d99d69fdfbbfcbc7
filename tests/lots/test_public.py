"""What the whole world reads of schemes, without signing in."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from dps.policies import Role
from lots.actions import rounds, schemes
from lots.models import (
    Act,
    AdmissionMode,
    Assessment,
    Lot,
    LotKind,
    ProcedureState,
    Question,
    Questionnaire,
    QuestionnaireState,
    QuestionSection,
    RoundLot,
    TextVersion,
)
from lots.queries import lots as standing
from tests.factories import (
    LONG_AGO,
    NOON,
    LotFactory,
    QuestionnaireFactory,
    RoundFactory,
    ScheduleFactory,
    SchemeFactory,
    UserFactory,
    decided,
    staff,
)
from tests.lots.world import SECOND, departing, page, step

BETWEEN = datetime(2026, 11, 21, 12, tzinfo=UTC)  # no round is open


def kent():
    """A scheme whose lots are closed between rounds, closed for good, and open at any time."""
    scheme = SchemeFactory(title="Everyday Life Activities")
    departing(scheme, lots=["1a", "1b"])
    QuestionnaireFactory(scheme=scheme)
    ScheduleFactory(scheme=scheme)
    framework = {"kind": LotKind.FRAMEWORK, "mode": AdmissionMode.CLOSED}
    lots = [
        LotFactory(scheme=scheme, key="1a", title="One to one"),
        LotFactory(scheme=scheme, key="1b", title="Large groups", **framework),
        LotFactory(scheme=scheme, key="2", title="Skills", mode=AdmissionMode.OPEN),
    ]
    return scheme, lots


def said(scheme, at, user=None):
    """{key of a lot: what is said of it}."""
    shown = standing.with_standing(Lot.objects.filter(scheme=scheme), at)
    return {lot.key: lot.standing.says for lot in shown}


@time_machine.travel(BETWEEN, tick=False)
def test_each_lot_says_in_words_whether_it_takes_applications(client, db):
    scheme, _ = kent()
    shown = client.get(scheme.get_absolute_url()).content.decode()
    assert said(scheme, BETWEEN) == {
        "1a": "Closed, next opens on Thursday 1 April 2027",
        "1b": "Closed, does not re-open",
        "2": "Open",
    }
    for words in said(scheme, BETWEEN).values():
        assert words in shown
    assert "Sent today, decided by Friday 4 December 2026." in shown  # ten working days
    assert "Lot 2 takes applications now. Lot 1a opens on Thursday 1 April 2027." in shown
    assert f"/apply/?to={scheme.pk}" in shown


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-1, "Closed, next opens on Friday 8 May 2026"), (0, "Open"), (1, "Open")],
)
def test_a_lot_is_open_from_the_instant_its_round_opens(db, seconds, words):
    scheme, (lot, *_) = kent()
    round = RoundFactory(scheme=scheme, lots=[lot])
    assert said(scheme, round.opens_at + timedelta(seconds=seconds))["1a"] == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-1, "Open"),
        (0, "Open"),
        (1, "Closed, next opens on Thursday 1 October 2026"),
    ],
)
def test_a_lot_is_open_to_the_deadline_of_its_round_and_not_a_second_longer(db, seconds, words):
    scheme, (lot, *_) = kent()
    RoundFactory(scheme=scheme, lots=[lot])
    assert said(scheme, NOON + timedelta(seconds=seconds))["1a"] == words


def test_the_days_left_of_a_round_leave_bank_holidays_out(client, db):
    scheme, (lot, *_) = kent()
    round = RoundFactory(
        scheme=scheme,
        lots=[lot],
        opens_at=datetime(2026, 12, 1, 12, tzinfo=UTC),
        closes=datetime(2026, 12, 30, 12, tzinfo=UTC),
    )
    with time_machine.travel(datetime(2026, 12, 21, 12, tzinfo=UTC), tick=False):
        for url in (scheme.get_absolute_url(), round.get_absolute_url()):
            assert "5 working days left" in client.get(url).content.decode()  # not 25, 28 December


def test_the_round_announced_comes_before_what_the_schedule_foresees(db):
    scheme, (lot, *_) = kent()
    opens_at, closes = datetime(2026, 7, 6, 8, tzinfo=UTC), datetime(2026, 8, 6, 8, tzinfo=UTC)
    RoundFactory(scheme=scheme, lots=[lot], opens_at=opens_at, closes=closes)
    assert said(scheme, NOON + SECOND)["1a"] == "Closed, next opens on Monday 6 July 2026"


def test_a_cancelled_round_opens_nothing(db):
    scheme, (lot, *_) = kent()
    RoundFactory(scheme=scheme, lots=[lot], state=ProcedureState.CANCELLED)
    assert said(scheme, NOON - SECOND)["1a"] == "Closed, next opens on Thursday 1 October 2026"


def test_a_lot_whose_round_no_decision_covers_is_closed_until_one_does(client, db):
    scheme, (lot, *_) = kent()
    round = RoundFactory(scheme=scheme, lots=[LotFactory(scheme=scheme, key="3")])
    RoundLot.objects.create(round=round, lot=lot)
    assert said(scheme, NOON)["1a"] == "Closed, until a decision opens it"
    with time_machine.travel(NOON, tick=False):
        assert "Stays shut" in client.get(round.get_absolute_url()).content.decode()
    decided(scheme, [lot])
    assert said(scheme, NOON)["1a"] == "Open"


def test_setting_a_lot_to_closed_makes_it_closed_for_good(db):
    scheme, (lot, *_) = kent()
    RoundFactory(scheme=scheme, lots=[lot], state=ProcedureState.CLOSED)
    decision = decided(scheme, [lot], act=Act.ESTABLISH)
    commissioner = staff(scheme.authority, Role.COMMISSIONER)
    Lot.objects.filter(pk=lot.pk).update(kind=LotKind.FRAMEWORK)
    with time_machine.travel(BETWEEN, tick=False):
        closed = AdmissionMode.CLOSED
        schemes.set_mode(lot, mode=closed, by=commissioner, why="Full", decision=decision)
        assert said(scheme, BETWEEN)["1a"] == "Closed, does not re-open"


@pytest.mark.parametrize(
    ("on", "words"),
    [(date(2028, 9, 30), "Open"), (date(2028, 10, 1), "Closed, does not re-open")],
)
def test_nothing_is_open_after_the_scheme_has_ended(db, on, words):
    scheme, _ = kent()
    assert said(scheme, datetime(on.year, on.month, on.day, 11, tzinfo=UTC))["2"] == words


def test_the_last_window_of_a_schedule_is_followed_by_none(db):
    scheme, _ = kent()
    at = datetime(2028, 4, 4, 12, tzinfo=UTC)
    assert said(scheme, at)["1a"] == "Closed, does not re-open"


def test_a_lot_in_rounds_takes_applications_throughout_unless_the_notice_departs_from_it(db):
    scheme = SchemeFactory()
    LotFactory(scheme=scheme, key="1")
    assert said(scheme, BETWEEN) == {"1": "Open"}  # PCR 2015 reg. 34(2)
    departing(scheme)
    assert said(scheme, BETWEEN) == {"1": "Closed, no opening is set yet"}


@pytest.mark.parametrize("several", [1, 3])
@time_machine.travel(BETWEEN, tick=False)
def test_the_list_of_schemes_takes_a_number_of_queries_that_does_not_grow(
    client, db, django_assert_num_queries, several
):
    shown = [kent()[0] for _ in range(several)]
    SchemeFactory(title="Not yet", published_at=None)
    SchemeFactory(title="Only a rehearsal", is_rehearsal=True)
    client.get(reverse("lots:schemes"))  # what is looked up once for all
    with django_assert_num_queries(6):
        response = client.get(reverse("lots:schemes"))
    assert {scheme for scheme, _ in response.context["schemes"]} == set(shown)
    assert all(len(lots) == 3 for _, lots in response.context["schemes"])


@pytest.mark.parametrize("several", [1, 3])
@time_machine.travel(BETWEEN, tick=False)
def test_the_page_of_a_scheme_takes_a_number_of_queries_that_does_not_grow(
    client, db, django_assert_num_queries, several
):
    scheme, (lot, *_) = kent()
    for _ in range(several):
        RoundFactory(scheme=scheme, lots=[lot], state=ProcedureState.CLOSED)
    with django_assert_num_queries(12):
        response = client.get(scheme.get_absolute_url())
    assert len(response.context["rounds"]) == several


def test_what_is_not_published_or_only_a_rehearsal_is_for_staff_alone(client, db):
    for hidden in ({"published_at": None}, {"is_rehearsal": True}):
        scheme = SchemeFactory(**hidden)
        assert client.get(scheme.get_absolute_url()).status_code == 302
        client.force_login(staff(scheme.authority, Role.COMMISSIONER))
        assert client.get(scheme.get_absolute_url()).status_code == 200
        client.force_login(UserFactory())
        assert client.get(scheme.get_absolute_url()).status_code == 404
        client.logout()


def asked_of_two_lots():
    """A published questionnaire with a scored question for each of two lots and one for both."""
    scheme = SchemeFactory()
    for key in ("1", "2"):
        LotFactory(scheme=scheme, key=key, title=f"Lot {key}", pass_mark=Decimal(60))
    version = Questionnaire.objects.create(scheme=scheme, number=1)
    section = QuestionSection.objects.create(
        questionnaire=version, key="care", position=1, title="Care", intro="About your care"
    )
    common = {"section": section, "kind": "long_text", "assessment": Assessment.SCORED}
    Question.objects.create(
        **common,
        key="both",
        position=1,
        text="How do you listen?",
        guidance="Two examples",
        weight=Decimal(40),
        pass_mark=3,
        word_limit=350,
        criterion="People decide",
        descriptors={"5": "Evidence of results", "0": "No answer"},
    )
    Question.objects.create(
        **common, key="one", position=2, text="How one to one?", weight=Decimal(60), lots=["1"]
    )
    Question.objects.create(
        **common, key="two", position=3, text="How in groups?", weight=Decimal(60), lots=["2"]
    )
    Question.objects.create(
        section=section,
        key="insured",
        position=4,
        text="Are you insured?",
        kind="yes_no",
        assessment=Assessment.PASS_FAIL,
        passing="yes",
        sizes=["small"],
    )
    Questionnaire.objects.filter(pk=version.pk).update(
        state=QuestionnaireState.PUBLISHED, published_at=LONG_AGO
    )
    return scheme, version


def test_every_question_is_read_with_what_it_weighs_and_what_passes(client, db):
    _, version = asked_of_two_lots()
    shown = client.get(reverse("lots:questionnaire", args=[version.pk]))
    content = shown.content.decode()
    for words in (
        "How do you listen?",
        "Two examples",
        "at most 350 words",
        "Scored: 40 of 100",
        "3 of 5",
        "People decide",
        "Evidence of results",
        "Lot 1",
        "Pass or fail",
        "Small (10 to 49 staff)",
    ):
        assert words in content, words
    sheet = shown.context["sheet"]
    assert [(item.question.key, weights) for item, weights in sheet.weights] == [
        ("both", (40, 40)),
        ("one", (60, None)),
        ("two", (None, 60)),
    ]
    assert sheet.totals == ()  # some are asked of small organisations alone


def test_the_questions_of_one_lot_and_one_size_come_to_100(client, db):
    _, version = asked_of_two_lots()
    url = reverse("lots:questionnaire", args=[version.pk])
    sheet = client.get(url, {"lot": "2", "size": "micro"}).context["sheet"]
    keys = [item.question.key for part in sheet.parts for item in part.questions]
    assert (keys, sheet.totals) == (["both", "two"], (100,))
    everything = client.get(url, {"lot": "no such lot", "size": "vast"}).context["sheet"]
    assert sum(len(part.questions) for part in everything.parts) == 4


def test_a_draft_of_the_next_questions_is_not_read_by_the_public(client, db):
    scheme, version = asked_of_two_lots()
    draft = Questionnaire.objects.create(scheme=scheme, number=2)
    url = reverse("lots:questionnaire", args=[draft.pk])
    assert client.get(url).status_code == 302
    home = client.get(scheme.get_absolute_url()).content.decode()
    assert str(version.pk) in home
    assert str(draft.pk) not in home


def test_every_version_of_a_text_stays_readable(client, db):
    scheme = SchemeFactory()
    for number, body in ((1, "# Aims\nOld words"), (2, "# Aims\nNew words\n\n<b>plain</b>")):
        TextVersion.objects.create(
            scheme=scheme,
            kind="specification",
            number=number,
            title="Specification",
            body=body,
            set_at=LONG_AGO,
            set_by=UserFactory(),
        )
    url = reverse("lots:specification", args=[scheme.pk])
    latest, first = client.get(url), client.get(url, {"version": "1"})
    assert [(b.words, b.is_heading) for b in latest.context["blocks"]] == [
        ("Aims", True),
        ("New words", False),
        ("<b>plain</b>", False),
    ]
    assert "&lt;b&gt;plain" in latest.content.decode()
    assert "Old words" in first.content.decode()
    assert "version 2 is in force" in first.content.decode()
    assert client.get(url, {"version": "3"}).status_code == 404
    terms = client.get(reverse("lots:terms", args=[scheme.pk])).content.decode()
    assert "Not published yet." in terms


@time_machine.travel(NOON - timedelta(days=1), tick=False)
def test_the_page_of_a_round_shows_its_dates_and_every_deadline(client, db):
    round = RoundFactory(title="Round 9")
    commissioner = staff(round.scheme.authority, Role.COMMISSIONER)
    later = NOON + timedelta(days=7)
    rounds.extend(round, deadline=later, by=commissioner, why="An answer was late")
    shown = client.get(round.get_absolute_url()).content.decode()
    for words in (
        "Wednesday 24 June 2026 at 12 noon",
        "Wednesday 17 June 2026 at 12 noon",
        "An answer was late",
        f"/apply/?to={round.pk}",
    ):
        assert words in shown, words
    assert str(commissioner) not in shown  # who did it is for the record


def test_a_draft_of_a_round_is_for_staff_alone(client, db):
    round = RoundFactory(state=ProcedureState.DRAFT, title="Round 10")
    assert client.get(round.get_absolute_url()).status_code == 302
    scheme = client.get(round.scheme.get_absolute_url())
    assert "Round 10" not in scheme.content.decode()


@pytest.mark.parametrize("name", ["accessibility", "privacy", "contact"])
def test_the_statements_say_whom_to_ask(client, db, name):
    SchemeFactory(contact_email="ask@kent.example")
    SchemeFactory(contact_email="hidden@kent.example", published_at=None)
    shown = client.get(reverse(name)).content.decode()
    assert "ask@kent.example" in shown
    assert "hidden@kent.example" not in shown


def test_one_who_would_apply_is_led_to_an_account_first(client, db):
    response = client.get(reverse("apply"), {"to": "1"})
    assert response.status_code == 302
    assert response.url == f"{reverse('account_signup')}?next=%2Fapply%2F%3Fto%3D1"


def test_staff_do_not_apply_to_their_own_authority(client, db):
    scheme = SchemeFactory()
    client.force_login(staff(scheme.authority, Role.COMMISSIONER))
    response = client.get(reverse("apply"), follow=True)
    assert "Staff of an authority cannot" in response.content.decode()
    assert client.get(step(scheme, "start-round")).status_code == 200
    assert client.get(page(scheme)).status_code == 200
