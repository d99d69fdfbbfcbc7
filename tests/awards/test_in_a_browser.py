"""What the rail gains from the script, in Chromium: how much waits at each of its entries."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.awards.world import started
from tests.browsers import arrive


@pytest.mark.django_db(transaction=True)
def test_the_rail_comes_to_say_what_waits_and_nothing_else_does(live_server, client, window):
    evaluation, panel = started()
    arrive(window, client, panel.commissioner, live_server.url)
    window.goto(live_server.url + reverse("admin:allocation", args=[evaluation.lot.scheme_id]))
    expect(window.locator("nav.side .n")).to_have_text(["1 waiting"])
    expect(window.locator("nav.crumbs")).to_have_text("EvaluationChoose evaluators")
