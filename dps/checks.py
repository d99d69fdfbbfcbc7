"""What a production server refuses to start without."""

from base64 import b64decode

from django.conf import settings
from django.core.checks import Error, register


@register()
def production_has_its_own_secrets(app_configs, **kwargs):
    if not settings.IN_PRODUCTION:
        return []
    wrong = [
        (settings.SECRET_KEY == settings.DEVELOPMENT_SECRET, "SECRET_KEY", "a long random string"),
        (
            [b64decode(settings.DEVELOPMENT_KEY)] == settings.SEALING_KEYS,
            "SEALING_KEYS",
            "32 random bytes in base64: they seal every application and offer",
        ),
        (settings.HAS_OUTBOX, "EMAIL_URL", "the mail server, as smtp+tls://user:password@host:587"),
        (not settings.ALLOWED_HOSTS, "ALLOWED_HOSTS", "the names that the site answers to"),
    ]
    return [
        Error(f"Set {name} to {what}.", id=f"dps.{name}")
        for is_wrong, name, what in wrong
        if is_wrong
    ]
