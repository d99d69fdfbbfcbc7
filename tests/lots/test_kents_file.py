"""Kent's scheme file, in force."""

from datetime import date, time
from decimal import Decimal

import pytest
import time_machine
from django.db.models import Count

from lots.loading import rows
from lots.loading.files import read
from lots.models import AwardRoute, Decision, LotKind, Question, Scheme, Tier
from tests.lots.loads import DAY, load
from tests.lots.test_scheme_files import KENT, SECOND

pytestmark = pytest.mark.xdist_group("kent")  # loading it once takes long enough
LOADED = KENT
BY_MODE = {"breaks": "rounds", "supported-living": "closed", "at-home": "open"}


@pytest.fixture
def kent(db, loaded):
    return Scheme.objects.get(pk=loaded)


def test_kents_file_is_the_whole_of_its_scheme(kent):
    lots = kent.lots.with_mode()
    assert {lot.key: (lot.title, lot.mode, lot.kind, lot.modes, lot.units) for lot in lots} == {
        "1a": (
            "Everyday Life Activities: 1:1 or small groups",
            "rounds",
            LotKind.CATEGORY,
            ["face_to_face", "virtual"],
            ["hour", "half_day", "day", "session"],
        ),
        "1b": (
            "Everyday Life Activities: building-based or large groups",
            "closed",
            LotKind.FRAMEWORK,
            ["face_to_face"],
            ["half_day", "day"],
        ),
        "2": (
            "Skills Development and Training Opportunities",
            "open",
            LotKind.CATEGORY,
            ["face_to_face", "virtual"],
            ["hour", "half_day", "day", "session"],
        ),
    }
    assert (kent.starts_on, kent.ends_on) == (date(2022, 10, 1), date(2028, 9, 30))
    assert kent.published_at == DAY
    assert kent.schedule.first_opens_on == date(2023, 4, 1)
    assert (kent.schedule.every_months, kent.schedule.open_days) == (6, 21)
    assert kent.schedule.closes_at == time(12)
    assert kent.localities.count() == 12
    assert kent.localities.get(key="thanet").column == 6
    assert [heading.title for heading in kent.headings.all()] == [
        "Introduction",
        "Commissioning intentions",
        "Procurement process",
        "Financial implications",
        "Legal implications",
        "Equalities implications",
        "Data protection implications",
        "Other corporate implications",
        "Conclusions",
        "Recommendations",
    ]
    assert not AwardRoute.objects.filter(lot__scheme=kent, notice_words="").exists()
    assert Tier.objects.filter(lot__scheme=kent, least=1, greatest=1).count() == 3
    assert kent.texts.count() == 2


def test_kents_decisions_are_effective_and_cover_what_they_authorise(kent):
    lots = {lot.key: lot for lot in kent.lots.all()}

    def covering(act, lot, on):
        found = Decision.objects.covering(act, lots[lot], date.fromisoformat(on), DAY)
        return sorted(found.values_list("number", flat=True))

    assert covering("establish", "1b", "2022-05-27") == ["22/00034"]
    assert covering("establish", "1b", "2023-04-03") == []
    assert covering("reopen", "1a", "2028-09-30") == ["22/00067"]
    assert covering("reopen", "1a", "2028-10-01") == []
    assert covering("reopen", "1b", "2023-04-03") == []
    assert covering("award", "2", "2027-01-01") == ["OD/22/0118"]
    assert covering("award", "1a", "2022-08-01") == ["22/00067"]
    standing = Decision.objects.get(number="OD/22/0118").authorisations.all()
    assert {each.is_standing for each in standing} == {True}


def test_a_micro_organisation_is_asked_less_for_the_same_marks(kent):
    asked = Question.objects.filter(key__startswith="keeping-people-safe").order_by("key")
    whole, micro = asked
    assert (whole.weight, whole.pass_mark, whole.criterion) == (
        micro.weight,
        micro.pass_mark,
        micro.criterion,
    )
    assert (whole.sizes, micro.sizes) == (["small", "medium", "large"], ["micro"])
    assert whole.word_limit == 500
    assert micro.word_limit == 250
    assert set(whole.descriptors) == set(micro.descriptors) == {"0", "1", "2", "3", "4", "5"}


def test_a_scheme_that_shares_nothing_with_it_loads_beside_it(kent):
    with time_machine.travel(DAY, tick=False):
        scheme = load(SECOND).scheme

    assert scheme.regime == "pa_2023_light_touch_framework"
    assert scheme.is_opened_by_two
    assert [each.name for each in scheme.partners.all()] == ["Eastholt District Council"]
    assert {lot.key: lot.mode for lot in scheme.lots.with_mode()} == BY_MODE
    assert {lot.kind for lot in scheme.lots.all()} == {LotKind.FRAMEWORK}
    assert Tier.objects.get(lot__scheme=scheme, key="own-flat").ceiling == Decimal("2100.50")
    assert {each.key: each.zone.key for each in scheme.localities.select_related("zone")} == {
        "port-anselm": "coast",
        "sandry": "coast",
        "high-mere": "moor",
        "eastholt": "moor",
    }
    kinds = Question.objects.filter(section__questionnaire__scheme=scheme).values("kind")
    assert kinds.annotate(n=Count("pk")).count() == 9
    assert scheme.questionnaires.filter(state="published").count() == 2


def test_the_rows_of_a_stored_scheme_are_those_of_its_file(kent):
    assert rows.of_scheme(Scheme.objects.get(pk=kent.pk)) == read(KENT.encode()).scheme


def test_everyone_is_asked_for_the_two_references_that_the_text_names(kent):
    asked = Question.objects.filter(
        section__questionnaire__scheme=kent, section__key="references"
    ).order_by("position")
    assert asked.first().section.intro.startswith("Two who know your work")
    assert [(question.key, question.sizes) for question in asked] == [
        ("reference-one", []),
        ("reference-one-email", []),
        ("reference-two", []),
        ("reference-two-email", []),
    ]
