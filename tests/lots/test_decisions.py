"""A decision goes through the steps of its kind, and binds from its effective instant on."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection

from dps.actions import Refused
from dps.models import Event, Excepted, Grant, Role
from lots.actions import decisions
from lots.models import Act, Decision, DecisionState
from lots.tasks import take_effect
from tests.factories import LONG_AGO, LotFactory, SchemeFactory, decided, staff
from tests.lots.world import SECOND, day, errors, page, step
from tests.threads import six_while_held, while_held

PUBLISHED = datetime(2026, 9, 1, 9, tzinfo=UTC)
EARLIEST = datetime(2026, 9, 30, 9, tzinfo=UTC)  # 28 clear days: 2 to 29 September
EFFECTIVE = datetime(2026, 10, 7, 23, tzinfo=UTC)  # 8 October in Kent; clear: 1, 2, 5, 6, 7
SIGN = "Sign the decision"


@pytest.fixture
def lot(db):
    return LotFactory(scheme=SchemeFactory(), key="1a")


@pytest.fixture
def officer(lot):
    """A commissioner who is an approver too, so that one page shows every step."""
    user = staff(lot.scheme.authority, Role.COMMISSIONER)
    more = {"role": Role.APPROVER, "given_by": user, "from_on": LONG_AGO.date()}
    Grant.objects.create(authority=lot.scheme.authority, user=user, **more)
    return user


def typed(lot, kind="key", acts=(Act.REOPEN,), **more) -> dict:
    """What is typed to draft a decision about a lot."""
    return {
        "number": "26/00100",
        "title": "To re-open",
        "kind": kind,
        "decision_maker": "The Cabinet Member",
        "decision": "To agree.",
        "acts": list(acts),
        "lots": [lot.pk],
        **day("from_on", PUBLISHED.date()),
    } | more


def begun(client, lot, kind="key", **more) -> Decision:
    """A decision drafted in the workplace."""
    response = client.post(step(lot.scheme, "draft-decision"), typed(lot, kind, **more))
    assert response.status_code == 302, errors(response)
    return Decision.objects.get(number="26/00100")


def offered(client, decision) -> list[str]:
    """The steps on its page, but to withdraw it."""
    labels = [button.label for button in client.get(page(decision)).context["steps"]]
    return [label for label in labels if label != "Withdraw the decision"]


STEPS = {
    "key": ["publish", "consider", "sign"],
    "member": ["consider", "sign"],
    "officer": ["sign"],
}
LABELS = {
    "publish": "Put on the forward plan",
    "consider": "Record that it was considered",
    "sign": SIGN,
}
PATHS = {
    "key": ["Draft", "On the forward plan", "Considered", "Signed", "Effective"],
    "member": ["Draft", "Considered", "Signed", "Effective"],
    "officer": ["Draft", "Signed", "Effective"],
}


@pytest.mark.parametrize("kind", STEPS)
def test_each_kind_takes_its_own_steps_one_after_the_other(client, lot, officer, kind):
    client.force_login(officer)
    standing = decided(lot.scheme, [lot], is_standing=True)
    delegated = {"delegation": standing.pk} if kind == "officer" else {}
    with time_machine.travel(PUBLISHED, tick=False):
        decision = begun(client, lot, kind, **delegated)
        assert client.get(page(decision)).context["path"] == PATHS[kind]
    for name in STEPS[kind]:
        with time_machine.travel(EARLIEST if name == "sign" else PUBLISHED, tick=False):
            assert offered(client, decision) == [LABELS[name]]
            for other in {"publish", "consider", "sign"} - {name}:
                answer = client.post(step(decision, other), {"exception": "x"})
                assert (answer.status_code, list(errors(answer))) == (422, ["__all__"])
            assert client.post(step(decision, name), {}).status_code == 302
    decision.refresh_from_db()
    assert (decision.state, decision.signed_by) == (DecisionState.SIGNED, officer)
    called_in = ["Record a call-in"] if kind != "officer" else []
    with time_machine.travel(EARLIEST, tick=False):
        assert offered(client, decision) == called_in
    assert decision.effective_at == (EARLIEST if kind == "officer" else EFFECTIVE)


def test_a_key_decision_is_taken_28_clear_days_after_it_went_on_the_forward_plan(
    client, lot, officer
):
    client.force_login(officer)
    with time_machine.travel(PUBLISHED, tick=False):
        decision = begun(client, lot)
        said = client.get(step(decision, "publish")).context["says"]
        assert "from Wednesday 30 September 2026" in said
        client.post(step(decision, "publish"), {})
        client.post(step(decision, "consider"), {"recommendations": "Endorsed, with thanks"})
    shown = client.get(page(decision)).content.decode()
    for words in ("Tuesday 1 September 2026", "Wednesday 30 September 2026", "with thanks"):
        assert words in shown
    with time_machine.travel(EARLIEST - timedelta(days=1), tick=False):
        asked = client.get(step(decision, "sign"))
        assert "exception" in asked.context["form"].fields
        assert list(errors(client.post(step(decision, "sign"), {}))) == ["exception"]
        with pytest.raises(Refused, match="Wednesday 30 September 2026"):
            decisions.sign(decision, by=officer)
    with time_machine.travel(EARLIEST, tick=False):
        asked = client.get(step(decision, "sign"))
        assert "exception" not in asked.context["form"].fields
        assert "takes effect on Thursday 8 October 2026" in asked.context["says"]
        assert client.post(step(decision, "sign"), {}).status_code == 302
        assert "Takes effect Thursday 8 October" in str(client.get(page(decision)).context["clock"])
    assert not Excepted.objects.exists()


def test_one_that_cannot_wait_is_signed_with_a_reason_on_the_register(client, lot, officer):
    client.force_login(officer)
    with time_machine.travel(PUBLISHED, tick=False):
        decision = begun(client, lot)
        client.post(step(decision, "publish"), {})
        client.post(step(decision, "consider"), {})
        sent = {"exception": "A provider has failed"}
        assert client.post(step(decision, "sign"), sent).status_code == 302
    exception = Excepted.objects.get()
    assert (exception.rule, exception.subject_id, exception.by, exception.why) == (
        "forward_plan",
        decision.pk,
        officer,
        "A provider has failed",
    )


def signed(client, lot, kind="member") -> Decision:
    """A member's decision, signed at EARLIEST."""
    with time_machine.travel(EARLIEST, tick=False):
        decision = begun(client, lot, kind)
        client.post(step(decision, "consider"), {})
        client.post(step(decision, "sign"), {})
    decision.refresh_from_db()
    return decision


def covers(lot, at) -> bool:
    return Decision.objects.covering(Act.REOPEN, lot, at.date(), at).exists()


@pytest.mark.parametrize(("seconds", "binds"), [(-1, False), (0, True), (1, True)])
def test_it_binds_from_its_effective_instant(client, lot, officer, seconds, binds):
    client.force_login(officer)
    decision = signed(client, lot)
    at = EFFECTIVE + seconds * SECOND
    with time_machine.travel(at, tick=False):
        assert covers(lot, at) == binds
        take_effect()
        take_effect()
        is_late = client.post(step(decision, "call-in"), {"why": "x"})
    decision.refresh_from_db()
    if binds:
        assert decision.state == DecisionState.EFFECTIVE
        assert Event.objects.filter(verb="lots.decision.effective").count() == 1
        assert is_late.status_code == 422
    else:
        assert (is_late.status_code, decision.state) == (302, DecisionState.CALLED_IN)


def test_one_that_was_called_in_does_not_take_effect_until_it_is_upheld(client, lot, officer):
    client.force_login(officer)
    decision = signed(client, lot)
    with time_machine.travel(EFFECTIVE - timedelta(days=1), tick=False):
        sent = {"why": "Scrutiny asks what it costs"}
        assert client.post(step(decision, "call-in"), sent).status_code == 302
    later = EFFECTIVE + timedelta(days=9)
    with time_machine.travel(later, tick=False):
        take_effect()
        assert not covers(lot, later)
        shown = client.get(page(decision))
        assert shown.context["path"] == [*PATHS["member"][:-1], "Called in", "Effective"]
        assert "Would have taken effect" in shown.content.decode()
        assert offered(client, decision) == ["Record that it was upheld"]
        assert client.post(step(decision, "uphold"), {"why": "It was"}).status_code == 302
        assert covers(lot, later)
        take_effect()
    decision.refresh_from_db()
    assert (decision.state, decision.effective_at) == (DecisionState.EFFECTIVE, later)


def test_one_that_was_called_in_may_be_withdrawn_and_then_never_binds(client, lot, officer):
    client.force_login(officer)
    decision = signed(client, lot)
    with time_machine.travel(EARLIEST, tick=False):
        client.post(step(decision, "call-in"), {"why": "Scrutiny"})
        assert client.post(step(decision, "withdraw"), {"why": "Given up"}).status_code == 302
        assert client.get(page(decision)).context["steps"] == []
    later = EFFECTIVE + timedelta(days=1)
    with time_machine.travel(later, tick=False):
        take_effect()
        assert not covers(lot, later)


def test_an_officer_decides_under_a_standing_delegation_that_covers_it(client, lot, officer):
    client.force_login(officer)
    other = LotFactory(scheme=lot.scheme, key="2")
    once = decided(lot.scheme, [lot], act=Act.SEAL)
    elsewhere = decided(lot.scheme, [other], act=Act.SEAL, is_standing=True)
    standing = decided(lot.scheme, [lot], act=Act.SEAL, is_standing=True)
    url = step(lot.scheme, "draft-decision")
    sent = typed(lot, "officer", acts=[Act.SEAL])
    with time_machine.travel(EARLIEST, tick=False):
        offers = client.get(url).context["form"].fields["delegation"].queryset
        assert set(offers) == {standing, elsewhere}
        assert list(errors(client.post(url, sent))) == ["delegation"]
        assert list(errors(client.post(url, sent | {"delegation": once.pk}))) == ["delegation"]
        refused = errors(client.post(url, sent | {"delegation": elsewhere.pk}))
        assert "“Seal lot 1a”" in refused["delegation"][0]
        assert not Decision.objects.filter(number="26/00100").exists()
        decision = begun(client, lot, "officer", acts=[Act.SEAL], delegation=standing.pk)
        assert client.post(step(decision, "sign"), {}).status_code == 302
        assert decision in Decision.objects.covering(Act.SEAL, lot, EARLIEST.date(), EARLIEST)


def test_an_award_is_decided_on_its_report_and_delegated_by_a_member(client, lot, officer):
    client.force_login(officer)
    url = step(lot.scheme, "draft-decision")
    with time_machine.travel(EARLIEST, tick=False):
        assert list(errors(client.post(url, typed(lot, acts=[Act.AWARD])))) == ["acts"]
        begun(client, lot, "member", acts=[Act.AWARD], is_standing="on")
        awarding = of_a_report(lot)
        client.post(step(awarding, "consider"), {})
        (button,) = [b for b in client.get(page(awarding)).context["steps"] if b.label == SIGN]
        assert "award report" in button.why_not
        assert "award report" in str(errors(client.post(step(awarding, "sign"), {})))


def member_decision(scheme, number, state) -> Decision:
    return Decision.objects.create(
        authority=scheme.authority,
        scheme=scheme,
        number=number,
        title="To agree",
        kind="member",
        decision_maker="The Cabinet Member",
        decision="To agree.",
        state=state,
    )


def of_a_report(lot) -> Decision:
    """As a report drafts it: to award a lot."""
    drafted = member_decision(lot.scheme, "26/00101", DecisionState.DRAFT)
    drafted.authorisations.create(act=Act.AWARD, lot=lot, from_on=LONG_AGO.date())
    return drafted


def test_a_commissioner_does_not_sign_and_an_approver_does_not_prepare(client, lot):
    commissioner = staff(lot.scheme.authority, Role.COMMISSIONER)
    approver = staff(lot.scheme.authority, Role.APPROVER)
    with time_machine.travel(EARLIEST, tick=False):
        client.force_login(commissioner)
        decision = begun(client, lot, "member")
        assert client.post(step(decision, "sign"), {}).status_code == 403
        client.force_login(approver)
        for name in ("consider", "withdraw", "call-in", "uphold"):
            assert client.post(step(decision, name), {"why": "x"}).status_code == 403
        assert offered(client, decision) == []
        client.force_login(commissioner)
        client.post(step(decision, "consider"), {})
        client.force_login(approver)
        assert offered(client, decision) == [SIGN]


@pytest.mark.django_db(transaction=True)
def test_of_six_who_sign_at_once_one_does_and_the_others_are_told():
    lot = LotFactory(scheme=SchemeFactory())
    approver = staff(lot.scheme.authority, Role.APPROVER)
    with time_machine.travel(EARLIEST, tick=False):
        decision = member_decision(lot.scheme, "26/00101", DecisionState.CONSIDERED)
        results = six_while_held(decision, lambda: decisions.sign(decision, by=approver))
    assert sorted(type(result).__name__ for result in results) == ["Decision"] + ["Refused"] * 5
    said = {str(result) for result in results if isinstance(result, Refused)}
    assert said == {"This decision is now signed"}
    assert Event.objects.filter(verb="lots.decision.signed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_role_that_ended_while_its_action_waited_for_the_row_no_longer_counts(client):
    scheme = SchemeFactory()
    commissioner = staff(scheme.authority, Role.COMMISSIONER)
    with time_machine.travel(EARLIEST, tick=False):
        decision = member_decision(scheme, "26/00102", DecisionState.DRAFT)
        client.force_login(commissioner)

        def withdraw():
            try:
                return client.post(step(decision, "withdraw"), {"why": "Not taken"}).status_code
            finally:
                connection.close()

        ended = lambda: commissioner.grants.update(until_on=date(2026, 1, 1))  # noqa: E731
        assert while_held(decision, withdraw, meanwhile=ended) == 403
    decision.refresh_from_db()
    assert decision.state == DecisionState.DRAFT


def test_the_page_of_a_step_that_the_record_is_past_leads_back_to_it(client, lot, officer):
    """An old link, or somebody else was quicker: neither is an error."""
    client.force_login(officer)
    decision = begun(client, lot)
    for name in ("publish", "call-in"):
        if name == "publish":
            client.post(step(decision, "publish"))
        shown = client.get(step(decision, name), follow=True)
        assert shown.redirect_chain == [(page(decision), 302)]
        assert "cannot be done as this stands now." in shown.content.decode()
        assert client.post(step(decision, name), {"why": "Scrutiny asks"}).status_code == 422
