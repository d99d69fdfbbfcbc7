"""The audit trail narrowed to one kind of what its events are about."""

import pytest
from django.urls import reverse

from dps.actions import note
from dps.models import Event, Role
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
    note(lot, "lots.lot.mode_changed", by=staff(scheme.authority, Role.COMMISSIONER))
    page = client.get(reverse("admin:dps_event_changelist")).content.decode()
    assert "Mode changed" in page
    assert f'<a href="{reverse("admin:lots_lot_change", args=[lot.pk])}">Lot</a>' in page
