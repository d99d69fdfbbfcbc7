"""Scheme files that tests put in force."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from dps.models import Authority, the_system
from lots.actions import loading, rounds
from lots.actions.loading import NotLoaded
from lots.loading.files import read
from lots.models import (
    Decision,
    Departure,
    Lot,
    ModeChange,
    Question,
    Questionnaire,
    Round,
    Scheme,
    SchemeLoad,
    TextVersion,
    Tier,
)

DAY = datetime(2025, 6, 10, 9, tzinfo=UTC)
LATER = DAY + timedelta(days=30)
OPENING = datetime(2026, 9, 1, 9, tzinfo=UTC)
OPENED = "Applications have opened, so a file does not change this from"


def load(text: str):
    file = read(text.encode())
    return loading.load(loading.lead_of(file), file=file, by=the_system())


def refused(text: str) -> list[str]:
    """What keeps a file from being loaded; nothing of it is stored."""
    before = everything()
    with pytest.raises(NotLoaded) as raised:
        load(text)
    assert everything() == before
    return raised.value.sentences


def everything() -> dict[str, int]:
    models = (
        Authority,
        Scheme,
        Lot,
        Tier,
        ModeChange,
        Question,
        Questionnaire,
        Decision,
        Departure,
        TextVersion,
        SchemeLoad,
    )
    return {model.__name__: model.objects.count() for model in models}


def announce_round(scheme) -> Round:
    """A round of short breaks that opens at OPENING."""
    with time_machine.travel(OPENING - timedelta(days=30)):
        lots = [scheme.lots.get(key="breaks")]
        round = rounds.start(scheme, title="A", opens_at=OPENING, lots=lots, by=the_system())
        return rounds.publish(round, deadline=OPENING + timedelta(days=40), by=the_system())
