import pytest

from dps.demo.people import PASSWORD
from tests.browsers import chromium
from tests.journeys import people


@pytest.fixture
def window(product, monkeypatch):
    """Opens a window of Chromium for somebody; signed in, for one of the council's people."""

    def opened(who=None):
        page = browser.new_context(base_url=product.env["BASE_URL"]).new_page()
        page.set_default_timeout(20_000)
        if who:
            people.arrive(page, who, PASSWORD)
        return page

    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the driver has a loop of its own
    with chromium() as browser:
        yield opened
