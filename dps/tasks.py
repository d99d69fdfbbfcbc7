import redis
from django.conf import settings

from dps import letters
from dps.embedded.places import HEARTBEAT
from dps.models import Grant
from dps.promises import effect


@effect
def invitation(grant_id):
    """Tell a person of a role given to them; one without a password is asked to choose one."""
    grant = Grant.objects.select_related("user", "authority", "team").get(pk=grant_id)
    link, chooses = letters.way_in(grant.user)
    letters.send(
        f"invitation.{grant_id}",
        [grant.user.email],
        f"You are now {grant.get_role_display().lower()} for {grant.authority}",
        "dps/letters/invitation.txt",
        grant=grant,
        link=link,
        chooses=chooses,
    )


def heartbeat():
    """While beat ticks and a worker works, a key in Redis says so; it outlives three ticks."""
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.set(HEARTBEAT, 1, ex=3 * settings.TICK_SECONDS)
