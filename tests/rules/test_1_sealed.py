"""Rule 1. Nobody outside the applicant sees an application before its round closes."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from dps.actions import Refused
from dps.models import Event, Role
from dps.policies import view_event
from lots.actions import rounds
from lots.models import Opening, Round
from providers.actions import applications
from providers.models import Application, ApplicationState
from providers.queries.submissions import to_read
from tests.factories import (
    NOON,
    ApplicationFactory,
    RoundFactory,
    assessor,
    owner_of,
    staff,
    submitted,
)

LATER = NOON + timedelta(seconds=1)


@pytest.mark.parametrize(("seconds", "status"), [(-1, 404), (0, 404), (1, 200)])
def test_a_commissioner_sees_a_submitted_application_once_its_deadline_has_passed(
    client, db, seconds, status
):
    application = submitted()
    commissioner = staff(application.round.scheme.authority, Role.COMMISSIONER)
    with time_machine.travel(NOON + timedelta(seconds=seconds), tick=False):
        client.force_login(commissioner)
        assert client.get(application.get_absolute_url()).status_code == status


@pytest.mark.parametrize("state", [ApplicationState.DRAFT, ApplicationState.WITHDRAWN])
@pytest.mark.parametrize("days", [0, 1, 3650])
def test_what_is_not_submitted_is_its_applicants_alone_for_ever(client, db, state, days):
    application = submitted() if state == ApplicationState.WITHDRAWN else ApplicationFactory()
    Application.objects.filter(pk=application.pk).update(state=state)
    people = {role: staff(application.round.scheme.authority, role) for role in Role}
    people["owner"] = owner_of(application.organisation)
    statuses = {}
    with time_machine.travel(LATER + timedelta(days=days), tick=False):
        for name, person in people.items():
            client.force_login(person)
            statuses[name] = client.get(application.get_absolute_url()).status_code
    assert statuses == dict.fromkeys(Role, 404) | {"owner": 200}


def test_a_scheme_that_asks_for_two_is_opened_by_two_people_after_the_deadline(db):
    application = submitted(round__scheme__is_opened_by_two=True)
    round, authority = application.round, application.round.scheme.authority
    first, second = (assessor(application, Role.COMMISSIONER) for _ in range(2))
    with time_machine.travel(NOON, tick=False):
        with pytest.raises(Refused, match="The deadline has not passed yet"):
            rounds.open(round, by=first)
        Opening.objects.create(procedure=round, by=staff(authority, Role.COMMISSIONER), at=NOON)
    with time_machine.travel(LATER, tick=False):
        seen = []
        for person in (first, second):
            seen.append(Round.objects.opened(LATER).exists())
            rounds.open(round, by=person)
            with pytest.raises(Refused, match="Another person is needed"):
                rounds.open(round, by=person)
        assert [*seen, Round.objects.opened(LATER).exists()] == [False, False, True]
        assert set(to_read(second)) == {application.submissions.get()}


def test_a_round_cancelled_before_its_deadline_is_never_opened(db):
    application = ApplicationFactory()
    kept, cancelled = RoundFactory(), application.round
    commissioner = staff(cancelled.scheme.authority, Role.COMMISSIONER)
    with time_machine.travel(NOON, tick=False):
        rounds.cancel(cancelled, by=commissioner, why="The need has gone")
        with pytest.raises(Refused, match="This round was cancelled"):
            applications.submit(application, name="A", by=owner_of(application.organisation))
    assert set(Round.objects.opened(LATER)) == {kept}
    with time_machine.travel(LATER, tick=False):
        with pytest.raises(Refused, match="cannot be cancelled"):
            rounds.cancel(kept, by=staff(kept.scheme.authority, Role.COMMISSIONER), why="")
        with pytest.raises(Refused, match="The deadline has not passed yet"):
            rounds.open(cancelled, by=commissioner)


@time_machine.travel(LATER, tick=False)
def test_who_reads_a_submission_is_on_record_before_it_is_shown(client, db):
    submission = submitted().submissions.get()
    evaluator = assessor(submission.application, Role.EVALUATOR)
    client.force_login(evaluator)
    page = client.get(reverse("admin:reading_pane", args=[submission.pk])).content.decode()
    assert "Our lead is the manager" in page
    assert "Today" in page  # in the workplace's frame
    event = Event.objects.get(subject_id=submission.pk)
    assert (event.verb, event.by) == ("providers.submission.opened", evaluator)


def test_only_the_submission_that_counts_is_read_by_those_who_assess(db):
    application = ApplicationFactory()
    owner = owner_of(application.organisation)
    commissioner = assessor(application, Role.COMMISSIONER)
    with time_machine.travel(NOON, tick=False):
        first = applications.submit(application, name="A", by=owner)
        section = application.sections.get(key="insurance")
        applications.save(section, contents={"answers": {"cover": "To £5m"}}, seen=1, by=owner)
        second = applications.submit(application, name="A", by=owner)
    with time_machine.travel(LATER, tick=False):
        assert set(to_read(commissioner)) == {second}
        assert set(to_read(owner)) == {first, second}


def test_an_event_is_shown_to_those_who_may_see_what_it_is_about(db):
    application = ApplicationFactory()
    owner = owner_of(application.organisation)
    commissioner = staff(application.round.scheme.authority, Role.COMMISSIONER)
    with time_machine.travel(NOON, tick=False):
        applications.submit(application, name="A", by=owner)
        assert set(view_event.rows(owner)) == set(Event.objects.all())
        assert set(view_event.rows(commissioner)) == set()
    with time_machine.travel(LATER, tick=False):
        verbs = [event.verb for event in view_event.rows(commissioner)]
        assert verbs == ["providers.application.submitted"]
