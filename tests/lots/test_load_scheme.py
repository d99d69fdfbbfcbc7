"""Putting scheme files in force."""

import os
import re
import subprocess
import sys
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command

from dps.models import Role, the_system
from lots.actions import loading, rounds
from lots.loading.files import read
from lots.models import LotKind
from tests.factories import AuthorityFactory, staff
from tests.lots.loads import DAY, LATER, OPENED, OPENING, announce_round, everything, load, refused
from tests.lots.test_scheme_files import DOCUMENTED, KENT, ROOT, SECOND, changed, line_of

NOTHING_OPEN = ("admission_mode: open", "admission_mode: rounds")


def test_the_shortest_file_is_the_one_in_its_description(db):
    example = re.search(r"```yaml\n(.*?)```", DOCUMENTED, re.S).group(1)
    assert str(load(example).scheme) == "Walks and talks"


@pytest.mark.django_db
def test_a_commissioner_loads_no_file():
    authority = AuthorityFactory()
    with pytest.raises(PermissionDenied):
        loading.load(authority, file=read(SECOND.encode()), by=staff(authority, Role.COMMISSIONER))


@pytest.mark.parametrize("is_new", [True, False])
def test_one_line_of_kents_file_closes_lot_1a(db, is_new):
    if not is_new:
        with time_machine.travel(DAY):
            load(KENT)

    with time_machine.travel(LATER):
        loaded = load(changed(KENT, ("admission_mode: rounds", "admission_mode: closed")))
        lot = loaded.scheme.lots.with_mode().get(key="1a")
        assert (lot.mode, lot.kind) == ("closed", LotKind.FRAMEWORK)
        with pytest.raises(rounds.Refused, match="it admits in the initial round only"):
            rounds.start(
                loaded.scheme, title="Round 2", opens_at=LATER, lots=[lot], by=the_system()
            )


def test_an_authority_that_is_there_already_stays_as_it_is(db):
    there = AuthorityFactory(slug="northmere", name="Northmere Borough Council", colour="#111111")
    loaded = load(SECOND)
    assert loaded.scheme.authority == there
    colour, email = line_of(SECOND, "colour"), line_of(SECOND, "contact_email")
    assert set(loaded.left) == {
        f"line {colour}: authority.colour: the authority has #111111, also elsewhere",
        f"line {email}: authority.contact_email: the authority has nothing, also elsewhere",
    }


@pytest.mark.parametrize(("seconds", "is_refused"), [(-1, False), (0, True), (1, True)])
def test_what_applicants_were_told_is_changed_by_no_file_once_a_round_has_opened(
    db, seconds, is_refused
):
    base = changed(SECOND, NOTHING_OPEN)
    told = [
        ("ends_on", "ends_on: 2031-09-30", "2031-12-31", "2031-09-30"),
        ("is_opened_by_two", "is_opened_by_two: yes", "no", "True"),
        ("lots.1.pass_mark", "pass_mark: 40", "35", "40"),
    ]
    text = changed(base, *((old, f"{old.split(': ')[0]}: {new}") for _, old, new, _ in told))
    with time_machine.travel(DAY):
        announce_round(load(base).scheme)

    with time_machine.travel(OPENING + timedelta(seconds=seconds), tick=False):
        if is_refused:
            assert refused(text) == [
                f"line {line_of(base, old)}: {place}: {OPENED} {was}. (given: '{new}')"
                for place, old, new, was in told
            ]
        else:
            assert len(load(text).changes) == len(told)


def test_all_faults_are_listed_at_once_with_exit_code_1_and_nothing_stored(db, tmp_path):
    text = changed(
        SECOND,
        ("notice_on: 2025-06-02", "notice_on: yesterday"),
        ("greatest: 6", "greatest: 2"),
        ('ceiling: "31.75"', "ceiling: dear"),
        ("open_days: 30", "open_days: 366"),
        ("until_on: 2025-12-31", "until_on: 2025-01-31"),
        ("summary: Days,", "sumary: Days,"),
    )
    path = tmp_path / "broken.yaml"
    path.write_text(text)
    told = subprocess.run(
        [sys.executable, "manage.py", "load_scheme", path],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 1
    assert told.stdout == ""
    named = re.findall(r"^line (\d+): (\S+): ", told.stderr, re.M)
    assert named == [
        (str(line_of(text, "notice_on")), "notice_on"),
        (str(line_of(text, "sumary")), "lots.1.sumary"),
        (str(line_of(text, "ceiling: dear")), "lots.2.tiers.0.ceiling"),
        (str(line_of(text, "open_days")), "schedule.open_days"),
    ]
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("load_scheme", tmp_path / "absent.yaml")
    assert everything() == dict.fromkeys(everything(), 0)
