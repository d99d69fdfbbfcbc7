"""Signing in and out, on record. Accounts themselves are allauth's."""

from allauth.account.adapter import DefaultAccountAdapter

from dps.actions import note
from dps.clock import now
from dps.models import User


class Adapter(DefaultAccountAdapter):
    """What allauth asks of us: keep the name, and put each sign-in and refusal on record."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": "This account is closed",
        "cannot_remove_primary_email": "Letters go to this address, so it stays",
        "duplicate_email": "You have this e-mail address already",
        "email_password_mismatch": "The e-mail address or the password is wrong",
        "email_taken": "There is an account with this e-mail address already",
        "enter_current_password": "Enter the password that you have now",
        "incorrect_password": "The password is wrong",
        "invalid_or_expired_key": "The link has been used, or is too old",
        "invalid_login": "The e-mail address or the password is wrong",
        "invalid_password_reset": "The link has been used, or is too old",
        "max_email_addresses": "You have %d e-mail addresses, the most there can be",
        "too_many_login_attempts": "There were too many tries. Wait five minutes, then try again",
        "unknown_email": "There is no account with this e-mail address",
        "unverified_primary_email": "Confirm the address first: follow the link sent to it",
        "same_as_current": "Enter one that is not the same as now",
        "rate_limited": "There were too many tries. Wait a little, then try again",
    }

    def save_user(self, request, user, form, commit=True):
        user.name = form.cleaned_data.get("name", "")
        user.joined_at = now()
        return super().save_user(request, user, form, commit)

    def login(self, request, user):
        super().login(request, user)
        note(user, "dps.user.signed in", by=user)

    def logout(self, request):
        if request.user.is_authenticated:
            note(request.user, "dps.user.signed out", by=request.user)
        super().logout(request)

    def authentication_failed(self, request, **credentials):
        super().authentication_failed(request, **credentials)
        user = User.objects.filter(email__iexact=credentials.get("email") or "").first()
        if user:
            note(user, "dps.user.sign-in refused", by=user)
