"""Rule 9. Money is decimal pounds and pence with stated rounding, and a weekly cost is the sum of
its parts to the penny."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from django.apps import apps
from django.db import models
from hypothesis import given
from hypothesis import strategies as st

from dps.forms import Form, MoneyField
from dps.money import pounds
from providers.calculations.pricing import (
    Card,
    Line,
    PatternLine,
    Rate,
    Tier,
    penny,
    price_over,
    price_week,
    uplifted,
    weekly_cost,
)

MONDAY = date(2026, 1, 5)
APRIL = date(2025, 4, 1)
CARD = Card(
    rates=(
        Rate("hour", Decimal("24.35"), APRIL, tier="one"),
        Rate("half_day", Decimal("61.15"), APRIL, tier="few"),
    ),
    tiers=(Tier("one", "One to one", 1, 1), Tier("few", "Small group", 2, 4)),
)
PATTERN = (
    PatternLine("hour", Decimal("2.25"), weekday=0),
    PatternLine("hour", Decimal("1.75")),
    PatternLine("half_day", Decimal(2), supported=3, weekday=4),
)


class Paying(Form):
    amount = MoneyField(label="Amount")


amounts = st.decimals(Decimal("0.01"), Decimal("999.99"), places=2)
quantities = st.decimals(Decimal("0.25"), Decimal(50), places=2)
lines = st.builds(Line, st.just("Support"), quantities, amounts, st.integers(1, 7))


def half_up(exact: Fraction) -> Decimal:
    """Pounds to the penny, worked out in whole numbers."""
    return Decimal((exact * 200 + 1) // 2) / 100


@given(lines)
def test_a_line_is_its_units_at_its_rate_for_its_days_halves_of_a_penny_up(line):
    exact = Fraction(line.units) * Fraction(line.rate) * line.days / 7
    assert line.cost == half_up(exact)


@given(st.lists(lines, max_size=12))
def test_a_weekly_cost_is_the_sum_of_the_lines_as_they_are_shown(shown):
    pence = sum(int(line.cost * 100) for line in shown)
    assert weekly_cost(shown) == Decimal(pence) / 100
    assert weekly_cost(shown).as_tuple().exponent == -2


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [("0.005", "0.01"), ("0.015", "0.02"), ("0.0049", "0.00"), ("2.675", "2.68")],
)
def test_half_a_penny_goes_up(exact, rounded):
    assert str(penny(Decimal(exact))) == rounded


def test_a_week_of_support_adds_up_to_the_penny():
    price = price_week(PATTERN, CARD, MONDAY)
    costs = sorted(line.cost for line in price.lines)
    # 2.25 h and 1.75 h at £24.35 are £54.7875 and £42.6125; two half days at £61.15 are £122.30
    assert costs == [Decimal("42.61"), Decimal("54.79"), Decimal("122.30")]
    assert price.cost == sum(costs) == Decimal("219.70")


def test_a_total_is_the_sum_of_its_weeks_as_they_are_shown():
    total = price_over(PATTERN, CARD, MONDAY, date(2026, 2, 1))
    assert [week.cost for week in total.weeks] == [Decimal("219.70")] * 4
    assert total.cost == 4 * Decimal("219.70")


def test_a_rate_that_rises_is_in_pence_again():
    assert uplifted(Decimal("24.35"), Decimal("3.3")) == Decimal("25.15")  # £25.15355
    assert uplifted(Decimal("24.35"), Decimal("3.8")) == Decimal("25.28")  # £25.2753


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("24.5", "24.50"), ("£1,024.05", "1024.05"), ("12,345,678", "12345678.00"), (" 0.01", "0.01")],
)
def test_what_is_typed_is_kept_as_pounds_and_pence(typed, kept):
    form = Paying({"amount": typed})
    assert form.is_valid()
    amount = form.cleaned_data["amount"]
    assert isinstance(amount, Decimal)
    assert f"{amount:.2f}" == kept
    assert pounds(amount) == f"£{amount:,.2f}"


@pytest.mark.parametrize(
    "typed",
    ["24.505", "0.001", "1e3", "NaN", "Infinity", "ten", "19,5", "219,50", "1,02,405", "1,0000"],
)
def test_part_of_a_penny_and_what_is_no_amount_are_refused(typed):
    form = Paying({"amount": typed})
    assert not form.is_valid()
    [said] = form.errors["amount"]
    assert said.endswith("like 24.50")


def test_no_column_of_ours_holds_a_float():
    ours = {"dps", "lots", "providers", "awards", "packages"}
    columns = [
        field
        for model in apps.get_models()
        if model._meta.app_label in ours
        for field in model._meta.get_fields()
    ]
    assert [field for field in columns if isinstance(field, models.FloatField)] == []
    decimals = [field for field in columns if isinstance(field, models.DecimalField)]
    money = [field for field in decimals if field.name != "score"]  # of 100, unrounded
    assert {field.decimal_places for field in money} == {2}
