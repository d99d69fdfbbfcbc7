import pytest
import time_machine
from django.db import transaction

from tests.lots.loads import DAY, load
from tests.lots.world import bank_holidays


@pytest.fixture(scope="module")
def loaded(request, django_db_setup, django_db_blocker):
    """The scheme of the module's `LOADED`, its id. It is loaded once: what a test writes, it
    undoes. Every test of the module must ask for it, since it is there for those that come after.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        with time_machine.travel(DAY, tick=False):
            loaded = load(request.module.LOADED).scheme
        yield loaded.pk
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def working_days(request):
    """England's working days, for the tests that have a database."""
    marker = request.node.get_closest_marker("django_db")
    if marker or "db" in request.fixturenames:
        is_transactional = marker and marker.kwargs.get("transaction")
        request.getfixturevalue("transactional_db" if is_transactional else "db")
        bank_holidays()
