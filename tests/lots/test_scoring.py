from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lots.calculations.scoring import (
    Scored,
    as_decimal,
    places,
    price_score,
    result,
    shown,
    weighted_score,
    weights_problem,
)

marks = st.integers(0, 5)
pence = st.integers(0, 500_000).map(lambda n: Decimal(n) / 100)


def of(*rows):
    """Marks from (mark, weight) or (mark, weight, pass mark)."""
    return [
        Scored(f"Question {n}", row[0], Decimal(row[1]), *row[2:]) for n, row in enumerate(rows, 1)
    ]


@st.composite
def marked(draw):
    """Marks of questions whose weights, in hundredths of a per cent, add up to 100."""
    cuts = sorted(draw(st.lists(st.integers(0, 10_000), max_size=8)))
    weights = [b - a for a, b in zip([0, *cuts], [*cuts, 10_000], strict=True)]
    return of(*((draw(marks), Decimal(weight) / 100, draw(marks)) for weight in weights))


def test_four_questions():
    assert weighted_score(of((4, 40), (3, 30), (5, 20), (2, 10))) == 74


def test_a_third_of_a_weight_is_kept_whole_and_shown_to_two_places():
    scored = of((1, "33.33"), (4, "33.33"), (5, "33.34"))
    assert weighted_score(scored) == Decimal("66.670")
    assert result(scored).shown == Decimal("66.67")
    assert shown(Decimal("37.035")) == Decimal("37.04")


@given(marked())
def test_a_score_is_the_share_of_every_mark(scored):
    slow = sum(Fraction(each.weight) * Fraction(each.mark, 5) for each in scored)
    assert Fraction(weighted_score(scored)) == slow
    assert 0 <= weighted_score(scored) <= 100


@given(marked())
def test_who_passes_has_reached_every_pass_mark(scored):
    outcome = result(scored)
    assert outcome.passes == all(each.mark >= each.pass_mark for each in scored)
    assert len(outcome.reasons) == sum(each.mark < each.pass_mark for each in scored)


@given(marked(), st.data())
def test_a_better_mark_never_makes_it_worse(scored, data):
    which = data.draw(st.integers(0, len(scored) - 1))
    old = scored[which]
    better = Scored(old.question, data.draw(st.integers(old.mark, 5)), old.weight, old.pass_mark)
    improved = [*scored[:which], better, *scored[which + 1 :]]
    assert result(improved).score >= result(scored).score
    assert set(result(improved).reasons) <= set(result(scored).reasons) | {
        f"{better.question}: mark {better.mark} is below the pass mark {better.pass_mark}"
    }


def test_the_reasons_name_each_question_below_its_pass_mark_and_the_score():
    failed = result(of((1, 50, 2), (4, 30, 3), (2, 20, 3)), least_score=Decimal(50))
    assert not failed.passes
    assert failed.reasons == (
        "Question 1: mark 1 is below the pass mark 2",
        "Question 3: mark 2 is below the pass mark 3",
        "The score 42 is below the least score 50",
    )


def test_a_score_that_only_rounds_up_to_the_least_does_not_reach_it():
    scored = of((3, "99.98"), (2, "0.02"))
    assert result(scored).score == Decimal("59.996")
    assert result(scored).shown == Decimal("60.00")
    assert result(scored, Decimal(60)).reasons == ("The score 59.996 is below the least score 60",)
    assert result(scored, Decimal("59.996")).passes


@pytest.mark.parametrize(
    ("weights", "problem"),
    [
        (["40", "60"], None),
        (["33.33", "33.33", "33.34"], None),
        (["40", "50"], "The weights add up to 90, not 100. Change them"),
        (["40", "60.01"], "The weights add up to 100.01, not 100. Change them"),
        (["110", "-10"], "A weight is below 0. Enter weights from 0 to 100"),
        ([], "The weights add up to 0, not 100. Change them"),
    ],
)
def test_weights_add_up_to_a_hundred(weights, problem):
    assert weights_problem([Decimal(weight) for weight in weights]) == problem


def test_marks_are_not_scored_by_weights_that_do_not_add_up():
    with pytest.raises(ValueError, match="add up to 90"):
        weighted_score(of((4, 40), (3, 50)))


@pytest.mark.parametrize("row", [(6, 10), (-1, 10), (3, -1), (3, 10, 6), (3, 10, -1)])
def test_a_mark_is_of_five(row):
    with pytest.raises(ValueError, match="Question 1"):
        of(row)


# Prices


def test_the_lowest_price_has_the_whole_weight():
    earned = [price_score(Decimal(price), Decimal(100), Decimal(40)) for price in (100, 105, 108)]
    assert [shown(as_decimal(score)) for score in earned] == [
        Decimal("40.00"),
        Decimal("38.10"),
        Decimal("37.04"),
    ]


def test_a_price_of_nothing_leaves_nothing_for_the_others():
    assert price_score(Decimal(0), Decimal(0), Decimal(40)) == 40
    assert price_score(Decimal("0.01"), Decimal(0), Decimal(40)) == 0


@pytest.mark.parametrize(("price", "lowest"), [("99", "100"), ("-1", "-1")])
def test_no_price_is_below_the_lowest_or_nothing(price, lowest):
    with pytest.raises(ValueError, match="No price is below"):
        price_score(Decimal(price), Decimal(lowest), Decimal(40))


@given(st.lists(pence, min_size=1, max_size=8), st.integers(0, 100))
def test_dearer_never_earns_more(prices, weight):
    earned = [price_score(price, min(prices), Decimal(weight)) for price in prices]
    assert max(earned) == weight
    assert all(score >= 0 for score in earned)
    ordered = [score for _, score in sorted(zip(prices, earned, strict=True))]
    assert sorted(earned, reverse=True) == ordered


@given(st.fractions(0, 100))
def test_an_exact_score_is_shown_as_long_division_shows_it(exact):
    hundredths = (exact * 100 + Fraction(1, 2)).__floor__()
    assert shown(as_decimal(exact)) == (Decimal(hundredths) / 100).quantize(
        Decimal("0.01"), ROUND_HALF_UP
    )


# Places


def test_equal_scores_share_a_place_and_the_next_counts_them_all():
    assert places([Decimal(70), Decimal(90), Decimal(70), Decimal(60)]) == (2, 1, 2, 4)
    assert places([]) == ()


@given(st.lists(st.integers(0, 20).map(Fraction)))
def test_a_place_is_one_more_than_the_number_of_better_scores(scores):
    assert places(scores) == tuple(1 + sum(o > score for o in scores) for score in scores)
