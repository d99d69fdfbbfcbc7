import gc
import os
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.conf import settings as configured
from django.db import connection

from dps import celery
from dps.embedded.places import addresses
from dps.embedded.supervisor import live
from tests.browsers import chromium
from tests.factories import ApplicationFactory, owner_of


def pytest_collection_finish():
    """What is loaded by now stays; looking through it again and again took a tenth of the time."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def django_db_keepdb():
    """The server is thrown away, and its databases with it: to drop one waits for its last user."""
    return True


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """Several people may test on one server at once: TESTDB_SUFFIX makes their databases theirs."""
    suffix = os.environ.get("TESTDB_SUFFIX")
    if suffix:
        configured.DATABASES["default"]["TEST"]["NAME"] += f"_{suffix}"


def database_url():
    """The test database, for other processes."""
    server = os.environ.get("DATABASE_URL") or addresses(configured.VAR_DIR, "test")[0]
    return urlsplit(server)._replace(path=f"/{connection.settings_dict['NAME']}").geturl()


@pytest.fixture
def product(transactional_db, settings, tmp_path):
    """Web, worker and beat, running on the test database, with ticks every second and a clock of
    their own, which `dps.clock.move_by` moves: see dps.embedded.supervisor.live.

    Serial, if marked `pytest.mark.xdist_group("live")`.
    """
    environment = {"ENVIRONMENT": "test", "DATABASE_URL": database_url()}
    with live(tmp_path, **environment) as running:
        settings.ENVIRONMENT = "test"
        settings.BASE_URL = running.env["BASE_URL"]
        settings.REDIS_URL = running.env["REDIS_URL"]
        settings.MEDIA_ROOT = tmp_path / "media"
        yield running


@pytest.fixture
def window(monkeypatch):
    """A window of Chromium."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the driver has a loop of its own
    with chromium() as browser:
        yield browser.new_page()


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path_factory):
    """Files that a test hands in lie in a folder of its own, made by the first of them."""
    settings.MEDIA_ROOT = tmp_path_factory.getbasetemp() / f"media-{uuid4()}"


@pytest.fixture(autouse=True)
def kept_at_once():
    """Effects are kept in this process as soon as their action commits. The live product, in
    processes of its own, has a worker for them."""
    celery.conf.task_always_eager = True


@pytest.fixture
def application(db):
    return ApplicationFactory()


@pytest.fixture
def owner(application):
    return owner_of(application.organisation)
