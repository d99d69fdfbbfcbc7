"""The audit trail: narrowed to one kind of what its events are about, each with its name."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from awards.models import Agreement
from dps.actions import excepted, note
from dps.models import Event, Role
from tests.awards import agreed
from tests.factories import LotFactory, SchemeFactory, staff


@pytest.fixture
def scheme(db, client):
    scheme = SchemeFactory()
    client.force_login(staff(scheme.authority, Role.COMMISSIONER))
    return scheme


def listed(client, **query):
    return client.get(reverse("admin:dps_event_changelist"), query).context_data["cl"]


def test_it_shows_the_events_about_one_kind(client, scheme):
    lot = LotFactory(scheme=scheme)
    by = staff(scheme.authority, Role.COMMISSIONER)
    for subject in (scheme, lot):
        note(subject, "looked at", by=by)
    of_lots = listed(client, about="lots.lot").queryset.values_list("subject_id", flat=True)
    assert list(of_lots) == [lot.pk]
    assert listed(client).queryset.count() >= 2


def test_it_offers_the_same_kinds_whatever_is_on_record_each_by_its_own_name(client, scheme):
    def offered():
        return [words for _, words in listed(client).filter_specs[0].lookup_choices]

    before = offered()
    note(LotFactory(scheme=scheme), "looked at", by=staff(scheme.authority, Role.COMMISSIONER))
    assert Event.objects.filter(subject_kind="lots.lot").exists()
    assert offered() == before
    assert len(set(before)) == len(before) > 5


def test_it_says_what_was_done_and_leads_to_what_it_was_done_to(client, scheme):
    lot = LotFactory(scheme=scheme)
    note(lot, "lots.lot.mode set", by=staff(scheme.authority, Role.COMMISSIONER))
    page = client.get(reverse("admin:dps_event_changelist")).content.decode()
    assert "How the lot admits set" in page
    assert f'<a href="{reverse("admin:lots_lot_change", args=[lot.pk])}">{lot}</a>' in page


def test_the_page_of_one_says_what_was_done_to_what_by_whom_and_why(client, scheme):
    lot = LotFactory(scheme=scheme)
    by = staff(scheme.authority, Role.COMMISSIONER)
    note(lot, "lots.lot.mode set", by=by, why="The notice says so")
    event = Event.objects.get(verb="lots.lot.mode set")
    page = client.get(reverse("admin:dps_event_change", args=[event.pk]))
    facts = dict(page.context["facts"])
    assert set(facts) == {"What", "About", "Which is", "When", "By", "Why"}
    assert (facts["What"], facts["By"]) == ("How the lot admits set", str(by))
    assert str(lot) in facts["About"]
    assert "<h1>How the lot admits set</h1>" in page.content.decode()


def test_each_is_found_by_the_words_that_the_list_says(client, scheme):
    lot = LotFactory(scheme=scheme)
    by = staff(scheme.authority, Role.COMMISSIONER)
    for verb in ("lots.lot.mode set", "lots.lot.changed", "lots.schemes.set_mode refused"):
        note(lot, verb, by=by)
    found = listed(client, q="how the lot admits").queryset.values_list("verb", flat=True)
    assert set(found) == {"lots.lot.mode set", "lots.schemes.set_mode refused"}


def test_its_queries_grow_with_the_kinds_and_not_with_the_records(client, db):
    agreement, _ = agreed.drafted()
    auditor = staff(agreement.scheme.authority, Role.AUDITOR)
    client.force_login(auditor)
    url = f"{reverse('admin:dps_event_changelist')}?about=awards.agreement"
    client.get(url)  # what is read once
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    for number in range(2):
        made = agreed.another(agreement, number)
        note(made, "awards.agreement.sent", by=auditor)
    with CaptureQueriesContext(connection) as three:
        page = client.get(url)
    names = {event.subject.name for event in page.context_data["cl"].result_list}
    assert names == {str(each) for each in Agreement.objects.all()}
    assert len(names) == 3
    assert len(three) == len(one)


def test_an_exception_names_its_rule_and_what_it_is_about(client, scheme):
    lot = LotFactory(scheme=scheme)
    by = staff(scheme.authority, Role.COMMISSIONER)
    excepted("shortest_window", lot, by=by, why="Agreed with the market")
    page = client.get(reverse("admin:dps_excepted_changelist")).content.decode()
    assert "Shortest window" in page
    assert f'<a href="{reverse("admin:lots_lot_change", args=[lot.pk])}">{lot}</a>' in page
