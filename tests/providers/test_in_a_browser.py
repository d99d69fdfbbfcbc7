"""What a section's page gains from the script, in Chromium: it counts words as we do, and shows a
follow-up when it is called for."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from dps.clock import now
from providers.actions import applications
from providers.calculations.answers import words
from tests.browsers import arrive
from tests.providers.world import applicant, round_of, scheme_to_apply_to, section_of


@pytest.mark.django_db(transaction=True)
def test_words_are_counted_and_a_follow_up_comes_and_goes(live_server, client, window):
    organisation, owner = applicant()
    scheme = scheme_to_apply_to()
    at = {"opens_at": now() - timedelta(days=20), "closes": now() + timedelta(days=5)}
    round = round_of(scheme, **at)
    draft = applications.start(organisation, scheme=scheme, round=round, by=owner)
    arrive(window, client, owner, live_server.url)
    window.goto(live_server.url + section_of(draft, "quality").get_absolute_url())
    for answer in ("one two-three 4\nfive", "a " * 12):
        window.get_by_label("How do you help people").fill(answer)
        left = 10 - words(answer)
        said = f"{left} words remaining" if left >= 0 else f"{-left} words too many"
        expect(window.locator(".govuk-character-count__status").first).to_have_text(
            f"You have {said}"
        )

    window.once("dialog", lambda dialog: dialog.accept())  # what was typed is not saved
    window.goto(live_server.url + section_of(draft, "standing").get_absolute_url())
    follow_up = window.get_by_label("What happened, and when?")
    expect(follow_up).to_be_hidden()
    window.get_by_label("Yes", exact=True).check()
    expect(follow_up).to_be_visible()
    window.get_by_label("No", exact=True).check()
    expect(follow_up).to_be_hidden()
    window.get_by_role("button", name="Save and continue").click()
    expect(window.get_by_role("heading", name="There is a problem")).to_be_visible()
