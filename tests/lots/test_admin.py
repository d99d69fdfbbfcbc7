"""Commissioners set a scheme up in the workplace, by steps, and by nothing else."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import NoReverseMatch, reverse

from dps.admin import site
from dps.models import Event, Role
from lots.models import (
    Act,
    Activity,
    AdmissionMode,
    Authorisation,
    AwardRoute,
    ClientGroup,
    Decision,
    DecisionState,
    Departure,
    Indicator,
    Locality,
    Lot,
    LotKind,
    ModeChange,
    Outcome,
    Question,
    Questionnaire,
    QuestionnaireState,
    QuestionSection,
    ReportHeading,
    Round,
    Schedule,
    Scheme,
    TextVersion,
    Tier,
    Zone,
)
from tests.factories import (
    NOON,
    AuthorityFactory,
    LotFactory,
    QuestionnaireFactory,
    RoundFactory,
    ScheduleFactory,
    SchemeFactory,
    decided,
    staff,
)
from tests.lots.world import bank_holidays, day, departing, errors, instant, page, step, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def scheme():
    return SchemeFactory()


@pytest.fixture
def commissioner(client, scheme):
    """Signed in."""
    user = staff(scheme.authority, Role.COMMISSIONER)
    client.force_login(user)
    return user


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


def words(**more) -> dict:
    return {"title": "A title", "key": "a-key", "position": 1} | more


# Adding, changing and taking away, for every kind of set-up row

ON_SCHEME = {
    "add-lot": (
        Lot,
        {
            **words(key="9", summary="", kind="category"),
            "modes": ["virtual"],
            "units": ["hour", "day"],
            "pass_mark": "60",
            "quality_weight": "70%",
        },
        {"modes": ["virtual"], "units": ["hour", "day"], "pass_mark": 60, "quality_weight": 70},
    ),
    "add-outcome": (Outcome, words(text="I choose"), {"title": "A title", "text": "I choose"}),
    "add-zone": (Zone, words(), {"title": "A title", "key": "a-key"}),
    "add-locality": (
        Locality,
        words(short="Than", column=4, row=1),
        {"short": "Than", "column": 4, "row": 1, "zone": None},
    ),
    "add-activity": (Activity, words(), {"title": "A title"}),
    "add-client-group": (ClientGroup, words(), {"title": "A title"}),
    "add-indicator": (
        Indicator,
        {
            **words(guidance="Count them", measure="%", target="95.5"),
            "better": "higher",
            "frequency": "quarterly",
            "lots": ["L"],
            **day("from_on", NOON.date()),
        },
        {"target": Decimal("95.5"), "lots": ["L"], "from_on": NOON.date(), "until_on": None},
    ),
    "add-report-heading": (
        ReportHeading,
        words(text="We report", computed=["lots", "numbers"]),
        {"computed": ["lots", "numbers"]},
    ),
    "add-schedule": (
        Schedule,
        {
            **day("first_opens_on", NOON.date()),
            "every_months": 6,
            "open_days": 21,
            "announced_days": 28,
            "opens_at": "9am",
            "closes_at": "12 noon",
        },
        {"every_months": 6, "opens_at__hour": 9, "closes_at__hour": 12},
    ),
}


@pytest.mark.parametrize("name", ON_SCHEME)
def test_a_commissioner_adds_a_row_to_a_scheme(client, scheme, commissioner, name):
    LotFactory(scheme=scheme, key="L")
    model, sent, stored = ON_SCHEME[name]
    assert client.get(step(scheme, name)).status_code == 200
    response = client.post(step(scheme, name), sent)
    assert response.status_code == 302, errors(response)
    row = (
        model.objects.filter(scheme=scheme, **stored).exclude(key="L").get()
        if (model is Lot)
        else model.objects.get(scheme=scheme, **stored)
    )
    added = Event.objects.get(verb=f"{model._meta.label_lower}.added")
    assert (added.by, added.subject_id) == (commissioner, row.pk)
    assert client.get(page(row)).status_code == 200


@pytest.mark.parametrize("name", ON_SCHEME)
def test_a_form_left_empty_says_what_it_needs_in_plain_words(client, scheme, commissioner, name):
    response = client.post(step(scheme, name), {})
    assert response.status_code == 422
    wrong = errors(response)
    assert wrong
    for said in (each for field in wrong.values() for each in field):
        assert said.startswith(("Enter ", "Select ")), said


def rows(scheme) -> list:
    """One set-up row of each kind, of a scheme that no round has opened."""
    lot = LotFactory(scheme=scheme, key="L")
    zone = Zone.objects.create(scheme=scheme, key="east", title="East")
    common = {"scheme": scheme, "key": "one", "title": "One"}
    route = {"lot": lot, "notice_words": "By choice", "notice_reference": "II.2.4"}
    return [
        scheme,
        lot,
        lot.tiers.get(),
        AwardRoute.objects.create(route="direct", **route),
        zone,
        Locality.objects.create(zone=zone, **common),
        Activity.objects.create(**common),
        ClientGroup.objects.create(**common),
        Outcome.objects.create(**common),
        Indicator.objects.create(measure="%", target=95, from_on=NOON.date(), **common),
        ReportHeading.objects.create(position=1, **common),
        ScheduleFactory(scheme=scheme),
    ]


KINDS = ["scheme", "lot", "tier", "award route", "zone", "locality", "activity", "client group"]
KINDS += ["outcome", "indicator", "report heading", "schedule"]


def row_of(kind, scheme):
    return next(row for row in rows(scheme) if row._meta.verbose_name == kind)


CHANGED = {
    "award route": ("notice_reference", "II.2.5"),
    "schedule": ("announced_days", "35"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_is_changed_with_its_old_and_new_values_on_record(client, scheme, commissioner, kind):
    row = row_of(kind, scheme)
    name, value = CHANGED.get(kind, ("title", "Another title"))
    url = step(row, "edit")
    sent = typed(client.get(url))
    assert errors(client.post(url, sent)) == {"__all__": ["Nothing has changed"]}

    response = client.post(url, sent | {name: value, "why": "It was wrong"})
    assert response.status_code == 302, errors(response)
    old = str(getattr(row, name))
    row.refresh_from_db()
    assert str(getattr(row, name)) == value
    changed = Event.objects.get(verb=f"{row._meta.label_lower}.changed")
    assert (changed.by, changed.why) == (commissioner, "It was wrong")
    differences = changed.data["differences"]
    assert {k: [str(v) for v in pair] for k, pair in differences.items()} == {name: [old, value]}


@pytest.mark.parametrize("kind", KINDS[1:])
def test_a_row_goes_until_a_round_has_opened_and_then_stays(client, scheme, commissioner, kind):
    row = row_of(kind, scheme)
    round = RoundFactory(scheme=scheme, lots=[LotFactory(scheme=scheme)], state="open")
    response = client.post(step(row, "remove"), {})
    assert response.status_code == 422
    assert "has opened" in str(errors(response))
    barred = [b for b in client.get(page(row)).context["steps"] if b.label == "Take it away"]
    assert [bool(button.why_not) for button in barred] == [True]

    free = row_of(kind, SchemeFactory(authority=scheme.authority))
    if kind == "lot":  # its tiers and modes are not to be lost with it
        assert client.post(step(free, "remove"), {}).status_code == 422
    elif kind != "zone":
        response = client.post(step(free, "remove"), {"why": "Not needed"})
        above = page(free.lot if hasattr(free, "lot") else free.scheme)
        assert (response.status_code, response.url) == (302, above)
        assert not type(free).objects.filter(pk=free.pk).exists()
    assert round.pk


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("role", "statuses"),
    [(Role.EVALUATOR, (200, 403)), (Role.AUDITOR, (200, 403)), ("neighbour", (404, 404))],
)
def test_only_a_commissioner_of_the_authority_changes_a_row(client, scheme, kind, role, statuses):
    row = row_of(kind, scheme)
    authority = AuthorityFactory() if role == "neighbour" else scheme.authority
    client.force_login(staff(authority, Role.COMMISSIONER if role == "neighbour" else role))
    shown = client.get(page(row))
    if (kind, role) == ("scheme", "neighbour"):
        statuses = (403, 403)  # the public page is theirs to see
    assert (shown.status_code, client.post(step(row, "edit"), {}).status_code) == statuses
    if shown.status_code == 200:
        assert shown.context["steps"] == []
        assert shown.context["fact_links"] == []


def test_the_admin_has_no_page_to_add_or_delete():
    for model in site._registry:
        for verb in ("add", "delete"):
            with pytest.raises(NoReverseMatch):
                reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{verb}")


# What a form offers, and keeps


def test_a_locality_takes_a_zone_of_its_own_scheme_alone(client, scheme, commissioner):
    ours = Zone.objects.create(scheme=scheme, key="east", title="East")
    other = SchemeFactory(authority=scheme.authority)
    theirs = Zone.objects.create(scheme=other, key="west", title="West")
    url = step(scheme, "add-locality")
    offered = client.get(url).context["form"].fields["zone"].queryset
    assert list(offered) == [ours]
    sent = words(short="", column=0, row=0)
    assert list(errors(client.post(url, sent | {"zone": theirs.pk}))) == ["zone"]
    assert client.post(url, sent | {"zone": ours.pk}).status_code == 302
    assert Locality.objects.get().zone == ours


def test_a_round_opens_lots_of_its_own_scheme_alone(client, scheme, commissioner):
    QuestionnaireFactory(scheme=scheme)
    LotFactory(scheme=scheme)
    theirs = LotFactory(scheme=SchemeFactory(authority=scheme.authority))
    sent = {"title": "Round 2", "lots": [theirs.pk]} | instant("opens_at", NOON)
    assert list(errors(client.post(step(scheme, "start-round"), sent))) == ["lots"]
    assert not Round.objects.exists()


def test_what_was_typed_is_still_there_when_a_rule_refuses_it(client, scheme, commissioner):
    RoundFactory(scheme=scheme, state="open")
    url = step(scheme, "edit")
    sent = typed(client.get(url)) | {"summary": "Two hours of typing", "starts_on_year": "2023"}
    response = client.post(url, sent)
    assert errors(response) == {"starts_on": ["A round has opened under this, so it cannot change"]}
    assert "Two hours of typing" in response.content.decode()


def test_a_pcr_scheme_with_a_notice_too_late_is_refused_naming_what_remains(client, commissioner):
    authority = commissioner.grants.get().authority
    url = reverse("admin:dps_authority_start-scheme", args=[authority.pk])
    sent = {
        "title": "New",
        "short_title": "New",
        "slug": "new",
        "summary": "Support",
        "regime": "pcr_2015_dps",
        "notice_reference": "2025/S 1",
        "contact_email": "a@b.example",
        **day("starts_on", NOON.date()),
        **day("ends_on", NOON.date() + timedelta(days=365)),
    }
    late = {"notice_on_day": 24, "notice_on_month": 2, "notice_on_year": 2025}
    (said,) = errors(client.post(url, sent | late))["notice_on"]
    assert "Dynamic market (Procurement Act 2023)" in said
    assert client.post(url, sent | late | {"notice_on_day": 23}).status_code == 302
    assert Scheme.objects.get(slug="new").authority == authority


# Lots


def test_a_mode_changes_with_a_reason_and_a_decision_that_covers_it(client, scheme, commissioner):
    departing(scheme)
    lot = LotFactory(scheme=scheme, key="1a", kind=LotKind.FRAMEWORK)
    RoundFactory(scheme=scheme, lots=[lot], state="closed")
    other = decided(SchemeFactory(authority=scheme.authority), [])
    covering = decided(scheme, [lot], act=Act.ESTABLISH)
    url, closed = step(lot, "set-mode"), {"mode": AdmissionMode.CLOSED}
    assert list(errors(client.post(url, closed))) == ["why"]
    reasoned = closed | {"why": "Enough providers"}
    assert list(errors(client.post(url, reasoned))) == ["decision"]
    assert list(errors(client.post(url, reasoned | {"decision": other.pk}))) == ["decision"]
    assert client.post(url, reasoned | {"decision": covering.pk}).status_code == 302
    change = ModeChange.objects.get(lot=lot, number=2)
    assert (change.mode, change.decision, change.why) == ("closed", covering, "Enough providers")
    shown = client.get(page(lot)).content.decode()
    for said in ("Closed, does not re-open", "in force", "replaced", "Enough providers"):
        assert said in shown


def test_a_lot_gets_tiers_and_routes(client, scheme, commissioner):
    lot = LotFactory(scheme=scheme)
    tier = words(key="group", least=2, greatest=4, ceiling="24.50")
    assert client.post(step(lot, "add-tier"), tier).status_code == 302
    assert Tier.objects.get(key="group").ceiling == Decimal("24.50")
    wrong = client.post(step(lot, "add-tier"), tier | {"key": "odd", "greatest": 1})
    assert wrong.status_code == 422
    route = {"route": "direct", "notice_words": "By choice", "notice_reference": "II.2.4"}
    assert client.post(step(lot, "add-award-route"), route).status_code == 302
    assert AwardRoute.objects.get().lot == lot


# Departures, texts, decisions


def test_a_departure_names_its_rule_where_the_law_allows_it(client, scheme, commissioner):
    url = step(scheme, "depart")
    offered = dict(client.get(url).context["form"].fields["rule"].choices)
    assert "opens_throughout" in offered
    assert "last_end_on" not in offered
    sent = {"rule": "decide_application", "notice_reference": "VI.3", "why": "As published"}
    assert list(errors(client.post(url, sent))) == ["number"]
    assert client.post(url, sent | {"number": "15"}).status_code == 302
    departure = Departure.objects.get()
    assert (departure.rule, departure.number, departure.set_by) == (
        "decide_application",
        15,
        commissioner,
    )
    assert "An application is decided" in client.get(page(scheme)).content.decode()


def test_a_text_is_written_in_versions(client, scheme, commissioner):
    url = step(scheme, "write-terms")
    first = {"title": "Terms", "body": "One"}
    assert client.post(url, first).status_code == 302
    assert client.get(url).context["form"].initial == first
    assert errors(client.post(url, first)) == {"body": ["Nothing has changed"]}
    assert client.post(url, first | {"body": "Two", "why": "Clearer"}).status_code == 302
    versions = TextVersion.objects.filter(scheme=scheme, kind="terms").order_by("number")
    assert [(v.number, v.body, v.why) for v in versions] == [(1, "One", ""), (2, "Two", "Clearer")]


def test_a_decision_taken_elsewhere_is_recorded_with_what_it_authorises(
    client, scheme, commissioner
):
    lots = [LotFactory(scheme=scheme, key=key) for key in ("1", "2")]
    sent = {
        "number": "22/00034",
        "title": "To begin",
        "kind": "key",
        "decision": "To agree",
        "decision_maker": "The Cabinet Member",
        "is_for_publication": "on",
        "acts": ["reopen", "award"],
        "lots": [lot.pk for lot in lots],
        **day("from_on", NOON.date()),
        **day("until_on", NOON.date() - timedelta(days=1)),
        **instant("signed_at", NOON - timedelta(days=9)),
        **instant("effective_at", NOON - timedelta(days=1)),
    }
    url = step(scheme, "record-decision")
    assert list(errors(client.post(url, sent))) == ["until_on"]
    last = NOON.date() + timedelta(days=30)
    assert client.post(url, sent | day("until_on", last)).status_code == 302
    decision = Decision.objects.get()
    assert (decision.state, decision.authority) == (DecisionState.EFFECTIVE, scheme.authority)
    scope = set(Authorisation.objects.values_list("act", "lot__key", "from_on", "until_on"))
    first = NOON.date()
    assert scope == {(act, key, first, last) for act in ("reopen", "award") for key in ("1", "2")}
    shown = client.get(page(scheme)).content.decode()
    assert "re-opening lots 1 and 2, 17 June 2026 to 17 July 2026" in shown


# Questionnaires


def question(**more) -> dict:
    return {
        "text": "How do you listen?",
        "key": "listen",
        "position": 1,
        "kind": "long_text",
        "assessment": "scored",
        "weight": "100",
        "pass_mark": 2,
        "is_required": "on",
        "descriptors": "5 Evidence of results\n\n0 No answer",
        "word_limit": 300,
    } | more


def test_a_questionnaire_is_begun_written_published_and_revised(client, scheme, commissioner):
    LotFactory(scheme=scheme, key="1")
    assert (
        client.post(step(scheme, "begin-questionnaire"), {"purpose": "admission"}).status_code
        == 302
    )
    draft = Questionnaire.objects.get()
    assert "Add at least one question first" in str(errors(client.post(step(draft, "publish"), {})))
    client.post(step(draft, "add-question-section"), words(title="Care", intro="", group="All"))
    section = QuestionSection.objects.get()
    response = client.post(step(section, "add-question"), question(weight="60", lots=["1"]))
    assert response.status_code == 302, errors(response)
    asked = Question.objects.get()
    assert asked.descriptors == {"5": "Evidence of results", "0": "No answer"}
    assert asked.lots == ["1"]
    assert "60" in str(errors(client.post(step(draft, "publish"), {})))

    changed = typed(client.get(step(asked, "reword"))) | {"weight": "100", "why": "We value it"}
    assert client.post(step(asked, "reword"), changed).status_code == 302
    asked.refresh_from_db()
    assert (asked.weight, asked.why) == (100, "We value it")
    assert client.post(step(draft, "publish"), {}).status_code == 302

    assert client.post(step(asked, "reword"), changed | {"weight": "50"}).status_code == 403
    assert client.post(step(draft, "revise"), {}).status_code == 302
    second = Questionnaire.objects.get(number=2)
    assert second.state == QuestionnaireState.DRAFT
    copied = Question.objects.get(section__questionnaire=second)
    assert (copied.key, copied.weight, copied.descriptors) == ("listen", 100, asked.descriptors)


def test_a_question_with_choices_has_two_and_a_later_one_may_hang_on_it(
    client, scheme, commissioner
):
    section = QuestionSection.objects.create(
        questionnaire=Questionnaire.objects.create(scheme=scheme, number=1),
        key="care",
        position=1,
        title="Care",
    )
    url = step(section, "add-question")
    chosen = question(key="who", kind="choice", assessment="information", weight="0")
    assert list(errors(client.post(url, chosen | {"choices": "Only one"}))) == ["choices"]
    two = "Nobody yet\nus = We ourselves"
    assert client.post(url, chosen | {"choices": two}).status_code == 302
    first = Question.objects.get()
    assert first.choices == [
        {"value": "nobody_yet", "label": "Nobody yet"},
        {"value": "us", "label": "We ourselves"},
    ]
    hanging = question(key="how", position=2, asked_if_question="who")
    assert list(errors(client.post(url, hanging))) == ["asked_if_answer"]
    assert client.post(url, hanging | {"asked_if_answer": "us"}).status_code == 302
    assert Question.objects.get(key="how").asked_if == {"question": "who", "answer": "us"}
    refused = client.post(step(first, "remove"), {})
    assert "is asked only after this one" in str(errors(refused))


@pytest.mark.parametrize("meanings", ["Six of one", "5 Good\n5 Better", "7 Too much"])
def test_the_meanings_of_marks_begin_with_a_mark(client, scheme, commissioner, meanings):
    section = QuestionSection.objects.create(
        questionnaire=Questionnaire.objects.create(scheme=scheme, number=1),
        key="care",
        position=1,
        title="Care",
    )
    response = client.post(step(section, "add-question"), question(descriptors=meanings))
    assert list(errors(response)) == ["descriptors"]
    assert not Question.objects.exists()


# Lists and pages


@pytest.mark.parametrize("several", [1, 3])
@pytest.mark.parametrize(
    ("model", "queries"),
    [("round", 10), ("lot", 10), ("question", 10), ("decision", 10), ("scheme", 8), ("tier", 10)],
)
def test_a_list_takes_a_number_of_queries_that_does_not_grow(
    client, scheme, commissioner, django_assert_num_queries, several, model, queries
):
    for _ in range(several):
        RoundFactory(scheme=scheme, lots=[LotFactory(scheme=scheme)])
    url = reverse(f"admin:lots_{model}_changelist")
    client.get(url)
    with django_assert_num_queries(queries):
        response = client.get(url)
    found = response.context["cl"].result_list
    assert len(found) == {"scheme": 1, "question": 2 * several}.get(model, several)


def test_a_list_is_paged_and_narrowed_in_the_database(client, scheme, commissioner):
    other = SchemeFactory(authority=scheme.authority, short_title="Other")
    foreign = SchemeFactory(short_title="Foreign")
    for place in range(30):
        Activity.objects.create(scheme=scheme, key=f"a{place}", title=f"Activity {place}")
    for elsewhere in (other, foreign):
        Activity.objects.create(scheme=elsewhere, key="b", title="Elsewhere")
    url = reverse("admin:lots_activity_changelist")
    response = client.get(url)
    assert (response.context["cl"].result_count, len(response.context["cl"].result_list)) == (
        31,
        25,
    )
    assert "Foreign" not in response.content.decode()
    narrowed = client.get(url, {"scheme": other.pk}).context["cl"]
    assert [row.title for row in narrowed.result_list] == ["Elsewhere"]
    assert client.get(url, {"scheme": foreign.pk}).context["cl"].result_count == 31
    assert client.get(url, {"q": "Activity 17"}).context["cl"].result_count == 1


@pytest.mark.parametrize("several", [1, 3])
def test_the_page_of_a_scheme_takes_a_number_of_queries_that_does_not_grow(
    client, scheme, commissioner, django_assert_num_queries, several
):
    departing(scheme)
    for place in range(several):
        lot = LotFactory(scheme=scheme)
        RoundFactory(scheme=scheme, lots=[lot])
        Locality.objects.create(scheme=scheme, key=f"l{place}", title="A place")
    client.get(page(scheme))
    with django_assert_num_queries(34):
        response = client.get(page(scheme))
    parts = {part.title: part for part in response.context["parts"]}
    assert len(parts["Lots"].rows) == len(parts["Rounds"].rows) == several
    assert len(parts["Localities"].rows) == several


def test_the_page_of_a_scheme_has_few_buttons_and_the_rest_beside_what_they_change(
    client, scheme, commissioner
):
    response = client.get(page(scheme))
    assert [button.label for button in response.context["steps"]] == ["Start a round"]
    beside = {part.title: [label for label, _ in part.links] for part in response.context["parts"]}
    assert beside["Lots"] == ["Add a lot"]
    assert beside["Decisions"] == ["Draft a decision", "Record a decision"]
    assert beside["Rounds"] == ["Set a schedule"]
    assert [label for label, _ in response.context["fact_links"]] == ["Change the facts"]


def test_a_scheme_under_the_act_counts_working_days_of_the_whole_kingdom(client, commissioner):
    bank_holidays("wales", "scotland", "northern_ireland")
    authority = commissioner.grants.get().authority
    market = SchemeFactory(
        authority=authority, regime="pa_2023_dynamic_market", notice_on=NOON.date()
    )
    LotFactory(scheme=market, mode=AdmissionMode.OPEN)
    assert client.get(page(market)).status_code == 200
    assert client.get(market.get_absolute_url()).status_code == 200
