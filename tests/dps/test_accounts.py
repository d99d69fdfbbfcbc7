"""People: signing in, roles given and ended by date, and what is on record of it."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.checks import run_checks
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from dps.actions import Refused, accounts
from dps.checks import production_has_its_own_secrets
from dps.clock import today
from dps.models import Event, Grant, OutboxMessage, Role, Team, User
from tests.factories import NOON, AuthorityFactory, UserFactory, staff

PASSWORD = "a long enough password"


def registered(email="joan@example.org"):
    user = User.objects.create_user(email, PASSWORD, name="Joan Whitlow")
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def verbs(user):
    return list(Event.objects.filter(subject_id=user.pk).values_list("verb", flat=True))


def test_signing_in_and_out_and_a_wrong_password_are_on_record(client, db):
    user = registered()
    login = reverse("account_login")
    client.post(login, {"login": user.email, "password": "not this one"})
    client.post(login, {"login": "Joan@Example.org", "password": PASSWORD})
    client.post(reverse("account_logout"))
    assert verbs(user) == [
        "dps.user.sign-in refused",
        "dps.user.signed in",
        "dps.user.signed out",
    ]


@pytest.fixture
def council(db):
    authority = AuthorityFactory()
    return authority, staff(authority, Role.ADMINISTRATOR)


def given(council, email="new@example.org", **changed):
    authority, administrator = council
    role = {"role": Role.EVALUATOR, "team": None, "from_on": today(), "name": "New"}
    return accounts.give(authority, email=email, by=administrator, **(role | changed))


@pytest.mark.django_db(transaction=True)
def test_an_invited_colleague_chooses_a_password_and_signs_in(client):
    authority = AuthorityFactory()
    grant = given((authority, staff(authority, Role.ADMINISTRATOR)))
    letter = mail.outbox[-1]
    assert letter.to == ["new@example.org"]
    page = client.get(re.search(r"http://[^/]+(/\S+)", letter.body)[1], follow=True)
    chosen = {"password1": PASSWORD, "password2": PASSWORD}
    client.post(page.redirect_chain[-1][0], chosen, follow=True)
    client.post(reverse("account_login"), {"login": "new@example.org", "password": PASSWORD})
    assert client.get(reverse("admin:index")).status_code == 200
    assert verbs(grant) == ["dps.grant.given"]


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize(("days", "holds"), [(-1, False), (0, True), (9, True), (10, False)])
def test_a_role_holds_from_its_first_day_to_its_last(council, days, holds):
    first = today() + timedelta(days=30)
    grant = given(council, from_on=first, until_on=first + timedelta(days=9))
    with time_machine.travel(NOON + timedelta(days=30 + days), tick=False):
        assert bool(Grant.objects.authorities(grant.user, Role.EVALUATOR)) == holds


def test_a_role_is_given_once_by_another_person_and_within_the_authority(council):
    authority, administrator = council
    given(council)
    elsewhere = Team.objects.create(authority=AuthorityFactory(), name="Elsewhere")
    for changed, said in (
        ({}, "is evaluator already"),
        ({"email": administrator.email}, "Another administrator"),
        ({"team": elsewhere}, "Choose a team of"),
        ({"role": "broker", "until_on": today() - timedelta(days=1)}, "on or after the first"),
    ):
        with pytest.raises(Refused, match=said):
            given(council, **changed)
    with pytest.raises(PermissionDenied):
        given((authority, staff(authority, Role.COMMISSIONER)), email="other@example.org")


@time_machine.travel(NOON, tick=False)
def test_an_ended_role_stays_on_record_with_its_last_day(council):
    _, administrator = council
    grant = given(council)
    with pytest.raises(Refused, match="today at the earliest"):
        accounts.end(grant, until_on=today() - timedelta(days=1), why="Left", by=administrator)
    accounts.end(grant, until_on=today(), why="Left", by=administrator)
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        assert not Grant.objects.in_force().filter(pk=grant.pk).exists()
    assert Grant.objects.in_force(today()).filter(pk=grant.pk).exists()
    assert Event.objects.get(verb="dps.grant.ended").why == "Left"
    own = administrator.grants.get()
    with pytest.raises(PermissionDenied):
        accounts.end(own, until_on=today(), why="Mine", by=administrator)


def test_two_accounts_never_share_an_address_whatever_its_case(db):
    UserFactory(email="joan@example.org")
    with pytest.raises(IntegrityError, match="user_one_each_email"), transaction.atomic():
        UserFactory(email="Joan@example.org")


def test_production_does_not_start_with_the_secrets_of_development(settings):
    assert not [e for e in run_checks() if e.id.startswith("dps.")]
    settings.IN_PRODUCTION = True
    settings.HAS_OUTBOX = True
    settings.ALLOWED_HOSTS = []
    found = {error.id for error in production_has_its_own_secrets(None)}
    assert found == {"dps.SECRET_KEY", "dps.SEALING_KEYS", "dps.EMAIL_URL", "dps.ALLOWED_HOSTS"}


def test_the_outbox_is_a_page_only_where_no_mail_server_is_named(client, db, settings):
    OutboxMessage.objects.create(
        message_id="<a@b>", to="joan@example.org", subject="Hello Joan", body="", sent_at=NOON
    )
    settings.HAS_OUTBOX = True
    assert "Hello Joan" in client.get("/outbox/").content.decode()
    assert "Hello Joan" not in client.get("/outbox/?to=ellis").content.decode()
    settings.HAS_OUTBOX = False
    assert client.get("/outbox/").status_code == 404
