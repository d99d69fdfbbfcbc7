"""Of several who send, sign or seal an agreement at once, one does."""

from datetime import timedelta

import pytest
import time_machine

from awards.actions import agreements
from awards.models import AgreementText, Signature
from dps.actions import Refused
from tests.awards import agreed
from tests.threads import six_while_held


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("verb", ["send", "sign", "seal"])
def test_of_six_at_once_one_does_it_and_the_others_are_told(verb):
    if verb == "send":
        agreement, panel = agreed.drafted()
        call, told = (lambda: agreements.send(agreement, by=panel.legal)), "sent to be signed"
    elif verb == "sign":
        agreement, owner, _ = agreed.sent()
        call, told = (lambda: agreed.sign(agreement, owner)), "signed by the provider"
    else:
        agreement, _, panel = agreed.signed()
        seal = {"name": "L", "role": "Solicitor", "by": panel.legal}
        call, told = (lambda: agreements.seal(agreement, **seal)), "sealed, in force"
    with time_machine.travel(agreement.drafted_at + timedelta(days=3), tick=False):
        results = six_while_held(agreement, call)
    refused = [str(result) for result in results if isinstance(result, Refused)]
    assert refused == [f"This agreement is now {told}"] * 5
    assert Signature.objects.count() == {"send": 0, "sign": 1, "seal": 2}[verb]
    assert AgreementText.objects.count() == 1
