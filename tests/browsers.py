"""A browser without a window."""

from contextlib import contextmanager

from playwright.sync_api import sync_playwright

from dps.embedded.install import browser


@contextmanager
def chromium():
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=browser(), args=["--no-sandbox"])
        yield opened
        opened.close()
