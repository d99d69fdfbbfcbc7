import pytest

from tests.lots.world import bank_holidays


@pytest.fixture(autouse=True)
def working_days(request):
    """England's working days, for the tests that have a database."""
    marker = request.node.get_closest_marker("django_db")
    if marker or "db" in request.fixturenames:
        is_transactional = marker and marker.kwargs.get("transaction")
        request.getfixturevalue("transactional_db" if is_transactional else "db")
        bank_holidays()
