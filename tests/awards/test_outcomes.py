import inspect
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awards.calculations.outcomes import Check, Outcome, outcome
from lots.calculations.scoring import Scored

INSURED = Check("Insurance", True)
UNSAFE = Check("Safe to start", False)


def of(*marks, pass_mark=2):
    weights = [Decimal(100) / len(marks)] * len(marks)
    return [
        Scored(f"Question {n}", mark, weight, pass_mark)
        for n, (mark, weight) in enumerate(zip(marks, weights, strict=True), 1)
    ]


def test_an_applicant_that_meets_everything_is_admitted():
    assert outcome(of(3, 4), [INSURED]) == Outcome(True, Decimal(70), ())


def test_an_applicant_is_told_each_thing_that_it_does_not_meet():
    assert outcome(of(1, 5), [UNSAFE, INSURED], least_score=Decimal(65)) == Outcome(
        False,
        Decimal(60),
        (
            "Safe to start: failed",
            "Question 1: mark 1 is below the pass mark 2",
            "The score 60 is below the least score 65",
        ),
    )


def test_without_a_least_score_any_score_will_do():
    assert outcome(of(0, 0, pass_mark=0)) == Outcome(True, Decimal(0), ())


def test_a_lot_may_ask_for_checks_alone():
    assert outcome([], [INSURED]) == Outcome(True, None, ())
    assert outcome([], [INSURED, UNSAFE]) == Outcome(False, None, ("Safe to start: failed",))


def test_without_a_question_there_is_no_outcome():
    with pytest.raises(ValueError, match="a mark or a check"):
        outcome([], [])


def test_an_outcome_has_no_place_for_other_applicants_or_a_number_to_admit():
    assert list(inspect.signature(outcome).parameters) == ["scored", "checks", "least_score"]


marks = st.lists(st.integers(0, 5), min_size=4, max_size=4)
checks = st.lists(st.builds(Check, st.text(), st.booleans()), max_size=4)


@given(marks, checks, st.integers(0, 100))
def test_admitted_is_every_check_passed_every_pass_mark_met_and_the_score_reached(
    given_marks, given_checks, least
):
    reached = outcome(of(*given_marks), given_checks, Decimal(least))
    assert reached.admits == (
        all(check.passes for check in given_checks)
        and all(mark >= 2 for mark in given_marks)
        and sum(given_marks) * 5 >= least
    )
    assert reached.admits == (reached.reasons == ())
