"""Rule 2. A deadline is an instant; one second late is refused and the draft is kept."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from dps.actions import Refused
from dps.models import Event, Excepted
from lots.actions import rounds
from lots.models import ProcedureState
from providers.actions import applications
from providers.models import ApplicationState
from tests.factories import NOON, RoundFactory, staff


def uk_form(name, day, time):
    """An instant in UK time, as its fields are filled in."""
    year, month, number = day.split("-")
    parts = {"day": number, "month": month, "year": year, "time": time}
    return {f"{name}_{part}": value for part, value in parts.items()}


@pytest.mark.parametrize(
    ("seconds", "state"),
    [
        (-1, ApplicationState.SUBMITTED),
        (0, ApplicationState.SUBMITTED),
        (1, ApplicationState.DRAFT),
    ],
)
def test_submitting_around_the_deadline(client, application, owner, seconds, state):
    section = application.sections.get(key="insurance")
    sealed = bytes(section.sealed)
    with time_machine.travel(NOON + timedelta(seconds=seconds), tick=False):
        client.force_login(owner)
        url = reverse("providers:submit", args=[application.pk])
        declared = {"declaration": "on", "name": "A Signatory", "is_my_name": "on"}
        response = client.post(url, declared)

    application.refresh_from_db()
    assert application.state == state
    section.refresh_from_db()
    assert bytes(section.sealed) == sealed
    if state == ApplicationState.DRAFT:
        assert response.status_code == 422
        assert "The deadline was Wednesday 17 June 2026 at 12 noon" in response.content.decode()
        refused = Event.objects.get(verb="providers.applications.submit refused")
        assert (refused.by, refused.subject_id) == (owner, application.pk)


@time_machine.travel(NOON, tick=False)
def test_an_extension_is_for_everyone_and_only_before_the_deadline(client, application):
    commissioner = staff(application.round.scheme.authority, "commissioner")
    client.force_login(commissioner)
    url = reverse("admin:lots_round_extend", args=[application.round.pk])
    later = uk_form("deadline", "2026-06-18", "12:00") | {"why": "Portal outage"}
    response = client.post(url, later)
    assert "cannot be extended" in response.content.decode()
    with time_machine.travel(NOON - timedelta(seconds=1), tick=False):
        assert client.post(url, later).status_code == 302
    latest = application.round.deadlines.latest("at")
    assert latest.at == NOON + timedelta(days=1)
    assert application.round.deadlines.count() == 2
    with pytest.raises(TypeError):
        rounds.extend(application.round, deadline=latest.at)  # nobody in particular


@time_machine.travel(NOON - timedelta(days=9), tick=False)
def test_an_initial_window_shorter_than_the_law_has_it_is_an_exception_on_the_register(client, db):
    round = RoundFactory(state=ProcedureState.DRAFT, is_initial=True, opens_at=NOON)
    commissioner = staff(round.scheme.authority, "commissioner")
    client.force_login(commissioner)
    url = reverse("admin:lots_round_announce", args=[round.pk])
    short = uk_form("deadline", "2026-07-06", "12:00") | {"why": "As planned"}
    response = client.post(url, short)
    assert response.status_code == 422
    assert "30 days" in response.content.decode()
    assert not Excepted.objects.exists()

    assert client.post(url, short | {"exception": "A provider has failed"}).status_code == 302
    listed = client.get(reverse("admin:dps_excepted_changelist")).content.decode()
    assert "A provider has failed" in listed
    excepted = Excepted.objects.get()
    assert (excepted.rule, excepted.by) == ("shortest_initial_window", commissioner)
    with pytest.raises(IntegrityError, match="exception_has_a_reason"), transaction.atomic():
        Excepted.objects.create(rule="r", at=NOON, by=commissioner, subject_id=round.pk)


@pytest.mark.parametrize("act", ["save", "withdraw"])
def test_nothing_changes_an_application_after_its_deadline(application, owner, act):
    section = application.sections.get(key="insurance")
    with time_machine.travel(NOON, tick=False):
        applications.submit(application, name="A", by=owner)
    verbs = {
        "save": lambda: applications.save(section, contents={}, seen=1, by=owner),
        "withdraw": lambda: applications.withdraw(application, by=owner),
    }
    late = time_machine.travel(NOON + timedelta(seconds=1), tick=False)
    with late, pytest.raises(Refused, match="The deadline was"):
        verbs[act]()
    with time_machine.travel(NOON, tick=False):
        verbs[act]()
