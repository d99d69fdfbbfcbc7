"""Figures against their targets."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as some

from providers.calculations.targets import figure_problem, meets, said_figure, said_target

FIGURES = some.decimals(min_value=0, max_value=10**9, places=2)


@pytest.mark.parametrize(
    ("value", "better", "met"),
    [
        ("94.99", "higher", False),
        ("95", "higher", True),
        ("95.01", "higher", True),
        ("94.99", "lower", True),
        ("95.00", "lower", True),
        ("95.01", "lower", False),
    ],
)
def test_just_the_target_meets_it_whichever_way_is_better(value, better, met):
    assert meets(D(value), D("95"), better) is met


@given(value=FIGURES, target=FIGURES)
def test_a_figure_meets_one_of_two_opposite_targets_and_both_only_when_equal(value, target):
    met = meets(value, target, "higher"), meets(value, target, "lower")
    assert any(met)
    assert all(met) == (value == target)


def test_a_figure_is_said_with_its_unit():
    assert said_figure(D("95.50"), "%") == "95.5%"
    assert said_figure(D("1200.00"), "people") == "1,200 people"
    assert said_figure(D("100.00"), "%") == "100%"
    assert said_figure(D("1.00"), "people") == "1 person"
    assert said_figure(D("1.00"), "days") == "1 day"
    assert said_figure(D("0.00"), "days") == "0 days"
    assert said_target(D("95"), "%", "higher") == "95% or more"
    assert said_target(D("5"), "%", "lower") == "5% or less"
    assert said_target(D("10"), "days", "lower") == "10 days or fewer"


def test_a_figure_below_nought_or_over_the_whole_is_refused():
    assert figure_problem(D("-0.01"), "days") == "must be 0 or more"
    assert figure_problem(D("100.01"), "%") == "must be 100% or less"
    assert figure_problem(D("100"), "%") is None
    assert figure_problem(D("100.01"), "days") is None
