"""What is typed into a form, what comes of it, and what is said when it is wrong."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django import forms
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from dps.actions import Refused
from dps.clock import UK
from dps.forms import (
    DateField,
    Form,
    InstantField,
    MoneyField,
    NameForm,
    PercentField,
    WordsField,
    read_time,
    said_time,
)


class RoundForm(Form):
    title = forms.CharField(max_length=20)
    deadline = InstantField()
    starts_on = DateField(label="Start of the scheme", required=False)
    budget = MoneyField(label="Weekly budget", required=False)
    weight = PercentField(required=False)


def typed(day, month, year, time=None, field="deadline"):
    parts = {"day": day, "month": month, "year": year, "time": time}
    return {f"{field}_{part}": said for part, said in parts.items() if said is not None}


def cleaned(field, said):
    """What a field makes of what was typed, or what it says is wrong."""
    form = type("OneForm", (Form,), {"it": field})(said if isinstance(said, dict) else {"it": said})
    return form.errors["it"][0] if form.errors else form.cleaned_data["it"]


def instant(*said, **kwargs):
    return cleaned(InstantField(label="Deadline"), typed(*said, field="it", **kwargs))


def test_a_time_of_the_united_kingdom_becomes_its_instant():
    assert instant("17", "6", "2022", "12 noon") == datetime(2022, 6, 17, 11, tzinfo=UTC)
    assert instant("26", "Nov", "2026", "9:12am") == datetime(2026, 11, 26, 9, 12, tzinfo=UTC)
    assert instant("26", "november", "2026", "23:59") == datetime(2026, 11, 26, 23, 59, tzinfo=UTC)


def test_a_time_that_the_clocks_skip_in_spring_is_refused():
    assert instant("29", "3", "2026", "12:59am") == datetime(2026, 3, 29, 0, 59, tzinfo=UTC)
    assert instant("29", "3", "2026", "1:30am") == (
        "Deadline must be a time that there is: on 29 March 2026 the clocks go forward from 1am "
        "to 2am, over 1:30am"
    )
    assert instant("29", "3", "2026", "2am") == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_a_time_that_comes_twice_in_autumn_is_refused():
    assert instant("25", "10", "2026", "12:59am") == datetime(2026, 10, 24, 23, 59, tzinfo=UTC)
    assert instant("25", "10", "2026", "1:30am") == (
        "Deadline must be a time that comes once: on 25 October 2026 the clocks go back from 2am "
        "to 1am, and 1:30am comes twice. Choose a time before 1am or from 2am"
    )
    assert instant("25", "10", "2026", "2am") == datetime(2026, 10, 25, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (("", "", "", ""), "Enter the deadline"),
        (("26", "", "2026", "noon"), "Deadline must include a month"),
        (("26", "", "", ""), "Deadline must include a month, year and time"),
        (("31", "2", "2026", "noon"), "Deadline must be a real date"),
        (("26", "Ju", "2026", "noon"), "Deadline must be a real date"),
        (("26", "11", "26", "noon"), "Deadline must be a real date"),
        (("26", "11", "2026", "9"), "Deadline must have a time, like 9:12am or 12 noon"),
        (("26", "11", "2026", "25:00"), "Deadline must have a time, like 9:12am or 12 noon"),
        (("26", "11", "2026", "13pm"), "Deadline must have a time, like 9:12am or 12 noon"),
        (("26", "11", "2026", "midnight"), "Deadline must have a time, like 9:12am or 12 noon"),
    ],
)
def test_a_deadline_that_is_not_one_is_refused_in_plain_words(said, error):
    assert instant(*said) == error


@pytest.mark.parametrize(
    "said", ["9:12am", "9.12 am", "09:12", "9:12 a.m.", "0912", "9.12", "09:12:00"]
)
def test_a_time_may_be_typed_as_people_write_it(said):
    assert read_time(said).isoformat() == "09:12:00"


@given(st.times())
def test_a_time_that_is_shown_for_change_is_read_back_as_it_was(at):
    at = at.replace(microsecond=0)
    assert read_time(said_time(datetime.combine(date(2026, 11, 26), at, UK))) == at


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)))  # noqa: DTZ001 (UTC, below)
def test_an_instant_that_is_shown_for_change_comes_back_as_it_was(naive):
    there = naive.replace(microsecond=0, tzinfo=UTC)
    shown = InstantField().widget.decompress(there)
    came_back = instant(*(str(part) for part in shown))
    assert came_back == there or "comes twice" in came_back


def test_a_day_is_typed_in_three_parts():
    field = DateField(label="Start")
    assert cleaned(field, typed("1", "10", "2022", field="it")) == date(2022, 10, 1)
    assert cleaned(field, typed("1", "", "2022", field="it")) == "Start must include a month"
    assert cleaned(field, {}) == "Enter the start"
    assert cleaned(DateField(required=False), {}) is None


@pytest.mark.parametrize(
    ("said", "amount"),
    [
        ("95", Decimal("95")),
        ("£1,234.50", Decimal("1234.50")),
        (" 24.5 ", Decimal("24.5")),
        ("12.345", "Weekly budget must have two figures after the point at most, like 24.50"),
        ("24,50p", "Weekly budget must be an amount in pounds and pence, like 24.50"),
        ("1e3", "Weekly budget must be an amount in pounds and pence, like 24.50"),
        ("NaN", "Weekly budget must be an amount in pounds and pence, like 24.50"),
        ("-1", "Weekly budget must be £0 or more"),
        ("10000000000", "Weekly budget is too large"),
        ("", "Enter the weekly budget"),
    ],
)
def test_money_is_pounds_and_pence_or_it_is_refused(said, amount):
    assert cleaned(MoneyField(label="Weekly budget"), said) == amount


@pytest.mark.parametrize(
    ("said", "share"),
    [
        ("12.5%", Decimal("12.5")),
        ("100", Decimal("100")),
        ("100.1", "Weight must be 100 or less"),
        ("0.12345", "Weight must have no more than 4 decimal places"),
        ("most", "Weight must be a percentage, like 12.5"),
    ],
)
def test_a_percentage_is_from_nought_to_a_hundred(said, share):
    assert cleaned(PercentField(label="Weight"), said) == share


def test_an_answer_may_have_as_many_words_as_its_limit_and_no_more():
    field = WordsField(label="How do you help people?", words=3)
    assert cleaned(field, "one two-three 4") == "one two-three 4"
    too_many = "Your answer to “How do you help people?” must be 3 words or fewer. It has 4"
    assert cleaned(field, "one two three four") == too_many
    assert cleaned(field, "") == "Enter an answer to “How do you help people?”"


@pytest.mark.parametrize(
    ("field", "said", "error"),
    [
        (forms.CharField(label="Name", max_length=3), "four", "Name must be 3 characters or fewer"),
        (forms.CharField(label="Your answer"), "", "Enter your answer"),
        (forms.CharField(label="CQC rating"), "", "Enter the CQC rating"),
        (forms.CharField(label="Share of 100%", max_length=1), "12",
         "Share of 100% must be 1 characters or fewer"),
        (forms.EmailField(label="E-mail address"), "nobody",
         "E-mail address must be in the right format, like name@example.com"),
        (forms.IntegerField(label="Places"), "few", "Places must be a whole number"),
        (forms.IntegerField(label="Places", min_value=1), "0", "Places must be 1 or more"),
        (forms.DecimalField(label="Hours"), "few", "Hours must be a number"),
        (forms.ChoiceField(label="Team", choices=[("a", "Ashford")]), "", "Select the team"),
        (forms.ChoiceField(label="Team", choices=[("a", "Ashford")]), "b", "Select the team"),
        (forms.MultipleChoiceField(label="Lots", choices=[("2", "2")]), "", "Select the lots"),
        (forms.FileField(label="Insurance certificate"), "", "Upload the insurance certificate"),
        (forms.BooleanField(label="I may bind it"), "", "Tick “I may bind it” to go on"),
    ],
)  # fmt: skip
def test_errors_say_what_to_do_from_the_label(field, said, error):
    assert cleaned(field, said) == error


def test_no_error_begs_or_calls_what_was_typed_invalid():
    for class_ in (forms.CharField, forms.DateTimeField, forms.FileField, forms.UUIDField,
                   MoneyField, PercentField, InstantField, DateField):  # fmt: skip
        form = type("OneForm", (Form,), {"it": class_(label="Thing")})({})
        assert form.errors
        said = " ".join(map(str, form.fields["it"].error_messages.values())).lower()
        assert "please" not in said, class_
        assert "invalid" not in said, class_
        assert "valid" not in said, class_


def test_what_a_form_says_for_itself_stays():
    field = forms.CharField(label="Reason", error_messages={"required": "Say why"})
    assert cleaned(field, "") == "Say why"


def test_the_label_that_a_form_gets_late_is_the_one_its_errors_are_made_from():
    class LateForm(Form):
        answer = forms.CharField()

        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.fields["answer"].label = "Your views"

    assert LateForm({}).errors["answer"] == ["Enter your views"]


def test_a_refused_form_keeps_everything_that_was_typed():
    said = {"title": "Round 9", "budget": "12.345"} | typed("31", "2", "2026", "noon")
    form = RoundForm(said)
    assert form.status == 422
    shown = str(form["deadline"]) + str(form["title"]) + str(form["budget"])
    for value in ("Round 9", "12.345", "31", "2026", "noon"):
        assert f'value="{value}"' in shown


def test_what_an_action_refuses_stands_beside_its_field():
    form = RoundForm({"title": "Round 9"} | typed("26", "11", "2026", "noon"))
    assert form.is_valid()
    with form.refusals():
        raise Refused("The deadline can only be moved later", field="deadline")
    assert form.errors["deadline"] == ["The deadline can only be moved later"]
    assert form.status == 422


def test_what_an_action_refuses_without_a_field_stands_above_the_form():
    form = RoundForm({"title": "Round 9"} | typed("26", "11", "2026", "noon"))
    assert form.is_valid()
    with form.refusals():
        raise Refused("The round is now closed", field="round")
    assert form.non_field_errors() == ["The round is now closed"]


def test_a_form_shows_what_stands_now():
    stands = {
        "deadline": datetime(2022, 6, 17, 11, tzinfo=UTC),
        "starts_on": date(2022, 10, 1),
        "budget": Decimal("95.5"),
        "weight": Decimal("12.5000"),
    }
    form = RoundForm(initial=stands)
    shown = str(form["deadline"]) + str(form["starts_on"]) + str(form["budget"])
    for value in ("17", "6", "2022", "12 noon", "10", "95.50"):
        assert f'value="{value}"' in shown
    assert 'value="12.5"' in str(form["weight"])


def test_a_field_in_parts_knows_whether_it_was_changed():
    stands = {"title": "Round 9", "deadline": datetime(2022, 6, 17, 11, tzinfo=UTC)}
    same = QueryDict(mutable=True)
    same.update({"title": "Round 9"} | typed("17", "6", "2022", "12 noon"))
    assert RoundForm(same, initial=stands).changed_data == []
    same["deadline_day"] = "18"
    assert RoundForm(same, initial=stands).changed_data == ["deadline"]


def test_a_name_can_be_filled_in_by_the_browser():
    assert 'autocomplete="name"' in str(NameForm()["name"])
    assert NameForm({}).errors["name"] == ["Enter your full name"]
