"""No page asks the database more than 25 times, and a list asks as often for three as for one."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dps.models import Role
from providers.actions import applications
from providers.models import Section
from tests.factories import NOON, LotFactory, RoundFactory, assessor, member_of
from tests.providers.world import (
    BEFORE,
    certificate,
    completed,
    fill,
    questionnaire_of,
    round_of,
    said,
    scheme_to_apply_to,
    section_of,
    service,
)

MOST = 30


@pytest.fixture(autouse=True)
def before_the_deadline():
    with time_machine.travel(BEFORE, tick=False):
        yield


def statements(client, url, status=200, **sent) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        response = client.post(url, sent) if sent else client.get(url)
    assert response.status_code == status, url
    return len(asked)


def grown(count, scheme=None):
    """An organisation with so many of everything: drafts, applications, documents, services,
    people, versions; its owner, and one application."""
    application, owner = completed()
    organisation = application.organisation
    for n in range(count):
        other = round_of(scheme_to_apply_to())
        draft = applications.start(organisation, scheme=other.scheme, round=other, by=owner)
        fill(draft, owner)
        round_of(scheme_to_apply_to())  # open to apply for
        certificate(organisation, owner)
        member_of(organisation)
        said(application, "quality", {"answers": {"choice": f"Version {n}"}})
        submission = applications.submit(application, name="Jo", by=owner)
    services = [service(id=str(n), name=f"Service {n}") for n in range(count)]
    said(application, Section.SERVICES, {"services": services})
    return application, owner, submission


def pages_of(application, submission) -> dict[str, str]:
    organisation = application.organisation
    services = section_of(application, Section.SERVICES)
    document = organisation.documents.first()
    named = {
        "register": [],
        "applications": [],
        "apply": [],
        "organisation": [organisation],
        "organisation_edit": [organisation],
        "member_add": [organisation],
        "documents": [organisation],
        "document_add": [organisation],
        "document_remove": [document],
        "application": [application],
        "application_check": [application],
        "submit": [application],
        "application_withdraw": [application],
        "section_service": [services],
        "submission": [submission],
        "submission_pdf": [submission],
    }
    urls = {
        name: reverse(f"providers:{name}", args=[each.pk for each in of])
        for name, of in named.items()
    }
    for section in application.sections.all():
        urls[section.key] = section.get_absolute_url()
    remove = reverse("providers:section_remove_service", args=[services.pk])
    asked = {"home": reverse("portal"), "section_remove_service": f"{remove}?service=0"}
    return urls | asked


def test_no_page_asks_more_than_30_and_three_ask_no_more_than_one(client, db):
    counts = {}
    for count in (1, 3):
        application, owner, submission = grown(count)
        client.force_login(owner)
        for name, url in pages_of(application, submission).items():
            counts.setdefault(name, []).append(statements(client, url))
    assert {name: asked for name, asked in counts.items() if max(asked) > MOST} == {}
    assert {name: asked for name, asked in counts.items() if len(set(asked)) > 1} == {}


def test_a_list_of_applications_is_paged_in_a_fixed_number_of_statements(client, db):
    _application, owner, _ = grown(3)
    client.force_login(owner)
    url = reverse("providers:applications")
    response = client.get(f"{url}?per_page=2")
    assert len(response.context["table"].page.object_list) == 2
    assert response.context["table"].paginator.count == 4
    assert statements(client, f"{url}?per_page=2&page=2") == statements(client, url)


def test_a_page_of_errors_asks_no_more_and_one_that_saves_as_well_six_more(client, db):
    application, owner, _ = grown(1)
    client.force_login(owner)
    standing = section_of(application, "standing")
    services = section_of(application, Section.SERVICES)
    seen = {"seen": standing.revision}
    assert statements(client, standing.get_absolute_url(), 422, **seen) <= MOST + 6
    url = reverse("providers:section_service", args=[services.pk])
    assert statements(client, url, 422, seen="1") <= MOST
    submit = reverse("providers:submit", args=[application.pk])
    assert statements(client, submit, 422, name="Jo") <= MOST


def test_the_workplaces_queue_and_pane(client, db):
    asked = []
    for count in (1, 3):
        application, owner = completed()
        scheme = application.scheme
        submission = applications.submit(application, name="Jo", by=owner)
        for n in range(count - 1):
            round = RoundFactory(scheme=scheme, questionnaire=questionnaire_of(scheme, n + 2))
            more = applications.start(
                application.organisation, scheme=scheme, round=round, by=owner
            )
            fill(more, owner)
            applications.submit(more, name="Jo", by=owner)
        with time_machine.travel(NOON.replace(day=18), tick=False):
            client.force_login(assessor(application, Role.COMMISSIONER))
            pane = reverse("admin:reading_pane", args=[submission.pk])
            counts = [statements(client, url) for url in (reverse("admin:queue"), pane)]
        asked.append(counts)
    assert asked[0] == asked[1]
    assert max(asked[0]) <= MOST


def test_a_draft_to_open_lots_costs_no_more(client, db):
    application, owner = completed()
    scheme = application.scheme
    LotFactory(scheme=scheme, key="C", mode="open")
    draft = applications.start(application.organisation, scheme=scheme, by=owner)
    client.force_login(owner)
    assert statements(client, draft.get_absolute_url()) <= MOST
