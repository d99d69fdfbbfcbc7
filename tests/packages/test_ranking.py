from decimal import Decimal
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lots.calculations.scoring import Scored, shown
from packages.calculations.ranking import Offer, ranked

QUALITY = Decimal(60)


def offer(provider, outcomes, fit, weekly_cost, pass_mark=3):
    """An offer marked for outcomes (35) and for fit to the person (25), with price 40."""
    scored = (
        Scored("Outcomes", outcomes, Decimal(35), pass_mark),
        Scored("Fit to the person", fit, Decimal(25), pass_mark),
    )
    return Offer(provider, scored, Decimal(weekly_cost))


OFFERS = [
    offer("Windfall Orchard Project", 4, 5, "205.50"),
    offer("Tin Whistle Arts", 3, 2, "212.00"),
    offer("Hop Kiln Skills Trust", 5, 4, "189.00"),
    offer("Copper Kettle Social Club", 3, 3, "176.40"),
    offer("Seven Ferries Support", 5, 5, "238.00"),
]


def table(rows):
    return [
        (
            row.place,
            row.offer.provider,
            str(shown(row.quality)),
            row.price if row.price is None else str(shown(row.price)),
            row.total if row.total is None else str(shown(row.total)),
            str(row.over_budget_by),
            row.qualifies,
        )
        for row in rows
    ]


def test_five_offers_against_a_budget_of_214_pounds():
    rows = ranked(OFFERS, quality_weight=QUALITY, weekly_budget=Decimal(214))
    assert table(rows) == [
        (1, "Hop Kiln Skills Trust", "55.00", "37.33", "92.33", "0.00", True),
        (2, "Seven Ferries Support", "60.00", "29.65", "89.65", "24.00", False),
        (3, "Windfall Orchard Project", "53.00", "34.34", "87.34", "0.00", True),
        (4, "Copper Kettle Social Club", "36.00", "40.00", "76.00", "0.00", True),
        (None, "Tin Whistle Arts", "31.00", None, None, "0.00", False),
    ]
    assert [mark.question for mark in rows[-1].offer.below] == ["Fit to the person"]
    assert [row.is_over_budget for row in rows] == [False, True, False, False, False]


def test_the_order_in_which_offers_come_in_changes_nothing():
    one = ranked(OFFERS, quality_weight=QUALITY, weekly_budget=Decimal(214))
    for several in permutations(OFFERS):
        assert ranked(several, quality_weight=QUALITY, weekly_budget=Decimal(214)) == one


def test_the_lowest_price_is_that_of_an_offer_which_meets_the_pass_marks():
    cheap_and_poor = offer("Cheap", 2, 5, "10.00")
    rows = ranked([*OFFERS, cheap_and_poor], quality_weight=QUALITY, weekly_budget=None)
    assert table(rows)[:4] == table(ranked(OFFERS, quality_weight=QUALITY, weekly_budget=None))[:4]


def test_weights_of_the_quality_questions_among_themselves_add_up_to_a_hundred():
    def among_themselves(weekly_cost, outcomes, fit):
        scored = (Scored("Outcomes", outcomes, Decimal(70)), Scored("Fit", fit, Decimal(30)))
        return Offer(str(weekly_cost), scored, Decimal(weekly_cost))

    rows = ranked(
        [among_themselves(100, 5, 0), among_themselves(200, 0, 5)],
        quality_weight=QUALITY,
        weekly_budget=None,
    )
    assert [(row.quality, row.price) for row in rows] == [(42, 40), (18, 20)]


def test_equal_totals_share_a_place_though_their_prices_earn_thirds():
    def marked(provider, first, second, weekly_cost):
        scored = (Scored("10", first, Decimal(10)), Scored("50", second, Decimal(50)))
        return Offer(provider, scored, Decimal(weekly_cost))

    offers = [
        marked("lowest", 0, 0, 100),  # 40
        marked("second", 5, 5, 1200),  # 60 and 3.33...
        marked("first", 0, 5, 300),  # 50 and 13.33...
    ]
    rows = ranked(offers, quality_weight=QUALITY, weekly_budget=None)
    assert [(row.place, row.offer.provider) for row in rows] == [
        (1, "first"),  # within a place, the lower cost comes first
        (1, "second"),
        (3, "lowest"),
    ]


def test_a_single_offer_and_none_at_all():
    (row,) = ranked(OFFERS[:1], quality_weight=QUALITY, weekly_budget=None)
    assert (row.place, row.price) == (1, 40)
    assert ranked([], quality_weight=QUALITY, weekly_budget=None) == []


def test_quality_alone_may_decide():
    def marked(provider, mark, weekly_cost):
        return Offer(provider, (Scored("All", mark, Decimal(100)),), Decimal(weekly_cost))

    offers = [marked("cheap", 3, 10), marked("good", 5, 20), marked("dear", 3, 30)]
    rows = ranked(offers, quality_weight=Decimal(100), weekly_budget=None)
    assert [(row.place, row.offer.provider, row.total) for row in rows] == [
        (1, "good", 100),
        (2, "cheap", 60),
        (2, "dear", 60),
    ]


def test_price_alone_may_decide():
    unmarked = [Offer(name, (), Decimal(cost)) for name, cost in (("a", 20), ("b", 10))]
    rows = ranked(unmarked, quality_weight=Decimal(0), weekly_budget=None)
    assert [(row.offer.provider, row.total) for row in rows] == [("b", 100), ("a", 50)]


@pytest.mark.parametrize(
    ("offers", "weight", "said"),
    [
        ([offer("a", 3, 3, 10)], Decimal(70), "a: The weights add up to 60, not 100"),
        ([offer("a", 3, 3, 10), offer("a", 4, 4, 10)], QUALITY, "has one offer"),
        ([], Decimal(101), "from 0 to 100"),
        ([], Decimal(-1), "from 0 to 100"),
    ],
)
def test_what_cannot_be_ranked_is_refused(offers, weight, said):
    with pytest.raises(ValueError, match=said):
        ranked(offers, quality_weight=weight, weekly_budget=None)


marks = st.integers(0, 5)
offered = st.lists(
    st.tuples(marks, marks, st.integers(0, 60_000).map(lambda n: Decimal(n) / 100)),
    max_size=8,
).map(lambda rows: [offer(f"Provider {n}", *row) for n, row in enumerate(rows)])
budgets = st.none() | st.integers(0, 60_000).map(lambda n: Decimal(n) / 100)


@given(offered, budgets)
def test_offers_rank_as_a_slow_comparison_of_each_with_each_says(offers, budget):
    passing = [o for o in offers if all(mark.mark >= 3 for mark in o.scored)]
    lowest = min((o.weekly_cost for o in passing), default=None)

    def total(o):
        outcomes, fit = o.scored
        quality = Fraction(outcomes.mark * 35, 5) + Fraction(fit.mark * 25, 5)
        price = Fraction(lowest) / Fraction(o.weekly_cost) if o.weekly_cost else Fraction(1)
        return quality + 40 * price

    rows = ranked(offers, quality_weight=QUALITY, weekly_budget=budget)
    places = {row.offer.provider: row.place for row in rows}
    assert places == {
        o.provider: 1 + sum(total(other) > total(o) for other in passing) if o in passing else None
        for o in offers
    }
    assert [row.place is None for row in rows] == sorted(row.place is None for row in rows)
    assert {row.offer.provider for row in rows if row.qualifies} == {
        o.provider for o in passing if budget is None or o.weekly_cost <= budget
    }
