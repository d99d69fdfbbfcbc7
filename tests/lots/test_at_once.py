"""Of several who move a decision or a questionnaire at once, one does and the others are told."""

import pytest
import time_machine

from dps.models import Role
from lots.actions import decisions, questionnaires
from tests.factories import QuestionnaireFactory, SchemeFactory, staff
from tests.lots.test_decisions import EARLIEST, member_decision
from tests.threads import one_of_six

pytestmark = pytest.mark.django_db(transaction=True)
WHY = {"why": "As scrutiny asked"}


def test_of_six_at_once_one_moves_a_decision_that_is_called_in():
    scheme = SchemeFactory()
    officer = {"by": staff(scheme.authority, Role.COMMISSIONER), **WHY}
    with time_machine.travel(EARLIEST, tick=False):
        decision = member_decision(scheme, "26/00101", "considered")
        decision = decisions.sign(decision, by=staff(scheme.authority, Role.APPROVER))
        for move in (decisions.call_in, decisions.uphold):
            one_of_six(decision, lambda move=move: move(decision, **officer))
            decision.refresh_from_db()
        assert decision.state == "signed"
        other = member_decision(scheme, "26/00102", "draft")
        one_of_six(other, lambda: decisions.withdraw(other, **officer))


def test_of_six_at_once_one_publishes_a_questionnaire():
    first = QuestionnaireFactory()
    author = {"by": staff(first.scheme.authority, Role.COMMISSIONER)}
    draft, _ = one_of_six(first, lambda: questionnaires.revise(first, **author))
    one_of_six(draft, lambda: questionnaires.publish(draft, **author))
    draft.refresh_from_db()
    assert draft.state == "published"
