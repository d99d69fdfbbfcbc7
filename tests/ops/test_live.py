"""The product as tests run it: on the test database, with a clock and a Redis of its own."""

from datetime import timedelta
from urllib.request import urlopen

import pytest
import redis

from dps import clock
from dps.embedded.places import HEARTBEAT
from dps.models import Authority
from tests.ops.supervised import eventually

pytestmark = pytest.mark.xdist_group("live")


def test_it_shows_what_the_test_wrote_and_a_worker_that_was_killed_can_be_started_again(product):
    Authority.objects.create(name="Aldershire County Council", colour="#123456")
    colours = urlopen(f"{product.env['BASE_URL']}/authority.css").read().decode()
    assert "#123456" in colours

    with redis.Redis.from_url(product.env["REDIS_URL"]) as client:
        product.children["worker"].kill()
        client.delete(HEARTBEAT)
        product.start("worker")
        eventually(lambda: client.exists(HEARTBEAT), seconds=60)

        clock.move_by(timedelta(days=1))
        assert float(client.get(clock.OFFSET)) == 86400
