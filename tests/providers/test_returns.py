"""Returns of indicators: who is asked for what and when, filing, correcting, reading."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from dps.actions import Refused
from dps.models import Event, Role, the_system
from lots.actions import terms
from lots.models import Indicator
from providers.actions import returns
from providers.models import Figure, Return, ReturnPeriod, ReturnState
from providers.queries.returns import totals
from providers.tasks import make_returns
from tests.factories import (
    LotFactory,
    OrganisationFactory,
    SchemeFactory,
    member_of,
    owner_of,
    staff,
)
from tests.providers.owed import (
    JULY_1,
    JULY_31,
    answers,
    indicator,
    made,
    owed_return,
    scheme_with_indicators,
    sent,
    stands,
)
from tests.providers.pages import errors_of, words
from tests.threads import six_while_held

pytestmark = pytest.mark.django_db
JULY_10 = datetime(2026, 7, 10, 9, tzinfo=UTC)
AUGUST_3 = datetime(2026, 8, 3, 9, tzinfo=UTC)
END = datetime(2026, 6, 30, 23, tzinfo=UTC)  # the first instant of 1 July in Kent


@pytest.fixture(autouse=True)
def in_july():
    with time_machine.travel(JULY_10, tick=False):
        yield


def asked(owed) -> tuple:
    titles = list(owed.lines.values_list("title", flat=True))
    return owed.organisation.name, owed.from_on, owed.until_on, owed.due_on, titles


# Made


def test_a_period_that_is_over_asks_each_provider_for_the_indicators_of_its_lots():
    scheme = scheme_with_indicators()
    a, b, both = (OrganisationFactory(name=name) for name in ("Ash", "Beech", "Cedar"))
    stands(scheme, "A", a)
    stands(scheme, "B", b)
    for key in "AB":
        stands(scheme, key, both)
    quarter = date(2026, 4, 1), date(2026, 6, 30), JULY_31
    assert [asked(owed) for owed in made(scheme)] == [
        ("Ash", *quarter, ["Complaints", "Progress"]),
        ("Beech", *quarter, ["Complaints", "Progress", "Rooms"]),
        ("Cedar", *quarter, ["Complaints", "Progress", "Rooms"]),
    ]


def test_who_stood_on_the_last_day_is_asked_and_nobody_else():
    scheme = scheme_with_indicators()
    second = timedelta(seconds=1)
    names = {
        "in time": {"admitted_at": END - second},
        "a moment late": {"admitted_at": END},
        "removed before": {"state": "removed", "ended_at": END - second},
        "removed after": {"state": "removed", "ended_at": END},
        "suspended": {"state": "suspended"},
    }
    for name, said in names.items():
        stands(scheme, "A", OrganisationFactory(name=name), **said)
    found = {owed.organisation.name for owed in made(scheme)}
    assert found == {"in time", "removed after", "suspended"}


def test_nothing_is_asked_before_the_period_is_over_or_of_one_without_indicators():
    scheme = scheme_with_indicators()
    Indicator.objects.exclude(key="rooms").delete()
    stands(scheme, "A")
    stands(scheme, "B")
    assert made(scheme, END - timedelta(seconds=1)) == []
    assert [owed.lines.get().title for owed in made(scheme)] == ["Rooms"]


def test_an_indicator_added_today_is_asked_for_from_the_next_period(client):
    scheme = SchemeFactory(starts_on=date(2026, 4, 1))
    commissioner = staff(scheme.authority, Role.COMMISSIONER)
    LotFactory(scheme=scheme, key="A")
    stands(scheme, "A")
    added = {"key": "fires", "title": "Fires", "measure": "fires", "target": Decimal(0)}
    with pytest.raises(Refused, match="The first day must be today or later"):
        terms.add(scheme, model=Indicator, by=commissioner, from_on=date(2026, 7, 9), **added)
    terms.add(scheme, model=Indicator, by=commissioner, from_on=date(2026, 7, 10), **added)
    october = datetime(2026, 10, 1, 9, tzinfo=UTC)
    assert made(scheme, october) == []
    january = datetime(2027, 1, 1, 9, tzinfo=UTC)
    [owed] = made(scheme, january)
    assert (owed.from_on, owed.until_on) == (date(2026, 10, 1), date(2026, 12, 31))


def test_a_period_once_made_asks_nothing_more_whatever_changes_later():
    scheme = scheme_with_indicators()
    stands(scheme, "A")
    [owed] = made(scheme)
    Indicator.objects.filter(key="progress").update(target=10, title="Changed")
    indicator(scheme, "late", lots=["B"])
    stands(scheme, "B")
    with pytest.raises(Refused, match="every period that is over are made"):
        returns.make(scheme, by=the_system())
    assert [line.title for line in owed.lines.all()] == ["Complaints", "Progress"]
    assert owed.lines.get(title="Progress").target == 90


def test_periods_missed_while_the_worker_was_down_all_come_with_time_to_file():
    scheme = scheme_with_indicators()
    indicator(scheme, "falls", frequency="monthly", measure="falls")
    stands(scheme, "A")
    with time_machine.travel(datetime(2026, 10, 20, 9, tzinfo=UTC), tick=False):
        make_returns()
    found = Return.objects.order_by("until_on", "frequency")
    assert [(owed.period, owed.due_on) for owed in found] == [
        ("April 2026", date(2026, 11, 10)),
        ("May 2026", date(2026, 11, 10)),
        ("June 2026", date(2026, 11, 10)),
        ("April to June 2026", date(2026, 11, 10)),
        ("July 2026", date(2026, 11, 10)),
        ("August 2026", date(2026, 11, 10)),
        ("September 2026", date(2026, 11, 10)),
        ("July to September 2026", date(2026, 11, 10)),
    ]


def test_a_rehearsal_and_a_scheme_not_published_ask_nobody():
    for said in ({"is_rehearsal": True}, {"published_at": None}):
        scheme = scheme_with_indicators()
        type(scheme).objects.filter(pk=scheme.pk).update(**said)
        stands(scheme, "A")
    make_returns()
    assert not Return.objects.exists()
    assert not ReturnPeriod.objects.exists()


def test_those_asked_get_a_letter_with_what_is_asked_and_by_when(
    django_capture_on_commit_callbacks,
):
    scheme = scheme_with_indicators()
    organisation = stands(scheme, "A").organisation
    people = [owner_of(organisation), member_of(organisation)]
    member_of(organisation, left_at=JULY_1)
    with django_capture_on_commit_callbacks(execute=True):
        make_returns()
    [letter] = mail.outbox
    owed = Return.objects.get()
    assert sorted(letter.to) == sorted(person.email for person in people)
    assert letter.subject == "KPI return due on 31 July 2026"
    assert "- Complaints\n- Progress\n" in letter.body
    assert "File it by Friday 31 July 2026" in letter.body
    assert reverse("providers:return_file", args=[owed.pk]) in letter.body


# Filed


def url_of(owed, name="return_file"):
    return reverse(f"providers:{name}", args=[owed.pk])


def test_a_provider_enters_figures_checks_them_and_files_them(
    client, django_capture_on_commit_callbacks
):
    owed, owner = owed_return()
    client.force_login(owner)
    shown = words(client.get(url_of(owed)))
    assert "Count the complaints Target: 5 complaints or fewer." in shown
    assert "Due Friday 31 July, 15 working days left" in shown
    first, second = (line.pk for line in owed.lines.all())
    entered = sent(owed, "1,000", "95.5 %", **{f"comment-{second}": "Two people moved away"})
    checked = words(client.post(url_of(owed), entered | {"check": "yes"}))
    assert "Check the figures" in checked
    assert "1,000 complaints" in checked
    assert "95.5% Two people moved away" in checked
    assert not Figure.objects.exists()
    changing = client.post(url_of(owed), entered | {"change": "yes"})
    assert changing.context["form"][f"value-{first}"].value() == "1,000"
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(url_of(owed), entered | {"confirm": "yes"})
    assert response.url == owed.get_absolute_url()
    owed.refresh_from_db()
    assert (owed.state, owed.filed_at) == (ReturnState.FILED, JULY_10)
    figures = Figure.objects.order_by("line__position")
    assert [(f.number, f.value, f.comment, f.by, f.at) for f in figures] == [
        (1, Decimal(1000), "", owner, JULY_10),
        (1, Decimal("95.5"), "Two people moved away", owner, JULY_10),
    ]
    [receipt] = mail.outbox
    assert (receipt.to, receipt.subject) == ([owner.email], "KPI return received on 10 July 2026")
    page = words(client.get(owed.get_absolute_url()))
    assert "Figure 1,000 complaints Not met Target 5 complaints or fewer" in page
    assert "Figure 95.5% Met Target 90% or more" in page


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("", "Enter a figure for “Progress”"),
        ("many", "“Progress” must be a number, like 95.5"),
        ("95,5", "“Progress” must be a number, like 95.5"),
        ("-1", "“Progress” must be 0 or more"),
        ("100.01", "“Progress” must be 100% or less"),
        ("1.001", "“Progress” must have two decimal places at most"),
    ],
)
def test_what_is_wrong_stands_beside_its_figure_and_nothing_typed_is_lost(client, value, message):
    owed, owner = owed_return()
    client.force_login(owner)
    line = owed.lines.get(title="Progress")
    response = client.post(url_of(owed), sent(owed, "7", value, confirm="yes"))
    assert response.status_code == 422
    assert errors_of(response) == {f"value-{line.pk}": [message]}
    assert 'value="7"' in response.content.decode()
    assert not Figure.objects.exists()


def test_after_its_day_a_return_is_taken_and_shows_as_late(client):
    for at, is_late in ((datetime(2026, 7, 31, 22, 59, tzinfo=UTC), False), (None, True)):
        at = at or datetime(2026, 7, 31, 23, 0, tzinfo=UTC)
        other, by = owed_return()
        with time_machine.travel(at, tick=False):
            returns.file(other, figures=answers(other, 1, 95), by=by)
        client.force_login(by)
        assert ("late : it was due" in words(client.get(other.get_absolute_url()))) is is_late
        assert (
            Event.objects.get(subject_id=other.pk, verb="providers.return.filed").data["late"]
            is is_late
        )


def test_the_figure_of_the_period_before_stands_beside_the_question(client):
    scheme = scheme_with_indicators()
    owed, owner = owed_return(scheme)
    returns.file(owed, figures=answers(owed, 3, 88), by=owner)
    made(scheme, datetime(2026, 10, 1, 9, tzinfo=UTC))
    [latest] = Return.objects.exclude(pk=owed.pk)
    client.force_login(owner)
    shown = words(client.get(url_of(latest)))
    assert "Last time: 3 complaints." in shown
    assert "Last time: 88%." in shown


@pytest.mark.django_db(transaction=True)
def test_six_who_file_at_once_file_it_once():
    owed, owner = owed_return()
    filing = lambda: returns.file(owed, figures=answers(owed, 1, 95), by=owner)  # noqa: E731
    results = six_while_held(owed, filing)
    assert sorted(type(result).__name__ for result in results) == ["Refused"] * 5 + ["Return"]
    told = {str(result) for result in results if isinstance(result, Refused)}
    assert told == {f"{owner} has filed this return meanwhile. Look at it, then correct it"}
    assert Figure.objects.count() == 2


def test_nobody_else_sees_or_files_a_return(client):
    owed, owner = owed_return()
    returns.file(owed, figures=answers(owed, 1, 95), by=owner)
    owed.refresh_from_db()
    practitioner = staff(owed.scheme.authority, Role.PRACTITIONER)
    for person, expected in (
        (owner_of(OrganisationFactory()), (404, 404)),
        (staff(SchemeFactory().authority, Role.COMMISSIONER), (404, 404)),
        (practitioner, (200, 403)),
    ):
        client.force_login(person)
        found = tuple(client.get(url_of(owed, n)).status_code for n in ("return", "return_file"))
        assert found == expected
        with pytest.raises(PermissionDenied):
            returns.correct(owed, figures={}, why="", seen=0, by=person)


# Corrected


def test_a_correction_is_made_on_the_page_with_a_reason(client, django_capture_on_commit_callbacks):
    owed, owner = owed_return()
    returns.file(owed, figures=answers(owed, 1, 95), by=owner)
    client.force_login(owner)
    form = client.get(url_of(owed)).context["form"]
    posted = {field.html_name: field.value() or "" for field in form}
    line = owed.lines.get(title="Progress")
    posted |= {f"value-{line.pk}": "93", "confirm": "yes"}
    assert errors_of(client.post(url_of(owed), posted)) == {"why": ["Enter why the figures change"]}
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url_of(owed), posted | {"why": "Counted twice"})
    assert [figure.value for figure in line.figures.order_by("number")] == [95, 93]
    assert mail.outbox[-1].subject == "KPI return received on 10 July 2026"
    shown = words(client.get(owed.get_absolute_url()))
    assert "93% in force" in shown
    assert "Counted twice 95% replaced" in shown
    again = client.post(url_of(owed), posted | {"why": "Again"})
    assert errors_of(again)["__all__"] == [
        f"{owner} has corrected this return meanwhile. Look at it, then begin again"
    ]
    same = posted | {"why": "Again", "seen": "3"}
    assert errors_of(client.post(url_of(owed), same))["__all__"] == ["Nothing has changed"]


# Lists and the workplace


@pytest.mark.parametrize("several", [1, 3])
def test_the_list_of_a_provider_takes_a_number_of_queries_that_does_not_grow(
    client, several, django_assert_num_queries
):
    organisation = OrganisationFactory()
    for _ in range(several):
        scheme = scheme_with_indicators()
        stands(scheme, "A", organisation)
        made(scheme)
    client.force_login(owner_of(organisation))
    client.get(reverse("providers:returns"))
    with django_assert_num_queries(9):
        response = client.get(reverse("providers:returns"))
    assert words(response).count("Due Friday 31 July, 15 working days left") == several


def test_the_first_page_of_a_provider_says_what_is_due(client):
    owed, owner = owed_return()
    client.force_login(owner)
    shown = words(client.get(reverse("portal")))
    assert "File the return for April to June 2026" in shown
    returns.file(owed, figures=answers(owed, 1, 95), by=owner)
    shown = words(client.get(reverse("portal")))
    assert "File the return for April to June 2026" not in shown


@pytest.fixture
def commissioner(client):
    """Of a scheme with three returns, one filed: Ash (lot A), Beech and Cedar (lot B)."""
    scheme = scheme_with_indicators()
    for key, name in (("A", "Ash"), ("B", "Beech"), ("B", "Cedar")):
        stands(scheme, key, OrganisationFactory(name=name))
    owed = {each.organisation.name: each for each in made(scheme)}
    returns.file(
        owed["Beech"],
        figures=answers(owed["Beech"], 9, 95, 1),
        by=owner_of(owed["Beech"].organisation),
    )
    with time_machine.travel(AUGUST_3, tick=False):
        client.force_login(staff(scheme.authority, Role.COMMISSIONER))
    return scheme, owed


@time_machine.travel(AUGUST_3, tick=False)
def test_a_commissioner_sees_who_has_filed_and_who_has_not(client, commissioner):
    scheme, owed = commissioner
    page = reverse("admin:providers_return_changelist")
    names = [row.organisation.name for row in client.get(page).context["cl"].result_list]
    assert names == ["Ash", "Cedar", "Beech"]
    overdue = client.get(page, {"overdue": "yes"})
    assert [row.organisation.name for row in overdue.context["cl"].result_list] == ["Ash", "Cedar"]
    assert "Was due Friday 31 July, 1 working day late" in words(overdue)
    narrowed = {"state": "filed", "scheme": scheme.pk, "period": "2026-04-01.2026-06-30"}
    filed = client.get(page, narrowed).context["cl"].result_list
    assert [row.organisation.name for row in filed] == ["Beech"]
    assert list(client.get(page, {"overdue": "late"}).context["cl"].result_list) == []
    period = reverse("admin:kpi_periods")
    assert "April to June 2026 Everyday Life Every quarter Friday 31 July 2026 3 1 2" in words(
        client.get(period)
    )
    record = reverse("admin:providers_return_change", args=[owed["Beech"].pk])
    shown = words(client.get(record))
    assert "Complaints Count the complaints 5 complaints or fewer 9 complaints Not met" in shown
    assert "Progress Count the progress 90% or more 95% Met" in shown


def test_an_indicator_is_counted_once_wherever_it_stands_in_a_return():
    scheme = scheme_with_indicators()
    indicator(scheme, "arrivals", measure="people", lots=["B"])  # moves the others down, for B
    stands(scheme, "A")
    stands(scheme, "B")
    made(scheme)
    asked = {each["title"]: each["asked"] for each in totals(Return.objects.all())}
    assert asked == {"Arrivals": 1, "Complaints": 2, "Progress": 2, "Rooms": 1}
    assert len(totals(Return.objects.all())) == 4


@time_machine.travel(AUGUST_3, tick=False)
def test_figures_stand_against_target_by_indicator_and_provider_for_a_lot(client, commissioner):
    url = reverse("admin:kpi", args=[ReturnPeriod.objects.get(frequency="quarterly").pk])
    response = client.get(url)
    assert "1 of 3 have filed. 2 overdue." in words(response)
    assert [(i["title"], i["bars"]) for i in response.context["indicators"]] == [
        ("Complaints", [("Met", 0), ("Not met", 1), ("Not filed", 2)]),
        ("Progress", [("Met", 1), ("Not met", 0), ("Not filed", 2)]),
        ("Rooms", [("Met", 0), ("Not met", 1), ("Not filed", 1)]),
    ]
    assert [row["owed"].organisation.name for row in response.context["rows"]] == [
        *("Ash", "Cedar", "Beech")
    ]
    assert "Beech Filed 9 complaints Not met 95% Met 1 room Not met" in words(response)
    assert "Ash Overdue Not filed Not filed Not asked" in words(response)
    lots = {words_: query for words_, query, _ in response.context["lots"]}
    of_b = client.get(url + lots["Lot B: One to one"])
    assert [row["owed"].organisation.name for row in of_b.context["rows"]] == ["Cedar", "Beech"]
    assert "1 of 2 have filed. 1 overdue." in words(of_b)
    filed = client.get(url, {"state": "filed"}).context["rows"]
    assert [row["owed"].organisation.name for row in filed] == ["Beech"]
    assert client.get(url, {"lot": "nonsense", "page": "x"}).status_code == 200


@pytest.mark.parametrize("several", [1, 3])
@pytest.mark.parametrize(
    ("name", "queries"),
    [("admin:providers_return_changelist", 12), ("admin:kpi_periods", 9), ("kpi", 17)],
)
def test_a_list_of_the_workplace_takes_a_number_of_queries_that_does_not_grow(
    client, several, name, queries, django_assert_num_queries
):
    scheme = scheme_with_indicators()
    for _ in range(several):
        stands(scheme, "A")
    made(scheme)
    client.force_login(staff(scheme.authority, Role.COMMISSIONER))
    period = ReturnPeriod.objects.get(frequency="quarterly")
    url = reverse("admin:kpi", args=[period.pk]) if name == "kpi" else reverse(name)
    client.get(url)
    with django_assert_num_queries(queries):
        client.get(url)


def test_a_page_of_figures_is_paged(client):
    scheme = scheme_with_indicators()
    for _ in range(26):
        stands(scheme, "A")
    made(scheme)
    client.force_login(staff(scheme.authority, Role.COMMISSIONER))
    period = ReturnPeriod.objects.get(frequency="quarterly")
    url = reverse("admin:kpi", args=[period.pk])
    assert [len(client.get(url, {"page": n}).context["rows"]) for n in (1, 2)] == [25, 1]


def test_another_authority_sees_no_period(client):
    owed, _ = owed_return()
    client.force_login(staff(SchemeFactory().authority, Role.COMMISSIONER))
    period = ReturnPeriod.objects.get(frequency="quarterly")
    assert client.get(reverse("admin:kpi", args=[period.pk])).status_code == 404
    assert "April to June" not in words(client.get(reverse("admin:kpi_periods")))
    assert owed.organisation.name not in words(
        client.get(reverse("admin:providers_return_changelist"))
    )
