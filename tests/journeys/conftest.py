import os

import pytest
from playwright.sync_api import sync_playwright

from dps.demo.people import PASSWORD
from tests.journeys import people

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")


@pytest.fixture
def chromium(monkeypatch):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the driver has a loop of its own
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def window(product, chromium):
    """Opens a window of Chromium for somebody; signed in, for one of the council's people."""

    def opened(who=None):
        page = chromium.new_context(base_url=product.env["BASE_URL"]).new_page()
        page.set_default_timeout(20_000)
        if who:
            people.arrive(page, who, PASSWORD)
        return page

    return opened
