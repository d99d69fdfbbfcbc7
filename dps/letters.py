"""What we write to people: text first, one link, and why they got it."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse

from dps.models import User


def send(key: str, to: list[str], subject: str, template: str, **context) -> None:
    """Send one e-mail from an effect. `key` makes the Message-ID, the same each time it is sent;
    `template` is a text file under templates/ with one link and the reason for writing.

    The subject says the act and the date, never a name, a need or a price.
    """
    EmailMessage(
        subject=subject,
        body=get_template(template).template.render(Context(context, autoescape=False)),
        to=to,
        headers={"Message-ID": f"<{key}@dps.invalid>"},
    ).send()


def link(name: str, *args) -> str:
    """A full address for a page, for a letter."""
    return settings.BASE_URL + reverse(name, args=args)


def way_in(user: User) -> tuple[str, bool]:
    """Where a person begins, for a letter, and whether they choose a password there: to sign in, or
    for one without a password to choose it."""
    if user.has_usable_password():
        return link("account_login"), False
    key = default_token_generator.make_token(user)
    return link("account_reset_password_from_key", user_pk_to_url_str(user), key), True
