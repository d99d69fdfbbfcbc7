"""The includes of every page: their marks for those who listen, and what they must never hold."""

import gzip
import re
import subprocess
from datetime import UTC, date, datetime
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import django_tables2 as tables
import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import engines
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory
from django_tables2 import RequestConfig

from dps.forms import DateField, Form, InstantField, MoneyField, WordsField
from dps.templatetags.workplace import path_of
from dps.words import Clock

ROOT = Path(__file__).parent.parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
COMPONENTS = sorted((ROOT / "templates/components").rglob("*.html"))
ICONS = [
    *("ring", "half", "dot", "tick", "square", "dash", "look", "lock", "seal", "clock", "held"),
    *("menu", "down", "next", "find", "person", "cross"),
]
KIB = 1024


class Tags(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def all(self, *names):
        return [attrs for tag, attrs in self.found if tag in names]

    def ids(self):
        return [attrs["id"] for _, attrs in self.found if "id" in attrs]


def shown(source, **context):
    request = RequestFactory().get("/list/?sort=name&page=2")
    return engines["django"].from_string(source).render({"request": request} | context)


def component(which, /, **context):
    return render_to_string(f"components/{which}.html", context)


def text_of(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


class EverythingForm(Form):
    title = forms.CharField(help_text="As it is advertised")
    email = forms.EmailField(label="E-mail address", required=False)
    deadline = InstantField()
    starts_on = DateField(label="Start")
    budget = MoneyField(label="Weekly budget")
    places = forms.IntegerField(min_value=1)
    mode = forms.ChoiceField(widget=forms.RadioSelect, choices=[("c", "Closed"), ("o", "Open")])
    lots = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple, choices=[("1a", "1a"), ("2", "2")]
    )
    team = forms.ChoiceField(choices=[("", "Choose"), ("a", "Ashford")])
    answer = WordsField(label="Your answer", words=10)
    certificate = forms.FileField()
    password = forms.CharField(widget=forms.PasswordInput)
    sure = forms.BooleanField(label="I may bind it")
    why = forms.CharField(widget=forms.Textarea)
    seen = forms.CharField(widget=forms.HiddenInput)


def whole_form(form):
    return component("errors", form=form) + component("form", form=form, button="Save the thing")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_is_whole_and_has_no_style_or_script_of_its_own(path):
    source = path.read_text()
    get_template(str(path.relative_to(ROOT / "templates")))
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", source)
    assert not re.search(r"<script(?![^>]*\ssrc=)", source)
    assert not re.search(r"<(?!a )[^>]*(?:src|href)=[\"']https?:", source)


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_a_component_says_what_it_takes(path):
    if path.parent.name == "components":
        assert re.match(r"({% extends [^%]+%}\n)?{% comment %}", path.read_text())


def test_what_is_served_is_made_from_what_is_kept(tmp_path):
    subprocess.run(["sh", ROOT / "vendor/vendor.sh", tmp_path], check=True)
    for made in tmp_path.iterdir():
        assert (ROOT / "static" / made.name).read_bytes() == made.read_bytes()


def test_nothing_that_is_only_for_gov_uk_is_served():
    css = (ROOT / "static/govuk-frontend.min.css").read_text()
    assert "GDS Transport" not in css
    assert "url(" not in css
    for name in ("govuk-frontend.min.css", "govuk-frontend.min.js"):
        assert "sourceMappingURL" not in (ROOT / "static" / name).read_text()


def test_a_first_visit_loads_less_than_150_kb():
    sizes = [len(gzip.compress(path.read_bytes())) for path in (ROOT / "static").iterdir()]
    assert sum(sizes) < 120 * KIB  # and a page of up to 30


@pytest.mark.parametrize("name", ICONS)
def test_an_icon_is_drawn_and_says_nothing_aloud(name):
    html = component("icon", name=name)
    assert re.search(r"<(path|circle)", html)
    assert 'aria-hidden="true"' in html


def test_every_icon_that_is_asked_for_is_drawn():
    asked = {
        name
        for path in TEMPLATES
        for name in re.findall(r"icon\.html\" with name=\"(\w+)\"", path.read_text())
    }
    assert asked <= set(ICONS)


def test_every_field_is_labelled_and_described_by_what_is_there():
    tags = Tags(whole_form(EverythingForm({"answer": "a " * 11, "budget": "x"})))
    ids = tags.ids()
    assert len(ids) == len(set(ids))
    labelled = {attrs["for"] for attrs in tags.all("label")}
    for attrs in tags.all("input", "select", "textarea"):
        assert attrs["type" if "type" in attrs else "name"] == "hidden" or attrs["id"] in labelled
    for _, attrs in tags.found:
        assert set(attrs.get("aria-describedby", "").split()) <= set(ids)
    described = {attrs.get("id"): attrs.get("aria-describedby") for _, attrs in tags.found}
    assert described["id_title"] == "id_title-hint id_title-error"
    assert described["id_answer"] == "id_answer-error id_answer-info"


def test_each_error_on_top_leads_to_the_input_that_mends_it():
    form = EverythingForm({})
    tags = Tags(whole_form(form))
    inputs = {attrs.get("id") for attrs in tags.all("input", "select", "textarea")}
    led_to = [attrs["href"].removeprefix("#") for attrs in tags.all("a")]
    assert set(led_to) <= inputs
    assert led_to == [
        "id_title", "id_deadline_day", "id_starts_on_day", "id_budget", "id_places", "id_mode_0",
        "id_lots_0", "id_team", "id_answer", "id_certificate", "id_password", "id_sure", "id_why",
    ]  # fmt: skip


def test_only_the_part_of_a_date_that_is_wrong_is_marked():
    said = {"deadline_day": "26", "deadline_month": "", "deadline_year": "2026"}
    form = EverythingForm(said | {"deadline_time": "noon"})
    html = component("field", field=form["deadline"])
    wrong = [attrs["id"] for attrs in Tags(html).all("input") if "aria-invalid" in attrs]
    assert wrong == ["id_deadline_month"]
    assert text_of(html).startswith("Deadline Error: Deadline must include a month Day Month Year")


def test_everything_typed_is_there_after_an_error():
    said = {"title": "Round 9", "budget": "12.345", "answer": "a b c", "mode": "o", "team": "a",
            "why": "Because", "lots": ["2"], "deadline_day": "31", "seen": "7"}  # fmt: skip
    html = whole_form(EverythingForm(said))
    tags = Tags(html)
    values = {attrs["name"]: attrs.get("value") for attrs in tags.all("input") if "name" in attrs}
    assert values["title"] == "Round 9"
    assert values["budget"] == "12.345"
    assert values["deadline_day"] == "31"
    assert values["seen"] == "7"
    assert "a b c</textarea>" in html
    assert "Because</textarea>" in html
    chosen = [
        attrs["value"]
        for attrs in tags.all("input", "option")
        if {"checked", "selected"} & set(attrs)
    ]
    assert chosen == ["o", "2", "a"]


def test_a_password_is_not_sent_back():
    assert "hunter2" not in whole_form(EverythingForm({"password": "hunter2 hunter2"}))


def test_a_field_that_may_be_left_empty_says_so_and_the_others_do_not():
    labels = text_of(whole_form(EverythingForm()))
    assert "E-mail address (optional)" in labels
    assert labels.count("(optional)") == 1


def test_a_figure_is_typed_as_text_that_no_wheel_can_change():
    attrs = Tags(component("field", field=EverythingForm()["places"])).all("input")[0]
    assert (attrs["type"], attrs["inputmode"]) == ("text", "numeric")
    assert not {"min", "max", "step"} & set(attrs)


def test_an_address_and_a_password_are_known_to_the_browser():
    form = EverythingForm()
    assert 'autocomplete="email"' in component("field", field=form["email"])
    assert 'type="password"' in component("field", field=form["password"])


def test_a_form_that_takes_a_file_is_sent_in_parts():
    assert 'enctype="multipart/form-data"' in component("form", form=EverythingForm(), button="Go")
    assert "enctype" not in component("form", form=Form(), button="Go")


def test_a_page_with_one_question_has_it_for_its_heading():
    html = component("field", field=EverythingForm()["answer"], heading=True, why="We care")
    assert '<h1><label for="id_answer">Your answer</label></h1>' in html
    assert "Why we ask" in html


def test_a_count_of_words_says_how_many_are_left_or_too_many():
    limit = "You can enter up to 10 words"
    assert limit in component("field", field=EverythingForm()["answer"])
    for said, words in (("a b c", "7 words remaining"), ("a " * 11, "1 word too many")):
        html = component("field", field=EverythingForm({"answer": said})["answer"])
        assert f"You have {words}" in html


def test_what_is_typed_is_never_taken_for_markup():
    nasty = "<script>alert(1)</script>"
    html = whole_form(EverythingForm({"title": nasty, "why": nasty}))
    html += shown("{{ said|marked:'alert' }}", said=nasty)
    html += component("note", title=nasty, text=nasty)
    assert "<script" not in html


def test_a_state_has_a_shape_and_a_word_before_its_colour():
    html = component("tag", word="Open", kind="go", shape="dot")
    assert re.fullmatch(r'\s*<strong class="state state--go"><svg.*</svg>Open</strong>\s*', html)


@pytest.mark.parametrize(
    ("state", "kind", "shape"),
    [("draft", "", "ring"), ("open", "go", "dot"), ("suspended", "stop", "look"),
     ("being_evaluated", "info", "half")],
)  # fmt: skip
def test_the_state_of_a_record_is_shown_by_what_it_means(state, kind, shape):
    record = SimpleNamespace(state=state, get_state_display=lambda: "In words")
    kind = f" state--{kind}" if kind else ""
    html = component("tag", record=record)
    assert f'<strong class="state{kind}">{component("icon", name=shape)}In words' in html


def test_a_clock_says_its_words_and_shows_its_state():
    late = component("clock", clock=Clock("late", "Was due Friday", "1 working day late"))
    assert "clock--late" in late
    assert text_of(late) == "Was due Friday, 1 working day late"
    assert "clock--" not in component("clock", clock=Clock("due", "Due Friday", "1 day left"))


def test_a_step_that_is_barred_stays_and_says_why():
    barred = SimpleNamespace(
        label="Start moderation", slug="start", why_not="11 of 14 are ready.",
        way_on="Moderate those", way_on_url="/those/",
    )  # fmt: skip
    html = component("steps", actions=[SimpleNamespace(label="Remind", slug="remind"), barred])
    tags = Tags(html)
    assert tags.all("a")[0]["href"] == "../remind/"
    button = tags.all("button")[0]
    assert button["aria-disabled"] == "true"
    assert button["aria-describedby"] in tags.ids()
    assert "11 of 14 are ready. Moderate those" in text_of(html)


def test_a_path_shows_what_is_behind_where_it_is_and_what_is_to_come():
    html = component("path", states=["Draft", "Open", "Closed"], current="Open", of="this round")
    assert [attrs.get("class") for attrs in Tags(html).all("li")] == ["done", "is", None]
    assert 'data-short="Step 2 of 3:"' in html
    assert Tags(html).all("li")[1]["aria-current"] == "step"


def test_a_record_that_has_left_its_path_shows_none():
    assert component("path", states=["Draft", "Open"], current="Cancelled").strip() == ""


def test_the_path_of_a_record_is_the_first_of_its_moves_from_each_state():
    field = SimpleNamespace(flatchoices=[("a", "A"), ("b", "B"), ("c", "C"), ("x", "Gone")])
    meta = SimpleNamespace(get_field=lambda name: field)
    moves = {"a": ["b", "x"], "b": ["c", "x"], "c": ["a"]}
    record = SimpleNamespace(MOVES=moves, _meta=meta, state="b")
    assert path_of(record) == ["A", "B", "C"]
    record.state = "x"
    assert path_of(record) == []


def test_a_price_is_set_against_its_budget_in_words():
    def said(price, budget):
        return text_of(component("money", value=Decimal(price), each="a week", against=budget))

    assert said("86.7", Decimal(95)) == "£86.70 a week; £8.30 under budget"
    assert said("238", Decimal(214)) == "£238.00 a week; £24.00 over budget"
    assert said("95", Decimal(95)) == "£95.00 a week; just the budget"
    assert said("95", None) == "£95.00 a week"


def test_what_is_sealed_says_when_it_opens_and_nothing_of_what_there_is():
    noon = datetime(2026, 11, 26, 12, tzinfo=UTC)
    html = component("sealed", what="Offers", opens_at=noon, by_two=True)
    assert "Until Thursday 26 November 2026 at 12 noon nothing is shown" in text_of(html)
    assert not re.search(r"\b\d+ (offers|envelopes)", html)


def test_a_chart_has_its_figures_in_a_table_and_leaves_out_small_ones():
    rows = [("Jun", 12), ("Jul", 6), ("Aug", None)]
    html = component(
        "bars", title="Days", says="It fell.", rows=rows, limit=10, head=["In", "Days"]
    )
    bars = Tags(html).all("rect")
    assert [float(bar["height"]) for bar in bars] == [96, 48]
    assert "Aug fewer than 5" in text_of(html)
    assert "limit: 10" in text_of(html)


def test_a_chart_of_nothing_is_still_a_chart():
    html = component("bars", title="Days", says="None.", rows=[("Jun", 0)], head=["In", "Days"])
    assert Tags(html).all("rect")[0]["height"] == "0.0"


def area(name, column, row, count, **more):
    url = None if count is None else f"/{name}/"
    place = {"name": name, "short": name[:4], "column": column, "row": row}
    return SimpleNamespace(**place, count=count, url=url, is_chosen=False, **more)


def test_the_tiles_of_a_map_are_links_by_row_and_neighbours_are_not():
    areas = [area("Dover", 1, 1, 6), area("Swale", 0, 0, 1), area("Medway", 1, 0, None)]
    html = component("tile_map", areas=areas, of="Kent", counts="service")
    tags = Tags(html)
    assert [attrs["href"] for attrs in tags.all("a")] == ["/Swale/", "/Dover/"]
    assert [attrs["aria-description"] for attrs in tags.all("a")] == [
        "Swale, 1 service",
        "Dover, 6 services",
    ]
    assert [attrs.get("class") for attrs in tags.all("rect")] == ["d0", None, "d3"]
    assert tags.all("svg")[0]["viewbox"] == "0 0 184 184"


class OfferTable(tables.Table):
    name = tables.Column(verbose_name="Organisation")
    price = tables.Column(attrs={"td": {"class": "num"}}, verbose_name="A week")

    class Meta:
        empty_text = "No offers yet."


def listed(rows, query=""):
    request = RequestFactory().get(f"/list/{query}")
    table = OfferTable(rows)
    RequestConfig(request, paginate={"per_page": 2}).configure(table)
    return table.as_html(request)


def test_a_table_says_how_it_is_sorted_and_names_its_cells_for_a_phone():
    html = listed([{"name": f"Org {n}", "price": n} for n in range(5)], "?sort=-name&page=2")
    tags = Tags(html)
    assert [attrs.get("aria-sort") for attrs in tags.all("th")][:2] == ["descending", None]
    assert [attrs["data-label"] for attrs in tags.all("td")] == ["A week"] * 2
    links = [attrs["href"] for attrs in tags.all("a")]
    assert links[:2] == ["?sort=name", "?sort=price"]
    assert "Showing 3 to 4 of 5" in text_of(html)
    assert "?sort=-name&page=3" in [link.replace("&amp;", "&") for link in links]


def test_an_empty_table_says_what_would_be_there():
    assert text_of(listed([])) == "No offers yet."


def test_a_pager_keeps_the_rest_of_the_query():
    page = Paginator(range(100), 10).get_page(2)
    html = shown('{% include "components/pager.html" %}', page=page)
    links = [attrs["href"].replace("&amp;", "&") for attrs in Tags(html).all("a")]
    assert links[0] == "?sort=name&page=1"
    assert Tags(html).all("b")[0]["aria-current"] == "page"


def test_a_small_table_puts_its_figures_to_the_right():
    html = component("rows", head=["Month", "#Decided"], rows=[["June", 9]], foot=["Sum", 9])
    assert [attrs.get("class") for attrs in Tags(html).all("td")] == ["num", "num"]
    assert text_of(html) == "Month Decided June 9 Sum 9"


def test_a_row_of_a_queue_has_one_button_named_by_its_verb_and_thing():
    html = component("queue_row", what="C-1138", url="/c/", why="Asked", act="Answer")
    assert text_of(html) == "C-1138 Asked Answer : C-1138"


def test_a_task_that_cannot_start_is_no_link():
    html = component("task", name="Send", url="", word="Cannot start yet", shape="lock")
    assert "<a" not in html


def test_places_not_confirmed_lately_are_to_be_asked_about():
    html = component("vacancy", places=2, confirmed_at=date(2001, 8, 14), is_old=True)
    assert text_of(html) == "Last confirmed Tuesday 14 August 2001: ask before you rely on it"


def test_the_page_of_our_own_mistake_needs_nothing_that_can_fail():
    assert "Something went wrong" in render_to_string("500.html")
