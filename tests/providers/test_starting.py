"""What one may apply to, and how a draft begins."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from dps.actions import Refused
from lots.models import AdmissionMode
from providers.actions import applications
from providers.models import Application, Member, Section
from tests.factories import NOON, ApplicationFactory, LotFactory, OrganisationFactory, RoundFactory
from tests.providers.pages import errors_of, words
from tests.providers.world import (
    BEFORE,
    applicant,
    completed,
    questionnaire_of,
    round_of,
    scheme_to_apply_to,
)

APPLY = reverse("providers:apply")


@time_machine.travel(BEFORE, tick=False)
def test_one_chooses_a_round_or_the_open_lots_and_gets_a_task_list(client, db):
    organisation, owner = applicant()
    scheme = scheme_to_apply_to()
    round = round_of(scheme, lots=[scheme.lots.get(key="A")])
    LotFactory(scheme=scheme, key="C", mode=AdmissionMode.OPEN)
    client.force_login(owner)
    page = words(client.get(APPLY))
    assert (
        f"Everyday Life Activities: {round.title} Closes Wednesday 17 June 2026 at 12 noon" in page
    )
    assert "Everyday Life Activities: open lots Takes applications at any time" in page

    for chosen, of_round in ((round.pk, round), (scheme.pk, None)):
        response = client.post(APPLY, {"to": str(chosen)})
        begun = Application.objects.get(round=of_round)
        assert response.url == begun.get_absolute_url()
        assert begun.organisation == organisation
    assert "Nothing is open to you now" in words(client.get(APPLY))
    assert client.post(APPLY, {"to": str(round.pk)}).status_code == 422


@pytest.mark.parametrize("days", [-1, 41])
def test_a_round_that_is_not_open_is_not_offered(client, db, days):
    _, owner = applicant()
    round = round_of(scheme_to_apply_to())
    with time_machine.travel(round.opens_at + timedelta(days=days), tick=False):
        client.force_login(owner)
        assert round.title not in words(client.get(APPLY))
        response = client.post(APPLY, {"to": str(round.pk)})
    assert errors_of(response) == {"to": ["Select an answer to “What are you applying to?”"]}
    assert not Application.objects.exists()


@time_machine.travel(BEFORE, tick=False)
def test_one_who_is_in_several_organisations_says_which_applies(client, db):
    first, owner = applicant()
    second = OrganisationFactory()
    Member.objects.create(organisation=second, user=owner, joined_at=BEFORE)
    round = round_of(scheme_to_apply_to())
    client.force_login(owner)
    response = client.post(APPLY, {"to": str(round.pk)})
    assert errors_of(response) == {"organisation": ["Select the organisation"]}
    for organisation in (first, second):
        client.post(APPLY, {"to": str(round.pk), "organisation": str(organisation.pk)})
    assert set(round.applications.values_list("organisation", flat=True)) == {first.pk, second.pk}
    assert round.title not in words(client.get(APPLY))


@time_machine.travel(BEFORE, tick=False)
def test_a_draft_is_started_once(db):
    organisation, owner = applicant()
    round = RoundFactory()
    applications.start(organisation, scheme=round.scheme, round=round, by=owner)
    with pytest.raises(Refused, match="has started this application already"):
        applications.start(organisation, scheme=round.scheme, round=round, by=owner)
    with pytest.raises(IntegrityError, match="application_one_each"), transaction.atomic():
        ApplicationFactory(round=round, organisation=organisation)


@time_machine.travel(BEFORE, tick=False)
def test_answers_that_carry_over_are_there_to_be_checked_and_saving_confirms_them(client, db):
    earlier, owner = completed()
    scheme = earlier.scheme
    round = RoundFactory(scheme=scheme, questionnaire=questionnaire_of(scheme, 2))
    again = applications.start(earlier.organisation, scheme=scheme, round=round, by=owner)
    section = again.sections.get(key="standing")
    kept = applications.open_section(section, by=owner)
    assert kept["answers"] == {"cover": ["public", "employer"], "cover-amount": "10000000.00"}
    assert kept["carried"] == ["cover", "cover-amount"]

    client.force_login(owner)
    page = client.get(section.get_absolute_url())
    assert words(page).count("Check this is still true") == 2
    assert 'value="10000000.00"' in page.content.decode()
    client.post(
        section.get_absolute_url(),
        {"q-cover": ["public"], "q-cover-amount": "5000000", "seen": kept["seen"], "later": "yes"},
    )
    kept = applications.open_section(section, by=owner)
    assert (kept["answers"]["cover"], kept["carried"]) == (["public"], [])
    assert "Check this is still true" not in words(client.get(section.get_absolute_url()))


@time_machine.travel(BEFORE, tick=False)
def test_a_section_that_is_whole_but_carried_over_waits_to_be_checked(client, db):
    application, owner = completed()
    section = application.sections.get(key="standing")
    kept = applications.open_section(section, by=owner)
    kept["carried"] = ["cover"]
    applications.save(section, contents=kept, seen=kept.pop("seen"), by=owner)
    client.force_login(owner)
    page = words(client.get(application.get_absolute_url()))
    assert "Money and insurance Carried over from your last application Check this" in page
    assert "What remains: 1 to confirm. Then check and submit." in page
    with pytest.raises(Refused, match="Check that the answers carried over are still true"):
        applications.submit(application, name="Jo", by=owner)


@time_machine.travel(BEFORE, tick=False)
def test_what_was_erased_carries_nothing_over_and_is_no_to_do(client, db):
    earlier, owner = completed()
    applications.erase(earlier, by=owner, why="A mistake")
    client.force_login(owner)
    home = client.get(reverse("portal"))
    assert (home.status_code, "Nothing is due from you." in words(home)) == (200, True)
    page = client.get(earlier.get_absolute_url())
    assert (page.status_code, "has been erased" in words(page)) == (422, True)

    round = RoundFactory(scheme=earlier.scheme, questionnaire=questionnaire_of(earlier.scheme, 2))
    again = applications.start(earlier.organisation, scheme=earlier.scheme, round=round, by=owner)
    assert "answers" not in applications.open_section(again.sections.get(key="standing"), by=owner)


@time_machine.travel(NOON, tick=False)
def test_nobody_outside_starts_an_application_for_an_organisation(client, db):
    organisation, _ = applicant()
    _, stranger = applicant()
    round = round_of(scheme_to_apply_to())
    client.force_login(stranger)
    client.post(APPLY, {"to": str(round.pk), "organisation": str(organisation.pk)})
    assert not organisation.applications.exists()
    assert Section.objects.count() == 6  # the stranger's own
