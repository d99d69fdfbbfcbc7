"""The world that is asked about: built once, and as it was again after each request."""

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.test import RequestFactory, override_settings
from django.test.client import ClientHandler, ClientMixin

from tests.access import roles
from tests.factories import NOON


class Visitor(ClientMixin, RequestFactory):
    """A browser that keeps nothing of an answer, neither its cookies nor what its templates were
    given: so each request is the person's first, and quick."""

    handler = ClientHandler(enforce_csrf_checks=False)

    def request(self, **said):
        return self.handler(self._base_environ(**said))


@pytest.fixture(scope="module")
def media(tmp_path_factory):
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, media):
    """The samples and the people of tests.access.roles, for all tests of a module: what one of
    them writes, it undoes."""
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=media), transaction.atomic():
        with time_machine.travel(NOON - timedelta(days=1), tick=False):
            built = roles.build()
        yield built
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def visitors(world, django_db_blocker):
    """The people, signed in."""
    _, people = world
    visitors = {role: Visitor() for role in people}
    with django_db_blocker.unblock(), time_machine.travel(NOON - timedelta(days=1), tick=False):
        for role, user in people.items():
            if user.is_active:
                visitors[role].force_login(user)
    return visitors


@pytest.fixture(autouse=True)
def own_media(settings, media):
    """The files of the world lie where it was built."""
    settings.MEDIA_ROOT = media
