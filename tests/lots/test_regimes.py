import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dps.calendar import at_local, calendar_days_from, noon, start_of_day, working_days_between
from lots.calculations.regimes import (
    PROFILES,
    Problem,
    Unit,
    accepts_between_rounds,
    answers_due_on,
    call_off_problem,
    decision_due,
    departure_problem,
    due_on,
    earliest_closing_on,
    effective_at,
    end_problem,
    end_warnings,
    last_instant,
    mode_problem,
    notice_problem,
    target_on,
    tender_window_problem,
    threshold,
    validity_problem,
    window_problem,
)
from tests.calendars import ANYWHERE, ENGLAND

DPS = PROFILES["pcr_2015_dps"]
MARKET = PROFILES["pa_2023_dynamic_market"]
LIGHT_TOUCH = PROFILES["pa_2023_light_touch_framework"]
FRAMEWORK = PROFILES["framework"]
KENT = DPS.departing({"shortest_initial_window": Decimal("21.00"), "opens_throughout": None})


def on(text):
    return date.fromisoformat(text)


def rule_of(problem):
    return problem and problem.rule


# What a profile holds


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda p: p.key)
def test_every_rule_has_its_source_and_reads_as_a_clause(profile):
    for key, rule in profile.rules.items():
        assert rule.key == key
        assert rule.source
        assert re.match("[A-Z]", rule.text)
        assert not rule.text.endswith(".")
        assert isinstance(rule.unit, Unit)
        assert rule.number is not None or rule.may_depart, "a number, or one for the scheme to give"


@pytest.mark.parametrize(
    ("profile", "key", "number", "unit"),
    [
        (DPS, "shortest_initial_window", 30, "days"),
        (DPS, "shortest_tender_window", 10, "days"),
        (DPS, "least_working_days_in_period", 2, "working days"),
        (DPS, "decide_application", 10, "working days"),
        (DPS, "decide_application_longest", 15, "working days"),
        (DPS, "clarification_days", 6, "days before"),
        (DPS, "renewed_declaration", 5, "working days"),
        (DPS, "exclusion_for_conviction", 5, "years"),
        (DPS, "exclusion_for_event", 3, "years"),
        (DPS, "turnover_cap", 2, "times"),
        (DPS, "reasons_to_unsuccessful", 15, "days"),
        (DPS, "award_notice_after_quarter", 30, "days"),
        (DPS, "retention", 3, "years"),
        (DPS, "pay_invoices", 30, "days"),
        (MARKET, "shortest_tender_window", 10, "days"),
        (MARKET, "report_exclusion", 30, "days beginning with the day"),
        (LIGHT_TOUCH, "voluntary_standstill", 8, "working days beginning with the day"),
        (LIGHT_TOUCH, "contract_details_notice", 120, "days beginning with the day"),
        (LIGHT_TOUCH, "contract_copy", 180, "days beginning with the day"),
        (LIGHT_TOUCH, "contract_copy_above", 5_000_000, "pounds"),
        (LIGHT_TOUCH, "least_indicators", 3, "number"),
        (LIGHT_TOUCH, "assess_indicators", 12, "months"),
        (LIGHT_TOUCH, "publish_payments_above", 30_000, "pounds"),
        (LIGHT_TOUCH, "retention", 3, "years"),
        (FRAMEWORK, "forward_plan", 28, "clear days"),
        (FRAMEWORK, "call_in", 5, "clear working days"),
        (FRAMEWORK, "publish_spend_above", 500, "pounds"),
        (FRAMEWORK, "publish_contracts_above", 5_000, "pounds"),
    ],
)
def test_the_numbers_are_those_of_the_rules(profile, key, number, unit):
    assert (profile.number(key), profile.rules[key].unit.value) == (number, unit)


@pytest.mark.parametrize(
    ("key", "holding"),
    [
        ("admits_all", {"pcr_2015_dps", "pa_2023_dynamic_market"}),
        ("opens_throughout", {"pcr_2015_dps", "pa_2023_dynamic_market"}),
        ("needs_tender_notice", {"pa_2023_dynamic_market"}),
        ("only_above_threshold", {"pa_2023_dynamic_market"}),
        ("conditions_fixed", {"pa_2023_dynamic_market", "framework"}),
        ("standstill_is_mandatory", set()),
        ("rolls_to_working_day", {"pcr_2015_dps", "framework"}),
    ],
)
def test_what_holds_under_which_regime(key, holding):
    assert {profile.key for profile in PROFILES.values() if profile.holds(key)} == holding


def test_working_days_are_englands_in_2015_and_any_parts_in_2023():
    assert {profile.key: set(profile.parts) for profile in PROFILES.values()} == {
        "pcr_2015_dps": {"england"},
        "framework": {"england"},
        "pa_2023_dynamic_market": {"england", "wales", "scotland", "northern_ireland"},
        "pa_2023_light_touch_framework": {"england", "wales", "scotland", "northern_ireland"},
    }


def test_a_profile_says_nothing_of_a_rule_that_it_has_not():
    assert DPS.number("contract_copy") is None
    assert DPS.day("contract_copy") is None
    assert not DPS.holds("only_above_threshold")
    assert MARKET.number("decide_application") is None  # "a reasonable period"
    assert DPS.number("admits_all") is None  # yes or no is no number
    assert not DPS.holds("turnover_cap")


# Departures


def test_a_departure_puts_the_number_of_the_notice_in_place_and_binds():
    rule = KENT.rules["shortest_initial_window"]
    assert rule.number == 21
    assert not rule.may_depart
    assert rule.source == "the scheme's notice, in place of PCR 2015 reg. 34(9)"
    assert not KENT.holds("opens_throughout")
    assert KENT.departed == {"shortest_initial_window", "opens_throughout"}
    assert DPS.number("shortest_initial_window") == 30
    assert {key for key in DPS.rules if KENT.rules[key] != DPS.rules[key]} == KENT.departed


def test_a_rule_that_is_yes_or_no_is_then_no_whatever_number_is_given():
    assert DPS.departing({"opens_throughout": 1}).rules["opens_throughout"].number is False


def test_a_notice_may_promise_no_days_at_all():
    at_once = DPS.departing({"shortest_tender_window": 0})
    opens_at = noon(on("2026-11-23"))
    assert earliest_closing_on(at_once, "shortest_tender_window", opens_at, ENGLAND) is None
    assert tender_window_problem(at_once, opens_at, noon(on("2026-11-25")), ENGLAND) is None


def test_a_shorter_period_by_notice_still_has_two_working_days():
    hurried = DPS.departing({"shortest_tender_window": 1})
    before_easter = noon(on("2026-04-02"))
    closing_on = earliest_closing_on(hurried, "shortest_tender_window", before_easter, ENGLAND)
    assert closing_on == on("2026-04-08")


@pytest.mark.parametrize(
    ("profile", "key", "number", "said"),
    [
        (DPS, "admits_all", None, "No departure from this rule is lawful"),
        (MARKET, "opens_throughout", None, "No departure from this rule is lawful"),
        (DPS, "last_end_on", None, "No departure from this rule is lawful"),
        (DPS, "shortest_initial_window", None, "Enter the whole number of days"),
        (DPS, "shortest_initial_window", Decimal("20.5"), "Enter the whole number of days"),
        (DPS, "shortest_initial_window", -1, "Enter the whole number of days"),
        (DPS, "sealed_with_wax", None, "has no rule called sealed_with_wax"),
    ],
)
def test_what_the_law_does_not_let_a_notice_say_is_refused(profile, key, number, said):
    assert said in departure_problem(profile, key, number).message
    with pytest.raises(ValueError, match=said):
        profile.departing({key: number})


def test_the_defaults_of_the_light_touch_may_be_departed_from():
    departing = {key for key, rule in DPS.rules.items() if rule.may_depart}
    assert departing == {
        "shortest_initial_window",
        "shortest_tender_window",
        "decide_application",
        "decide_application_longest",
        "clarification_days",
        "opens_throughout",
        "invites_suspended",
    }
    for key in departing:
        assert departure_problem(DPS, key, 1) is None


# Notices, ends and validity


def test_a_dps_cannot_be_begun_any_more_and_the_message_names_what_can():
    assert notice_problem(DPS, on("2025-02-23")) is None
    problem = notice_problem(DPS, on("2025-02-24"))
    assert problem == Problem(
        "notice_before",
        "The Public Contracts Regulations 2015 go on for what was begun before 24 February 2025. "
        "The notice is dated 24 February 2025, and none can be begun since then. Choose Dynamic "
        "market (Procurement Act 2023) or Light-touch framework (Procurement Act 2023). "
        "(SI 2024/716 reg. 5).",
    )


def test_the_act_is_for_what_is_begun_once_it_is_in_force():
    for profile in (MARKET, LIGHT_TOUCH):
        assert notice_problem(profile, on("2025-02-24")) is None
        assert rule_of(notice_problem(profile, on("2025-02-23"))) == "notice_from"


def test_a_dps_ends_by_23_february_2029():
    assert end_problem(DPS, on("2029-02-23")) is None
    problem = end_problem(DPS, on("2029-02-24"))
    assert problem.rule == "last_end_on"
    assert not problem.may_depart
    assert "Enter an end date on or before 23 February 2029" in problem.message
    assert "SI 2024/716 reg. 5(4)(b)" in problem.message
    for profile in (MARKET, LIGHT_TOUCH, FRAMEWORK):
        assert end_problem(profile, on("2040-01-01")) is None


def test_its_last_instant_is_a_second_before_midnight_and_no_call_off_follows():
    end = datetime(2029, 2, 23, 23, 59, 59, tzinfo=UTC)
    assert last_instant(DPS) == end
    assert last_instant(LIGHT_TOUCH) is None
    assert call_off_problem(DPS, end) is None
    assert rule_of(call_off_problem(DPS, end + timedelta(seconds=1))) == "last_end_on"
    assert call_off_problem(LIGHT_TOUCH, end + timedelta(days=400)) is None


def test_the_end_is_warned_of_12_6_and_3_months_before():
    assert end_warnings(on("2029-02-23")) == (
        on("2028-02-23"),
        on("2028-08-23"),
        on("2028-11-23"),
    )


@pytest.mark.parametrize(
    ("at", "rule"),
    [
        (datetime(2026, 2, 23, 23, 59, 59, tzinfo=UTC), None),
        (datetime(2026, 2, 24, tzinfo=UTC), "validity_fixed_after"),
    ],
)
def test_the_validity_of_a_dps_is_fixed_after_23_february_2026(at, rule):
    assert rule_of(validity_problem(DPS, at)) == rule
    assert validity_problem(LIGHT_TOUCH, at) is None


# Windows

NOTICE = at_local(on("2022-05-27"), time(9))


def test_kents_21_days_are_too_few_but_for_its_departure():
    closes_at = noon(on("2022-06-17"))
    problem = window_problem(DPS, NOTICE, closes_at, ENGLAND, initial=True)
    assert problem == Problem(
        "shortest_initial_window",
        "Applications are first taken for at least 30 days from the day the notice is sent. "
        "It closes on 17 June 2022, but 30 days from 27 May 2022 end on 27 June 2022. "
        "(PCR 2015 reg. 34(9)).",
        may_depart=True,
    )
    assert window_problem(KENT, NOTICE, closes_at, ENGLAND, initial=True) is None


def test_the_number_of_the_notice_is_enforced_from_then_on():
    closes_at = noon(on("2022-06-16"))
    problem = window_problem(KENT, NOTICE, closes_at, ENGLAND, initial=True)
    assert (problem.rule, problem.may_depart) == ("shortest_initial_window", False)
    assert "The notice gives 21 days for this" in problem.message


def test_only_the_initial_round_has_a_least_length_but_every_period_has_working_days():
    thursday = noon(on("2026-04-02"))  # before Good Friday
    assert rule_of(
        window_problem(DPS, thursday, noon(on("2026-04-07")), ENGLAND, initial=False)
    ) == ("least_working_days_in_period")
    assert window_problem(DPS, thursday, noon(on("2026-04-08")), ENGLAND, initial=False) is None
    assert (
        window_problem(LIGHT_TOUCH, thursday, noon(on("2026-04-03")), ANYWHERE, initial=True)
        is None
    )


@pytest.mark.parametrize(
    ("profile", "calendar", "sent_on", "closes_on"),
    [
        (DPS, ENGLAND, "2026-12-15", "2026-12-29"),  # day 10 is Christmas Day, and it rolls
        (DPS, ENGLAND, "2026-03-24", "2026-04-07"),
        (MARKET, ANYWHERE, "2026-12-15", "2026-12-25"),  # the Act has no rolling
    ],
)
def test_offers_are_taken_for_ten_days(profile, calendar, sent_on, closes_on):
    sent_at, closes_at = noon(on(sent_on)), noon(on(closes_on))
    key = "shortest_tender_window"
    assert earliest_closing_on(profile, key, sent_at, calendar) == on(closes_on)
    assert tender_window_problem(profile, sent_at, closes_at, calendar) is None
    earlier = closes_at - timedelta(days=1)
    assert rule_of(tender_window_problem(profile, sent_at, earlier, calendar)) == key


def test_all_who_are_invited_may_agree_to_less_under_the_regulations():
    sent_at, closes_at = noon(on("2026-11-23")), noon(on("2026-11-25"))
    assert tender_window_problem(DPS, sent_at, closes_at, ENGLAND, all_agreed=True) is None
    assert tender_window_problem(MARKET, sent_at, closes_at, ANYWHERE, all_agreed=True)
    assert rule_of(
        tender_window_problem(DPS, sent_at, noon(on("2026-11-24")), ENGLAND, all_agreed=True)
    ) == ("least_working_days_in_period")


def test_a_framework_has_the_time_that_its_notice_gives():
    opens_at = noon(on("2026-11-23"))
    assert earliest_closing_on(LIGHT_TOUCH, "shortest_tender_window", opens_at, ANYWHERE) is None
    published = LIGHT_TOUCH.departing({"shortest_tender_window": 5})
    assert rule_of(
        tender_window_problem(published, opens_at, noon(on("2026-11-27")), ANYWHERE)
    ) == ("shortest_tender_window")
    assert tender_window_problem(published, opens_at, noon(on("2026-11-28")), ANYWHERE) is None


@given(st.dates(on("2022-01-01"), on("2027-12-01")), st.integers(0, 60))
def test_a_first_window_stands_when_it_has_its_days_and_ends_on_a_working_day_or_later(
    opens_on, length
):
    closes_on = opens_on + timedelta(days=length)
    due = calendar_days_from(opens_on, 30)
    rolls = working_days_between(due - timedelta(days=1), closes_on, ENGLAND) > 0
    problem = window_problem(DPS, noon(opens_on), noon(closes_on), ENGLAND, initial=True)
    assert (problem is None) == (closes_on >= due and rolls)


# Modes of admission


@pytest.mark.parametrize(
    ("profile", "mode", "kind", "departed", "refuses_between", "may_depart"),
    [
        (DPS, "open", "category", (), False, None),
        (DPS, "rounds", "category", (), False, None),
        (DPS, "rounds", "category", (), True, True),
        (DPS, "rounds", "category", ("opens_throughout",), True, None),
        (KENT, "rounds", "category", (), True, None),
        (DPS, "closed", "category", (), False, False),
        (DPS, "closed", "category", ("opens_throughout",), False, False),
        (DPS, "closed", "framework", (), False, True),
        (DPS, "closed", "framework", ("opens_throughout",), False, None),
        (MARKET, "closed", "framework", (), False, False),
        (MARKET, "rounds", "category", (), True, False),
        (LIGHT_TOUCH, "closed", "framework", (), False, None),
        (LIGHT_TOUCH, "closed", "category", (), False, False),
        (LIGHT_TOUCH, "rounds", "framework", (), True, None),
        (FRAMEWORK, "closed", "framework", (), False, None),
    ],
)
def test_a_lot_that_shuts_anybody_out_is_a_framework_or_has_a_departure(
    profile, mode, kind, departed, refuses_between, may_depart
):
    problem = mode_problem(profile, mode, kind, departed, refuses_between=refuses_between)
    assert (problem and (problem.rule, problem.may_depart)) == (
        None if may_depart is None else ("opens_throughout", may_depart)
    )


def test_what_is_wrong_with_a_mode_is_said():
    def said(*how, **more):
        return mode_problem(DPS, *how, **more).message

    way_on = "Record the departure first: the notice's reference and the reason."
    assert "A closed lot never opens again. " + way_on in said("closed", "framework")
    refusing = said("rounds", "category", refuses_between=True)
    assert "This lot would refuse applications between its rounds. " + way_on in refusing
    assert "is a framework: type it so." in said("closed", "category")
    for message in (said("closed", "framework"), refusing, said("closed", "category")):
        assert message.endswith("(PCR 2015 reg. 34(2)).")


def test_a_rounds_lot_takes_applications_between_rounds_unless_the_notice_departs():
    assert accepts_between_rounds(DPS)
    assert not accepts_between_rounds(DPS, {"opens_throughout"})
    assert not accepts_between_rounds(KENT)
    assert not accepts_between_rounds(LIGHT_TOUCH)


# Clocks


@pytest.mark.parametrize(
    ("received_at", "longest", "due"),
    [
        (noon(on("2026-12-18")), False, "2027-01-06"),
        (noon(on("2026-12-18")), True, "2027-01-13"),
        (noon(on("2026-12-14")), False, "2026-12-30"),
        (noon(on("2026-12-14")), True, "2027-01-07"),
        (noon(on("2027-03-19")), False, "2027-04-06"),
        # 23:30 UTC is the next day here in summer
        (datetime(2026, 6, 1, 23, 30, tzinfo=UTC), False, "2026-06-16"),
    ],
)
def test_an_application_is_decided_in_ten_working_days_or_fifteen(received_at, longest, due):
    assert decision_due(DPS, received_at, ENGLAND, longest=longest) == on(due)


def test_without_a_number_in_law_the_scheme_gives_its_own():
    received_at = noon(on("2026-06-08"))
    assert decision_due(MARKET, received_at, ANYWHERE) is None
    measured = MARKET.departing({"decide_application": 10})
    assert decision_due(measured, received_at, ANYWHERE) == on("2026-06-23")  # 15 June, Scotland
    assert decision_due(DPS, received_at, ENGLAND) == on("2026-06-22")


@pytest.mark.parametrize(
    ("profile", "key", "event_on", "calendar", "legal_on", "work_to"),
    [
        (DPS, "award_notice_after_quarter", "2026-12-31", ENGLAND, "2027-02-01", "2027-02-01"),
        (
            LIGHT_TOUCH,
            "contract_details_notice",
            "2026-10-01",
            ANYWHERE,
            "2027-01-28",
            "2027-01-28",
        ),
        (LIGHT_TOUCH, "contract_copy", "2026-10-01", ANYWHERE, "2027-03-29", "2027-03-25"),
        (LIGHT_TOUCH, "voluntary_standstill", "2026-07-06", ANYWHERE, "2026-07-16", "2026-07-16"),
        (DPS, "forward_plan", "2026-09-01", ENGLAND, "2026-09-30", "2026-09-30"),
        (DPS, "renewed_declaration", "2026-12-23", ENGLAND, "2027-01-04", "2027-01-04"),
        (DPS, "retention", "2028-02-29", ENGLAND, "2031-02-28", "2031-02-28"),
        (DPS, "exclusion_for_conviction", "2022-03-01", ENGLAND, "2027-03-01", "2027-03-01"),
        (LIGHT_TOUCH, "assess_indicators", "2026-10-31", ANYWHERE, "2027-10-31", "2027-10-29"),
        (DPS, "pay_invoices", "2026-11-26", ENGLAND, "2026-12-26", "2026-12-24"),  # does not roll
    ],
)
def test_a_duty_has_a_legal_day_and_a_working_day_to_work_to(
    profile, key, event_on, calendar, legal_on, work_to
):
    assert due_on(profile, key, on(event_on), calendar) == on(legal_on)
    assert target_on(profile, key, on(event_on), calendar) == on(work_to)


@pytest.mark.parametrize("key", ["admits_all", "turnover_cap", "last_end_on", "clarification_days"])
def test_a_rule_without_days_falls_due_on_none(key):
    with pytest.raises(ValueError, match="no number of days"):
        due_on(DPS, key, on("2026-01-05"), ENGLAND)


def test_questions_are_answered_six_days_before_the_deadline_on_a_working_day():
    assert answers_due_on(DPS, noon(on("2026-12-10")), ENGLAND) == on("2026-12-04")
    assert answers_due_on(DPS, noon(on("2027-01-02")), ENGLAND) == on("2026-12-24")
    assert answers_due_on(LIGHT_TOUCH, noon(on("2026-12-10")), ANYWHERE) is None


def test_a_decision_takes_effect_when_five_clear_working_days_have_passed():
    published_at = noon(on("2024-06-11"))
    assert effective_at(DPS, published_at, ENGLAND) == start_of_day(on("2024-06-19"))


# Thresholds and call-offs


@pytest.mark.parametrize(
    ("key", "day", "pounds"),
    [
        ("light_touch", "2025-02-24", 663_540),
        ("light_touch", "2026-11-20", 663_540),
        ("sub_central", "2025-12-31", 214_904),
        ("sub_central", "2026-01-01", 207_720),
        ("below_threshold_details", "2026-11-20", 30_000),
    ],
)
def test_a_threshold_is_the_one_of_the_day(key, day, pounds):
    assert threshold(key, on(day)) == pounds


def test_before_the_act_there_is_no_threshold_of_its():
    with pytest.raises(LookupError):
        threshold("light_touch", on("2025-02-23"))


@pytest.mark.parametrize(
    ("pounds", "notice", "rule"),
    [
        (Decimal("663539.99"), "2026/S 000-1", "only_above_threshold"),
        (None, "2026/S 000-1", "only_above_threshold"),
        (Decimal("663540.00"), "2026/S 000-1", None),
        (Decimal("663540.00"), " ", "needs_tender_notice"),
    ],
)
def test_a_dynamic_market_is_for_noticed_contracts_above_the_threshold(pounds, notice, rule):
    at = noon(on("2026-11-20"))
    assert rule_of(call_off_problem(MARKET, at, pounds, notice)) == rule
    assert call_off_problem(LIGHT_TOUCH, at, pounds, notice) is None
