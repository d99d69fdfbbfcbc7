"""Every URL answers everyone, GET and POST, sealed and opened, as its policy's row says.

`matrix.csv` is written by hand from the rules: a row for each policy, a column for each person.
A cell says `may`; `sees` (the row, but may not do this to it); or `no` (there is no such row). Two
words with a stroke between are before the opening and after it. A URL whose policy has no row
fails.

Each policy is asked about everyone, sealed and opened. That a URL goes by its policy is asked of
one person for each word and answer, another for each URL, and sealed where its row says something
else then; `make crawl` asks it of everyone at any time.
"""

import csv
import os
from datetime import timedelta
from functools import cache
from pathlib import Path
from zlib import crc32

import pytest
import time_machine
from django.db import transaction
from django.urls import URLResolver, get_resolver, reverse

from dps.admin import RecordAdmin
from dps.once import asks_once
from dps.policies import OPENS, RECORDS, SEES
from tests.access import plain
from tests.factories import NOON

# no page asks these
ACTIONS_ALONE = {
    "packages.close_call_off",
    "packages.start_package",
    "providers.erase_application",
    "providers.make_returns",
    "providers.remind_application",
    "providers.remind_return",
}
FILE = Path(__file__).with_name("matrix.csv")
DJANGOS = "index login logout password_change password_change_done jsi18n autocomplete app_list"
ADMIN_OWN = {*DJANGOS.split(), "view_on_site", None}  # about no record of ours
ALLAUTHS = {
    "account_login",
    "account_logout",
    "account_signup",
    "account_inactive",
    "account_reauthenticate",
    "account_change_password",
    "account_set_password",
    "account_email",
    "account_email_verification_sent",
    "account_confirm_email",
    "account_confirm_login_code",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
}  # allauth asks for itself who may; a new one of its pages fails here until it is thought about
EVERYONE = "CRAWL" in os.environ
PEOPLE = FILE.read_text().splitlines()[0].split(",")[1:]
ANSWERS = {200: "answers", 422: "answers", 403: "forbidden", 404: "not found", 405: "only read"}
WHEN = {"sealed": NOON, "opened": NOON + timedelta(seconds=1)}


def pages(patterns=None, namespace=""):
    """(name, callback, argument names) of every URL, through every include()."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from pages(pattern.url_patterns, inner)
        elif not (namespace == "admin:" and pattern.name in ADMIN_OWN) and (
            pattern.name not in ALLAUTHS
        ):
            yield namespace + pattern.name, pattern.callback, list(pattern.pattern.converters)


@cache
def written():
    """{policy: {person: {"sealed": word, "opened": word}}}, from the file."""
    with FILE.open(newline="") as file:
        rows = {row.pop("policy"): row for row in csv.DictReader(file)}
    return {
        policy: {person: both(cell) for person, cell in row.items()} for policy, row in rows.items()
    }


def both(cell):
    sealed, *opened = cell.split("/")
    return {"sealed": sealed, "opened": (opened or [sealed])[0]}


def expected(name, callback, method, word, person, in_workplace, arguments):
    """How a URL answers a person of whom its policy's row says `word`."""
    if name.startswith("admin:") and not in_workplace:
        return "sign in"
    if method == "post" and not callback.posts:
        return "only read"
    if word == "may":
        return "answers"
    if person == "signed_out":
        return "sign in"
    return "forbidden" if word == "sees" or not arguments else "not found"


def answered(response):
    if response.status_code == 302:
        to_sign_in = any(place in response.url for place in ("/accounts/login/", "/login/"))
        return "sign in" if to_sign_in else "answers"
    return ANSWERS.get(response.status_code, response.status_code)


def is_sealed(row):
    """Whether a row says something else before the opening."""
    return any(cell["sealed"] != cell["opened"] for cell in row.values())


def askers(name, callback, arguments, when):
    """Of the people of whom a URL's row says the same, and who are to be answered alike, one; none
    before the opening, where it is as after it."""
    matrix, alike = written(), {}
    row, workplace = matrix[callback.policy.full_name], matrix["dps.use_workplace"]
    if when == "sealed" and not is_sealed(row):
        return []
    for person in PEOPLE:
        in_workplace = workplace[person][when] == "may"
        hoped = expected(name, callback, "get", row[person][when], person, in_workplace, arguments)
        alike.setdefault((*row[person].values(), hoped), []).append(person)
    return [who[crc32(name.encode()) % len(who)] for who in alike.values()]


@pytest.mark.django_db
@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("when", WHEN)
def test_every_policy_says_of_a_person_what_its_row_says(world, person, when):
    samples, people = world
    policies = {callback.policy for _, callback, _ in pages()}
    policies |= {p for p in (*SEES.values(), *RECORDS.values()) if p.model in samples}
    if when == "sealed" and not EVERYONE:
        policies = {p for p in policies if is_sealed(written()[p.full_name])}

    def asked(person):
        return {
            each.full_name: said(each, person, samples.get(each.model), when) for each in policies
        }

    with time_machine.travel(WHEN[when], tick=False):
        found = asks_once(asked)(people[person])
    hoped = {name: row[person][when] for name, row in written().items() if name in found}
    assert found == hoped


def said(policy, user, sample, when):
    """The word for what a policy says of a user; of a list, and in an action, it says the same."""
    if policy.model is None:
        return "may" if policy.allows(user) else "no"
    record, allowed = policy.find(user, sample.pk)
    if policy.within and when == "opened":  # alone, it is asked as any list is
        assert policy.allows(user, sample) == allowed
    return "may" if allowed else "no" if record is None else "sees"


@pytest.mark.django_db
@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("when", WHEN)
def test_every_url_answers_as_its_policy_says(world, visitors, settings, caplog, person, when):
    """And every list of the workplace shows the sample if, and only if, its row says `may`."""
    settings.DEBUG_PROPAGATE_EXCEPTIONS = True
    settings.ROOT_URLCONF, settings.TEMPLATES = plain.__name__, plain.TEMPLATES
    caplog.set_level("ERROR", logger="django.request")  # thousands are turned away
    samples, _ = world
    matrix, wrong, urls = written(), [], []
    workplace = matrix["dps.use_workplace"][person][when] == "may"
    for name, callback, arguments in pages():
        if EVERYONE or person in askers(name, callback, arguments, when):
            urls.append((name, callback, arguments))
    for name, callback, arguments in urls:
        word = matrix[callback.policy.full_name][person][when]
        url = reverse(name, args=[samples[callback.policy.model].pk] if arguments else [])
        for method in ("get", "post"):
            hoped = expected(name, callback, method, word, person, workplace, arguments)
            with time_machine.travel(WHEN[when], tick=False), transaction.atomic():
                response = getattr(visitors[person], method)(url)
                found = answered(response)
                if name.endswith("_changelist") and found == hoped == "answers":
                    admin = callback.model_admin
                    listed = matrix[admin.policy.full_name][person][when] == "may"
                    if is_listed(samples[admin.model], response) != listed:
                        wrong.append(f"{name} {method}: shown, or hidden, as it should not be")
                transaction.set_rollback(True)
            if found != hoped:
                wrong.append(f"{name} {method}: {found}, not {hoped}")
    assert wrong == []


def is_listed(sample, response):
    return response.context_data["cl"].queryset.filter(pk=sample.pk).exists()


def test_every_url_names_a_policy_and_every_row_a_policy_that_is_used():
    used = {p.full_name for p in (*SEES.values(), *RECORDS.values(), *OPENS.values())}
    used |= {"dps.use_workplace", *ACTIONS_ALONE}
    for name, callback, arguments in pages():
        assert hasattr(callback, "policy"), f"{name} has no policy"
        assert callback.policy.full_name in written(), f"{callback.policy.full_name} has no row"
        assert not arguments or callback.policy.model, f"{name} is about a row; its policy is not"
        admin = getattr(callback, "model_admin", None)
        assert arguments in ([], ["id"]) or isinstance(admin, RecordAdmin), name
        used.add(callback.policy.full_name)
    assert set(written()) == used


@pytest.mark.django_db
def test_every_row_has_a_word_for_everyone(world):
    _, people = world
    for policy, row in written().items():
        assert set(row) == set(people), policy
        for person, words in row.items():
            assert set(words.values()) <= {"may", "sees", "no"}, f"{policy}, {person}"
