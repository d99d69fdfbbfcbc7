"""Rule 4. A closed lot takes applications in its initial round, and never again."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from dps.actions import Refused
from dps.models import Role, the_system
from lots.actions import loading, rounds, schemes
from lots.actions.loading import NotLoaded
from lots.loading.files import read
from lots.models import (
    Act,
    AdmissionMode,
    LotKind,
    ModeChange,
    ProcedureState,
    Round,
)
from lots.tasks import plan_rounds
from providers.actions import applications
from providers.models import Section
from tests.factories import (
    NOON,
    LotFactory,
    OrganisationFactory,
    QuestionnaireFactory,
    RoundFactory,
    ScheduleFactory,
    SchemeFactory,
    decided,
    owner_of,
    staff,
)
from tests.lots.test_scheme_files import SECOND, changed
from tests.lots.world import bank_holidays, departing
from tests.providers.pages import words

BEFORE = NOON - timedelta(days=10)
LATER = NOON + timedelta(days=1)


@pytest.fixture
def scheme(db):
    """A scheme with one lot of each mode, and what a round needs."""
    scheme = SchemeFactory()
    QuestionnaireFactory(scheme=scheme)
    departing(scheme)
    for mode in AdmissionMode:
        LotFactory(
            scheme=scheme, key=mode.value, title=mode.label, mode=mode, kind=LotKind.FRAMEWORK
        )
    return scheme


@pytest.fixture
def commissioner(scheme):
    return staff(scheme.authority, Role.COMMISSIONER)


def lot_of(scheme, mode):
    return scheme.lots.get(key=mode)


def start(scheme, by, *modes, **more):
    lots = [lot_of(scheme, mode) for mode in modes]
    return rounds.start(scheme, title="A round", opens_at=BEFORE, lots=lots, by=by, **more)


def applicant():
    organisation = OrganisationFactory()
    return organisation, owner_of(organisation)


@time_machine.travel(BEFORE, tick=False)
def test_a_closed_lot_is_in_the_initial_round_and_in_no_other(scheme, commissioner):
    first = start(scheme, commissioner, "closed", "rounds", is_initial=True)
    assert {row.lot.key for row in first.round_lots.all()} == {"closed", "rounds"}
    with pytest.raises(Refused, match="it admits in the initial round only"):
        start(scheme, commissioner, "rounds", "closed")
    with pytest.raises(Refused, match="The scheme has had its initial round"):
        start(scheme, commissioner, "closed", is_initial=True)
    assert set(Round.objects.all()) == {first}


def test_a_schedule_leaves_a_closed_lot_out(scheme):
    bank_holidays()
    ScheduleFactory(scheme=scheme, first_opens_on=date(2026, 10, 1))
    with time_machine.travel(datetime(2026, 9, 10, tzinfo=UTC), tick=False):
        plan_rounds()
    assert [row.lot.key for row in Round.objects.get().round_lots.all()] == ["rounds"]


def initial(scheme, **more):
    lot = lot_of(scheme, "closed")
    round = RoundFactory(scheme=scheme, lots=[lot], is_initial=True, **more)
    decided(scheme, [lot], act=Act.ESTABLISH)
    return round


def test_a_closed_lot_is_applied_for_until_its_initial_round_closes_and_not_after(client, scheme):
    round = initial(scheme)
    (early, one), (late, other) = applicant(), applicant()
    with time_machine.travel(NOON, tick=False):
        begun = applications.start(early, scheme=scheme, round=round, by=one)
        section = begun.sections.get(key=Section.LOTS)
        applications.choose_lots(section, lots=[lot_of(scheme, "closed")], seen=1, by=one)
        assert "Open" in standing_on_its_page(client, scheme)
    with time_machine.travel(NOON + timedelta(seconds=1), tick=False):
        with pytest.raises(Refused, match="This round is not taking applications"):
            applications.start(late, scheme=scheme, round=round, by=other)
        rounds.close(round, by=the_system())
        assert "Closed, does not re-open" in standing_on_its_page(client, scheme)


def standing_on_its_page(client, scheme) -> str:
    """What the public page of a scheme says of its closed lot."""
    page = words(client.get(scheme.get_absolute_url()))
    return page.split(AdmissionMode.CLOSED.label)[1].split("Lot ")[0]


def test_an_application_to_open_lots_is_never_for_a_closed_one(scheme):
    organisation, owner = applicant()
    with time_machine.travel(BEFORE, tick=False):
        begun = applications.start(organisation, scheme=scheme, by=owner)
        section = begun.sections.get(key=Section.LOTS)
        for keys in (["closed"], ["open", "closed"]):
            chosen = [lot_of(scheme, key) for key in keys]
            with pytest.raises(Refused, match="Choose from the lots that this application"):
                applications.choose_lots(section, lots=chosen, seen=1, by=owner)


def test_the_portal_offers_nothing_of_a_scheme_whose_lots_are_closed(client, db):
    scheme = SchemeFactory(title="All closed")
    LotFactory(scheme=scheme, mode=AdmissionMode.CLOSED, kind=LotKind.FRAMEWORK)
    organisation, owner = applicant()
    client.force_login(owner)
    with time_machine.travel(LATER, tick=False):
        assert "All closed" not in words(client.get(reverse("providers:apply")))
        sent = client.post(reverse("providers:apply"), {"to": str(scheme.pk)})
        assert sent.status_code == 422
        with pytest.raises(Refused, match="No lot of this scheme takes applications"):
            applications.start(organisation, scheme=scheme, by=owner)


@pytest.mark.parametrize(
    ("state", "is_refused"),
    [
        (ProcedureState.DRAFT, True),
        (ProcedureState.PUBLISHED, True),
        (ProcedureState.OPEN, True),
        (ProcedureState.CLOSED, False),
        (ProcedureState.CANCELLED, False),
    ],
)
def test_a_lot_is_not_closed_while_a_later_round_of_it_is_to_come_or_open(
    scheme, commissioner, state, is_refused
):
    lot = lot_of(scheme, "rounds")
    RoundFactory(scheme=scheme, lots=[lot], state=state, title="Round 2")
    covering = decided(scheme, [lot], act=Act.ESTABLISH)
    said = {"mode": AdmissionMode.CLOSED, "why": "Enough providers", "decision": covering}
    with time_machine.travel(BEFORE, tick=False):
        if is_refused:
            with pytest.raises(Refused, match="Round 2 is for this lot"):
                schemes.set_mode(lot, by=commissioner, **said)
        else:
            schemes.set_mode(lot, by=commissioner, **said)
    latest = ModeChange.objects.filter(lot=lot).latest("number")
    assert latest.mode == (AdmissionMode.ROUNDS if is_refused else AdmissionMode.CLOSED)


def test_a_closed_lot_is_opened_again_only_under_a_decision_with_a_reason(scheme, commissioner):
    lot = lot_of(scheme, "closed")
    initial(scheme, state=ProcedureState.CLOSED)
    reopening = decided(scheme, [lot], act=Act.REOPEN)
    establishing = scheme.decisions.exclude(pk=reopening.pk).latest("number")
    with time_machine.travel(LATER, tick=False):
        for said, message in (
            ({}, "Enter a reason"),
            ({"why": "The need has grown"}, "Choose an effective decision"),
            ({"why": "The need has grown", "decision": establishing}, "Choose an effective"),
        ):
            with pytest.raises(Refused, match=message):
                schemes.set_mode(lot, mode=AdmissionMode.OPEN, by=commissioner, **said)
        said = {"why": "The need has grown", "decision": reopening}
        schemes.set_mode(lot, mode=AdmissionMode.OPEN, by=commissioner, **said)


def test_no_scheme_file_opens_a_lot_whose_initial_round_was_its_last(db):
    def load(text):
        file = read(text.encode())
        return loading.load(loading.lead_of(file), file=file, by=the_system()).scheme

    with time_machine.travel(datetime(2025, 6, 10, 9, tzinfo=UTC), tick=False):
        scheme = load(SECOND)
        lot = scheme.lots.get(key="supported-living")
        RoundFactory(
            scheme=scheme,
            lots=[lot],
            is_initial=True,
            opens_at=datetime(2025, 6, 1, tzinfo=UTC),
            state=ProcedureState.CLOSED,
        )
        with pytest.raises(NotLoaded, match="Applications have opened, so a file does not change"):
            load(changed(SECOND, ("admission_mode: closed", "admission_mode: rounds")))
    assert scheme.lots.with_mode().get(key="supported-living").mode == AdmissionMode.CLOSED
