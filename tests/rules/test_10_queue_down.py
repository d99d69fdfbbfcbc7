"""Rule 10, when the queue is down: what was committed stands, and the effect is owed."""

import socket
import time
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from kombu import pools

from dps import celery
from dps.models import Promise
from dps.promises import keep_due
from providers.models import ApplicationState
from tests.factories import NOON, ApplicationFactory, owner_of


@pytest.fixture
def silent():
    """A queue that takes the connection and never answers, as a stopped process does."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


@pytest.fixture
def queue(request):
    """The product sends its tasks to a queue that is not there, or does not answer."""
    url = request.getfixturevalue("silent") if request.param == "silent" else GONE
    usual = celery.conf.broker_url
    through(url, eager=False)
    yield
    through(usual, eager=True)


GONE = "redis+socket:///nowhere/redis.socket"


def through(url, *, eager):
    celery.conf.update(broker_url=url, broker_write_url=url, task_always_eager=eager)
    pools.reset()
    celery._pool = celery.amqp._producer_pool = None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("queue", ["gone", "silent"], indirect=True)
def test_a_submission_stands_and_its_receipt_is_owed(client, queue):
    application = ApplicationFactory()
    client.force_login(owner_of(application.organisation))
    url = reverse("providers:submit", args=[application.pk])
    began = time.monotonic()
    with time_machine.travel(NOON - timedelta(minutes=1)):
        declared = {"declaration": "on", "name": "A Signatory", "is_my_name": "on"}
        response = client.post(url, declared, follow=True)

    assert time.monotonic() - began < 5
    assert response.status_code == 200
    assert "Submitted. Your reference is" in response.content.decode()
    application.refresh_from_db()
    assert application.state == ApplicationState.SUBMITTED
    assert Promise.objects.get().kept_at is None
    assert mail.outbox == []

    celery.conf.task_always_eager = True  # the queue is back
    keep_due()
    assert len(mail.outbox) == 1
    assert Promise.objects.get().kept_at
