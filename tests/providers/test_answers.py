"""Whether what was answered is enough, and whether services fit their lots: arithmetic."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.calculations.answers import Asked, problem, remaining, standing, state, words
from providers.calculations.services import LotRules, problems, rate_problem
from providers.calculations.sizes import size_of

LIMITED = Asked(key="a", text="How?", kind="long_text", word_limit=10)
FOLLOW_UP = Asked("b", "What?", "short_text", asked_if={"question": "a", "answer": "yes"})
SEVERAL = Asked("b", "What?", "short_text", asked_if={"question": "a", "answer": "x"})
LOT = LotRules(
    "A", frozenset(["virtual"]), frozenset(["hour"]), {"one": None, "few": Decimal("20.00")}
)
RATE = {"lot": "A", "tier": "few", "unit": "hour", "mode": "virtual", "amount": "20.00"}


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("re-open", 1), (" one\n two\t3 ", 3), ("£24.50 a week.", 3), ("a\u00a0b", 2)],
)
def test_words_are_runs_between_white_space(text, count):
    assert words(text) == count


@given(st.lists(st.text("abc-", min_size=1), min_size=1, max_size=30))
def test_an_answer_is_too_long_by_just_the_words_over_its_limit(said):
    over = len(said) - 10
    found = problem(LIMITED, {"a": " ".join(said)})
    too_long = f"Your answer to “How?” is {over} word{'s' * (over > 1)} too long"
    assert found == (too_long if over > 0 else "")


@pytest.mark.parametrize(
    ("answers", "asked", "said"),
    [
        ({}, FOLLOW_UP, ""),
        ({"a": "no"}, FOLLOW_UP, ""),
        ({"a": "yes"}, FOLLOW_UP, "Enter an answer to “What?”"),
        ({"a": "yes", "b": "So"}, FOLLOW_UP, ""),
        ({"a": ["x", "y"]}, SEVERAL, "Enter an answer to “What?”"),
        ({"a": ["y"]}, SEVERAL, ""),
    ],
)
def test_a_follow_up_is_asked_by_the_answer_above_it(answers, asked, said):
    assert problem(asked, answers) == said


def test_a_follow_up_to_a_follow_up_falls_with_it():
    last = Asked("c", "And?", "short_text", asked_if={"question": "b", "answer": "more"})
    questions = [Asked("a", "A", "yes_no"), FOLLOW_UP, last]
    said = {"a": "yes", "b": "more", "c": "So", "of another section": "x"}
    assert standing(questions, said) == {"a": "yes", "b": "more", "c": "So"}
    assert standing(questions, said | {"a": "no"}) == {"a": "no"}
    assert standing(questions, {"b": "more", "c": "So"}) == {}


def test_the_state_of_a_section_follows_from_its_answers():
    questions = [Asked("a", "A", "yes_no"), LIMITED, Asked("c", "C", "date", is_required=False)]
    questions[1] = Asked(key="b", text="B", kind="long_text", word_limit=2)
    states = [
        state(questions, answers)
        for answers in (
            {},
            {"a": "yes"},
            {"a": "yes", "b": "one two three"},
            {"a": "yes", "b": "one two"},
        )
    ]
    assert states == ["not_started", "in_progress", "error", "complete"]


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        (["none"], ""),
        (["insolvency", "misconduct"], ""),
        (
            ["none", "insolvency"],
            "You chose none of these and another too. Choose one or the other",
        ),
    ],
)
def test_none_of_these_goes_with_no_other_choice(chosen, said):
    assert problem(Asked("grounds", "Which?", "several"), {"grounds": chosen}) == said


def test_what_remains_is_counted_by_kind():
    states = ["complete", "error", "in_progress", "in_progress", "check", "not_started"]
    assert remaining(states) == "1 error, 2 sections in progress, 1 to confirm, 1 not started"
    assert remaining(["complete"]) == ""


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, ""),
        ({"tier": "one", "amount": "999.00"}, ""),
        ({"amount": "20.01"}, "the rate of £20.01 is over the ceiling of £20.00"),
        ({"amount": "0.00"}, "a rate must be more than £0.00"),
        ({"mode": "face_to_face"}, "lot A is not delivered face to face"),
        ({"unit": "half_day"}, "lot A is not paid by the half day"),
        ({"tier": "many"}, "lot A has no such level of payment"),
    ],
)
def test_a_rate_fits_what_its_lot_pays_for(changed, said):
    assert rate_problem(RATE | changed, LOT) == said


def test_every_lot_needs_a_service_and_every_service_a_rate_for_its_lots():
    other = LotRules("B", LOT.modes, LOT.units, LOT.tiers)
    service = {"name": "Cooking", "lots": ["A", "B"], "rates": [RATE]}
    assert problems([service], [LOT, other]) == [
        "Add a service with a rate for lot B",
        "Cooking: add a rate for lot B",
    ]
    assert problems([], [LOT]) == ["Add a service with a rate for lot A"]
    assert problems([service | {"lots": ["A"]}], [LOT]) == []


@pytest.mark.parametrize(
    ("staff", "turnover", "size"),
    [
        (9, "1000000", "micro"),
        (10, "1000000", "small"),
        (9, "1000000.01", "small"),
        (49, "15000000", "small"),
        (50, "0", "medium"),
        (249, "54000000", "medium"),
        (250, "0", "large"),
        (1, "54000000.01", "large"),
    ],
)
def test_size_follows_staff_and_turnover(staff, turnover, size):
    assert size_of(staff, Decimal(turnover)) == size
