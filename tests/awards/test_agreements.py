"""An agreement is sent, signed by a signatory of the provider, and sealed under a decision; before
that no placement starts."""

from copy import deepcopy
from io import BytesIO

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from pypdf import PdfReader

from awards.actions import agreements
from awards.models import AgreementState, Side, Signature
from dps.actions import Refused
from dps.clock import today
from dps.models import Event, Role
from dps.promises import keep_now
from lots.actions import schemes
from lots.models import Act, Decision, DecisionState
from providers.models import Admission
from tests.awards import agreed
from tests.factories import member_of, owner_of, staff, submitted
from tests.lots.world import errors

pytestmark = pytest.mark.xdist_group("agreements")  # to draft one takes long enough


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """An agreement that is not sent yet, and the panel: for all tests of the module. What one of
    them writes, it undoes."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield agreed.drafted()
        transaction.set_rollback(True)


@pytest.fixture
def drafted(built, db):
    return deepcopy(built)


@pytest.fixture
def sent(drafted):
    return agreed.send(*drafted)


@pytest.fixture
def signed(sent):
    agreement, owner, panel = sent
    agreed.sign_next_day(agreement, owner)
    return agreement, owner, panel


def record(agreement) -> str:
    return reverse("admin:awards_agreement_change", args=[agreement.pk])


def step(agreement, name) -> str:
    return record(agreement).replace("/change/", f"/{name}/")


def portal(name, agreement) -> str:
    return reverse(f"awards:{name}", args=[agreement.pk])


def typed(response, **more) -> dict:
    """What the page of an agreement sends back."""
    fingerprint = response.context["version"].fingerprint
    said = {"name": "Olive Owner", "role": "Director", "is_my_name": "on", "may_bind": "on"}
    return said | {"fingerprint": fingerprint} | more


def labels(client, agreement) -> list[str]:
    return [button.label for button in client.get(record(agreement)).context["steps"]]


def text_of(response) -> str:
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    pages = PdfReader(BytesIO(response.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_an_agreement_goes_from_its_draft_to_its_seal_and_only_then_is_in_force(client, drafted):
    agreement, panel = drafted
    owner = owner_of(agreement.organisation)
    on = agreement.drafted_at + agreed.DAY
    with time_machine.travel(on, tick=False):
        client.force_login(owner)
        assert client.get(portal("agreement", agreement)).status_code == 404
        client.force_login(panel.legal)
        assert labels(client, agreement)[0] == "Send it to be signed"
        assert client.post(step(agreement, "seal"), {"name": "L", "role": "S"}).status_code == 422
        assert client.post(step(agreement, "send"), {}).status_code == 302
        client.force_login(owner)
        shown = client.get(portal("agreement", agreement))
        assert "Sign agreement" in shown.content.decode()
        answer = client.post(portal("agreement_sign", agreement), typed(shown))
        assert (answer.status_code, answer.url) == (302, portal("agreement", agreement))
        assert not Admission.objects.in_force(today()).exists()
        client.force_login(panel.legal)
        assert labels(client, agreement)[0] == "Seal the agreement"
        asked = client.get(step(agreement, "seal"))
        assert "Sealed under decision 26/00099" in asked.context["says"]
        assert "Olive Owner, Director" in asked.context["says"]
        sent = {"name": "Lena Legal", "role": "Solicitor", "seal_number": "2026/17"}
        assert client.post(step(agreement, "seal"), sent).status_code == 302
        assert Admission.objects.in_force(today()).get().agreement_reference == agreement.reference
        assert not Admission.objects.in_force(today() - agreed.DAY).exists()
        assert not Admission.objects.in_force(agreement.until_on + agreed.DAY).exists()
        assert labels(client, agreement) == []
    agreement.refresh_from_db()
    version = agreement.versions.get()
    said = {
        each.side: (each.name, each.role, each.seal_number, each.by, each.at, each.fingerprint)
        for each in version.signatures.all()
    }
    assert said == {
        Side.PROVIDER: ("Olive Owner", "Director", "", owner, on, version.fingerprint),
        Side.AUTHORITY: (
            "Lena Legal",
            "Solicitor",
            "2026/17",
            panel.legal,
            on,
            version.fingerprint,
        ),
    }
    assert (agreement.in_force_at, agreement.sealed_under.number) == (on, "26/00099")


def test_sealing_needs_a_decision_that_covers_it_and_names_the_lot_and_the_act(client, signed):
    agreement, _, panel = signed
    Decision.objects.filter(pk=agreement.report.decision_id).update(state=DecisionState.EFFECTIVE)
    lot = agreement.lots.get()
    after = agreement.report.decision.authorisations.get(act=Act.SEAL).until_on + agreed.DAY
    with time_machine.travel(f"{after} 12:00", tick=False):
        client.force_login(panel.legal)
        barred = f"No effective decision covers “Seal lot {lot.key}” today"
        (button,) = [
            b for b in client.get(record(agreement)).context["steps"] if b.label.startswith("Seal")
        ]
        assert button.why_not == barred
        assert barred in client.get(step(agreement, "seal")).context["says"]
        answer = client.post(step(agreement, "seal"), {"name": "L", "role": "Solicitor"})
        assert (answer.status_code, errors(answer)) == (422, {"__all__": [barred]})
        assert not Admission.objects.in_force(today()).exists()
    refused = Event.objects.get(verb="awards.agreements.seal refused")
    assert (refused.by, refused.why) == (panel.legal, barred)


def test_only_a_signatory_of_the_organisation_signs_and_others_are_told_who_may(client, sent):
    agreement, owner, panel = sent
    url = portal("agreement_sign", agreement)
    contributor = member_of(agreement.organisation)
    rival = owner_of(submitted().organisation)
    version = agreement.versions.get()
    sent = {"name": "X", "role": "Y", "may_bind": "on", "fingerprint": version.fingerprint}
    with time_machine.travel(agreement.sent_at, tick=False):
        for user, statuses in (
            (contributor, (200, 403)),
            (rival, (404, 404)),
            (panel.legal, (200, 403)),
        ):
            client.force_login(user)
            shown = client.get(portal("agreement", agreement))
            assert (shown.status_code, client.post(url, sent).status_code) == statuses
            with pytest.raises(PermissionDenied):
                agreements.sign(agreement, name="X", role="Y", fingerprint="f", by=user)
            if user == contributor:
                assert "Sign agreement" not in shown.content.decode()
                assert owner.name in shown.content.decode()
            if user == panel.legal:
                assert owner.name not in shown.content.decode()
    assert not Signature.objects.exists()


@pytest.mark.parametrize("missing", ["name", "role", "may_bind"])
def test_a_signature_says_who_in_what_role_and_that_they_may(client, missing, sent):
    agreement, owner, _ = sent
    client.force_login(owner)
    with time_machine.travel(agreement.sent_at, tick=False):
        sent = typed(client.get(portal("agreement", agreement)))
        del sent[missing]
        answer = client.post(portal("agreement_sign", agreement), sent)
    assert (answer.status_code, list(errors(answer))) == (422, [missing])
    assert "Olive Owner" in answer.content.decode() or missing == "name"
    assert not Signature.objects.exists()


def test_a_name_that_is_not_the_accounts_is_confirmed_and_both_are_shown(client, sent):
    agreement, owner, panel = sent
    client.force_login(owner)
    url = portal("agreement_sign", agreement)
    with time_machine.travel(agreement.sent_at, tick=False):
        asked = typed(client.get(portal("agreement", agreement)))
        del asked["is_my_name"]
        answer = client.post(url, asked)
        assert (answer.status_code, list(errors(answer))) == (422, ["name"])
        assert f"Your account has the name {owner.name}" in answer.content.decode()
        for kept in ('value="Olive Owner"', 'value="Director"', 'name="is_my_name"'):
            assert kept in answer.content.decode()
        assert not Signature.objects.exists()
        asked |= {"name": owner.name.upper() + "."}  # the same name, written otherwise
        assert client.post(url, asked).status_code == 302
        account = f"{owner.name}, {owner.email}"
        assert account in client.get(portal("agreement", agreement)).content.decode()
        assert account in text_of(client.get(portal("agreement_pdf", agreement)))
        client.force_login(panel.legal)
        assert account in client.get(step(agreement, "seal")).content.decode()
        assert account in client.get(record(agreement)).content.decode()


def test_a_document_that_changed_while_it_was_read_is_not_signed(client, sent):
    agreement, owner, panel = sent
    client.force_login(owner)
    with time_machine.travel(agreement.sent_at, tick=False):
        read = typed(client.get(portal("agreement", agreement)))
        scheme = agreement.scheme
        schemes.write(scheme, kind="terms", title="Terms", body="Less.", by=panel.commissioner)
        agreements.revise(agreement, why="New terms", by=panel.legal)
        agreements.send(agreement, by=panel.legal)
        answer = client.post(portal("agreement_sign", agreement), read)
        assert answer.status_code == 422
        assert "has changed since you opened it" in str(errors(answer))
        assert not Signature.objects.exists()
        shown = answer.content.decode()
        assert "Less." in shown
        assert "Olive Owner" in shown
        again = client.post(portal("agreement_sign", agreement), typed(answer))
        assert again.status_code == 302
    first, second = agreement.versions.order_by("number")
    assert second.signatures.get().fingerprint == second.fingerprint != first.fingerprint


def test_a_new_version_of_a_signed_agreement_is_to_be_signed_again(client, signed):
    agreement, owner, panel = signed
    keep_now()
    mail.outbox.clear()
    with time_machine.travel(agreement.sent_at + 2 * agreed.DAY, tick=False):
        agreements.revise(agreement, why="A rate was wrong", by=panel.legal)
        keep_now()
        with pytest.raises(Refused, match="sent to be signed"):
            agreements.seal(agreement, name="L", role="Solicitor", by=panel.legal)
        assert not Admission.objects.in_force(today()).exists()
        client.force_login(owner)
        shown = client.get(portal("agreement", agreement))
        assert client.post(portal("agreement_sign", agreement), typed(shown)).status_code == 302
        agreements.seal(agreement, name="L", role="Solicitor", by=panel.legal)
        assert Admission.objects.in_force(today()).exists()
        with pytest.raises(Refused, match="it stands"):
            agreements.revise(agreement, why="Again", by=panel.legal)
        with pytest.raises(Refused, match="in force"):
            agreements.end(agreement, why="No more", by=panel.legal)
    assert [message.to for message in mail.outbox] == [[owner.email]]
    assert Signature.objects.count() == 3


def test_the_letters_go_to_the_signatories_alone_and_name_no_price(client, signed):
    agreement, owner, panel = signed
    member_of(agreement.organisation)
    keep_now()
    with time_machine.travel(agreement.sent_at + 2 * agreed.DAY, tick=False):
        agreements.seal(agreement, name="L", role="Solicitor", by=panel.legal)
        keep_now()
    letters = [m for m in mail.outbox if "agreement" in m.subject]
    assert [m.to for m in letters] == [[owner.email]] * 2
    assert letters[0].subject.startswith("An agreement to sign, sent on ")
    assert letters[1].subject.startswith("Your agreement is in force since ")
    for letter in letters:
        assert portal("agreement", agreement) in letter.body
        assert "24.50" not in letter.body


def test_the_pdf_is_of_what_the_version_says_and_of_nothing_else(client, signed):
    agreement, owner, panel = signed
    organisation = agreement.organisation
    name = organisation.name
    with time_machine.travel(agreement.sent_at + 2 * agreed.DAY, tick=False):
        sent = {"seal_number": "2026/17", "by": panel.legal}
        agreements.seal(agreement, name="Lena Legal", role="Solicitor", **sent)
        organisation.name = "Renamed since"
        organisation.save()
        client.force_login(owner)
        said = text_of(client.get(portal("agreement_pdf", agreement)))
        staffs = reverse("admin:agreement_pdf", args=[agreement.pk])
        assert client.get(portal("agreement_pdf", agreement) + "?version=2").status_code == 404
        client.force_login(panel.legal)
        assert text_of(client.get(staffs + "?version=1")) == said
    version = agreement.versions.get()
    expected = [name, agreement.reference, "Morning group", "£24.50", "Contents", "Page 1 of "]
    expected += ["Olive Owner", "Director", "Lena Legal", "Solicitor", "2026/17"]
    assert [words for words in expected if words not in said] == []
    assert version.fingerprint in said.replace(" ", "")
    assert "Renamed since" not in said


@pytest.mark.parametrize("several", [1, 3])
def test_the_portals_list_takes_a_number_of_queries_that_does_not_grow(
    client, several, django_assert_num_queries, sent
):
    agreement, owner, _ = sent
    with time_machine.travel(agreement.sent_at, tick=False):
        for number in range(several - 1):
            agreed.another(agreement, number)
        client.force_login(owner)
        client.get(reverse("awards:agreements"))
        with django_assert_num_queries(11):
            response = client.get(reverse("awards:agreements"))
    assert len(response.context["table"].rows) == several


@pytest.mark.parametrize("several", [1, 3])
def test_the_workplaces_list_takes_a_number_of_queries_that_does_not_grow(
    client, several, django_assert_num_queries, sent
):
    agreement, _, panel = sent
    with time_machine.travel(agreement.sent_at, tick=False):
        for number in range(several - 1):
            agreed.another(agreement, number)
        client.force_login(panel.legal)
        url = reverse("admin:awards_agreement_changelist")
        client.get(url)
        with django_assert_num_queries(11):
            response = client.get(url)
    assert len(response.context["cl"].result_list) == several


def test_lists_begin_with_what_waits_and_leave_out_other_peoples(client, sent):
    agreement, owner, panel = sent
    S = AgreementState
    with time_machine.travel(agreement.sent_at, tick=False):
        for number, state in enumerate([S.ENDED, S.IN_FORCE, S.SIGNED, S.DRAFTED]):
            agreed.another(agreement, number, state)
        client.force_login(owner)
        own = client.get(reverse("awards:agreements")).context["table"].data
        assert [row.state for row in own] == [S.SENT, S.SIGNED, S.IN_FORCE, S.ENDED]
        client.force_login(panel.legal)
        listed = client.get(reverse("admin:awards_agreement_changelist")).context["cl"].result_list
        assert [row.state for row in listed] == [S.SIGNED, S.DRAFTED, S.SENT, S.IN_FORCE, S.ENDED]
        client.force_login(owner_of(submitted().organisation))
        assert list(client.get(reverse("awards:agreements")).context["table"].data) == []
        client.force_login(staff(submitted().scheme.authority, Role.LEGAL_OFFICER))
        assert client.get(record(agreement)).status_code == 404
