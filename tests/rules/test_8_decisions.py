"""Rule 8. What a decision says stays as it was signed, and what an agreement says as it was sealed:
a change is another decision, or another version that both sides sign."""

import pytest
import time_machine
from django.db import InternalError, connection, transaction

from awards.actions import agreements
from awards.models import AgreementText, Signature
from dps.actions import Refused
from dps.models import Role
from lots.actions import decisions, schemes
from lots.models import Decision, DecisionState
from tests.awards import agreed
from tests.factories import RoundFactory, decided, staff

SIGNED = [DecisionState.SIGNED, DecisionState.CALLED_IN, DecisionState.EFFECTIVE]
OPEN = [DecisionState.DRAFT, DecisionState.PUBLISHED, DecisionState.CONSIDERED]


def in_state(state):
    made = decided(RoundFactory().scheme, [])
    said = {f.attname: getattr(made, f.attname) for f in Decision._meta.fields if f.name != "id"}
    return Decision.objects.create(**said | {"number": "26/77", "state": state})


@pytest.mark.parametrize("change", [{"decision": "To refuse."}, {"reasons": "Others"}])
@pytest.mark.parametrize("state", [*SIGNED, *OPEN])
def test_the_database_refuses_to_change_what_a_signed_decision_says(db, state, change):
    rows = Decision.objects.filter(pk=in_state(state).pk)
    if state in OPEN:
        assert rows.update(**change) == 1
        return
    with pytest.raises(InternalError, match="Cannot update rows"), transaction.atomic():
        rows.update(**change)
    assert rows.filter(**change).count() == 0


def test_a_decision_is_signed_once(db):
    decision = in_state(DecisionState.CONSIDERED)
    first, second = (staff(decision.authority, Role.APPROVER) for _ in range(2))
    decisions.sign(decision, by=first)
    with pytest.raises(Refused, match="This decision is now signed"):
        decisions.sign(decision, by=second)
    decision.refresh_from_db()
    assert decision.signed_by == first


@pytest.mark.parametrize("model", [AgreementText, Signature])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_keeps_every_version_of_an_agreement_and_every_signature(db, model, statement):
    agreed.signed()
    with (
        pytest.raises(InternalError, match="Cannot update or delete rows"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(model._meta.db_table))
    assert model.objects.count() == 1


def test_terms_written_since_change_no_agreement_and_a_new_version_leaves_the_first(db):
    agreement, _, panel = agreed.signed()
    first = agreement.versions.get()
    scheme = agreement.scheme
    with time_machine.travel(agreement.sent_at + 2 * agreed.DAY, tick=False):
        schemes.write(scheme, kind="terms", title="Terms", body="Less.", by=panel.commissioner)
        kept = agreement.versions.get()
        assert (kept.contents, kept.fingerprint) == (first.contents, first.fingerprint)
        second = agreements.revise(agreement, why="New terms", by=panel.legal)
    assert [(v.number, v.contents == first.contents) for v in agreement.versions.all()] == [
        (1, True),
        (2, False),
    ]
    assert (second.by, second.at) == (panel.legal, agreement.sent_at + 2 * agreed.DAY)
    assert second.fingerprint != first.fingerprint
    assert first.signatures.count() == 1


def test_an_agreement_in_force_is_not_written_anew(db):
    agreement, _, panel = agreed.signed()
    with time_machine.travel(agreement.sent_at + 2 * agreed.DAY, tick=False):
        agreements.seal(agreement, name="L", role="Solicitor", by=panel.legal)
        with pytest.raises(Refused, match="It is sealed, so it stands"):
            agreements.revise(agreement, why="Cheaper", by=panel.legal)
    assert agreement.versions.count() == 1
