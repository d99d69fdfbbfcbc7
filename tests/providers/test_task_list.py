"""The task list, and the portal's first page."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from dps.models import BankHoliday, Role
from providers.actions import applications
from tests.factories import NOON, OrganisationFactory, member_of, staff
from tests.providers.pages import words
from tests.providers.world import (
    BEFORE,
    applicant,
    completed,
    fill,
    round_of,
    scheme_to_apply_to,
    section_of,
    started,
)

pytestmark = pytest.mark.django_db
HOME = reverse("portal")


def page_of(client, url) -> str:
    return words(client.get(url))


@time_machine.travel(BEFORE, tick=False)
def test_an_empty_draft_says_all_that_remains_and_bars_the_last_step(client):
    application, owner = started()
    client.force_login(owner)
    page = page_of(client, application.get_absolute_url())
    for part in (
        "Apply to Everyday Life Activities",
        "You have not chosen your lots yet.",
        "0 of 5 sections are complete.",
        "Lots you are applying for Not started",
        "Money and insurance Not started",
        "Choice and control 100% of the marks Not started",
        "Services and rates Not started",
        "Check answers and submit Opens when the other sections are complete Cannot start yet",
        "Submit by Wednesday 17 June 2026 at 12 noon 8 working days left. One second late",
        "is too late: it is refused, and your draft is kept.",
        "What remains: 5 not started. Then check and submit.",
        "Nobody at the council can read this before the deadline.",
    ):
        assert part in page
    check = reverse("providers:application_check", args=[application.pk])
    assert check not in client.get(application.get_absolute_url()).content.decode()


@time_machine.travel(BEFORE, tick=False)
def test_a_whole_draft_opens_the_last_step(client):
    application, owner = completed()
    client.force_login(owner)
    page = page_of(client, application.get_absolute_url())
    assert "5 of 5 sections are complete." in page
    assert "You are applying for lot A, One to one." in page
    assert "Check answers and submit Nothing is missing Ready" in page
    assert "What remains: check your answers and submit." in page
    client.force_login(member_of(application.organisation))
    page = page_of(client, application.get_absolute_url())
    assert "An owner of your organisation submits it." in page


@time_machine.travel(BEFORE, tick=False)
def test_a_section_half_done_says_so(client):
    application, owner = started()
    section = section_of(application, "standing")
    applications.save(section, contents={"answers": {"bankrupt": "no"}}, seen=1, by=owner)
    client.force_login(owner)
    page = page_of(client, application.get_absolute_url())
    assert "Money and insurance In progress" in page
    assert "What remains: 1 section in progress, 4 not started." in page


@time_machine.travel(NOON + timedelta(seconds=1), tick=False)
def test_after_the_deadline_the_draft_is_there_to_be_read_and_not_to_be_submitted(client):
    with time_machine.travel(BEFORE, tick=False):
        application, owner = completed()
    client.force_login(owner)
    page = page_of(client, application.get_absolute_url())
    assert "Closed. The deadline was Wednesday 17 June 2026 at 12 noon. Your draft has been" in page
    assert "Check answers and submit It was not submitted in time Closed" in page
    assert "What remains" not in page


@time_machine.travel(BEFORE, tick=False)
def test_bank_holidays_are_no_working_days(client):
    application, owner = started()
    client.force_login(owner)
    assert "8 working days left" in page_of(client, application.get_absolute_url())
    BankHoliday.objects.create(part="england", day="2026-06-10", name="A day off")
    BankHoliday.objects.create(part="scotland", day="2026-06-11", name="Elsewhere")
    assert "7 working days left" in page_of(client, application.get_absolute_url())


@time_machine.travel(BEFORE, tick=False)
def test_the_first_page_says_what_is_due_what_is_open_and_how_applications_stand(client):
    application, owner = completed()
    organisation = application.organisation
    sent = applications.start(
        organisation, scheme=(other := round_of(scheme_to_apply_to())).scheme, round=other, by=owner
    )
    fill(sent, owner)
    applications.submit(sent, name="Jo", by=owner)
    open_round = round_of(scheme_to_apply_to(), closes=NOON + timedelta(days=7))
    client.force_login(owner)
    assert client.get("/").url == HOME
    page = page_of(client, HOME)
    assert (
        f"Apply to Everyday Life Activities, {application.round.title} 5 of 5 sections are "
        "complete. Check your answers and submit it. Closes Wednesday 17 June at 12 noon, "
        "8 working days left Ready to submit"
    ) in page
    due, rest = page.split("Open to apply for")
    offered, own = rest.split("Your applications", 1)
    assert sent.round.title not in due
    assert f"{open_round.title} Closes Wednesday 24 June at 12 noon" in offered
    assert application.round.title not in offered
    assert f"{sent.round.title} Started 7 June 2026, submitted 1 time Submitted" in own
    assert f"{application.round.title} Started 7 June 2026 Draft" in own


@time_machine.travel(BEFORE, tick=False)
def test_another_organisations_drafts_are_on_nobodys_first_page(client):
    _application, _ = completed(name="Somebody else")
    _, owner = applicant()
    client.force_login(owner)
    page = page_of(client, HOME)
    assert "Nothing is due from you." in page
    assert "Somebody else" not in page
    assert "You have made no application yet." in page


def test_the_portal_is_for_members(client):
    organisation = OrganisationFactory()
    former = member_of(organisation, left_at=NOON)
    for person in (former, staff(scheme_to_apply_to().authority, Role.COMMISSIONER)):
        client.force_login(person)
        assert client.get(HOME).status_code == 403
    client.logout()
    assert client.get(HOME).url == f"/accounts/login/?next={HOME}"
