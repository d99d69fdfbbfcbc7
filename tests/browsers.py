"""A browser without a window."""

from contextlib import contextmanager

from playwright.sync_api import sync_playwright

from dps.embedded.install import browser

# A process for two windows rather than for each, which is what most of the work went into.
FEW = ["--disable-gpu", "--renderer-process-limit=2", "--disable-site-isolation-trials"]


@contextmanager
def chromium():
    with sync_playwright() as driver:
        args = ["--no-sandbox", *FEW]
        opened = driver.chromium.launch(executable_path=browser(), args=args)
        yield opened
        opened.close()


def arrive(page, client, user, url) -> None:
    """Sign the window in as a person, at the server of the tests."""
    client.force_login(user)
    session = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    page.context.add_cookies([session | {"url": url}])
