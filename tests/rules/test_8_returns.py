"""Rule 8, of returns: a figure that was filed is never edited; a correction is another, with who,
when and why."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.db import IntegrityError, InternalError, transaction

from dps.actions import Refused
from dps.models import Event
from providers.actions import returns
from providers.models import Figure
from tests.factories import member_of
from tests.providers.owed import answers, owed_return

JULY_10 = datetime(2026, 7, 10, 9, tzinfo=UTC)
JULY_12 = datetime(2026, 7, 12, 9, tzinfo=UTC)


def test_a_corrected_figure_keeps_the_one_before_with_who_when_and_why(db):
    owed, owner = owed_return()
    colleague = member_of(owed.organisation)
    with time_machine.travel(JULY_10, tick=False):
        returns.file(owed, figures=answers(owed, 1, 95), by=owner)
    correction = {"figures": answers(owed, 1, 93), "seen": 2, "by": colleague}
    with time_machine.travel(JULY_12, tick=False):
        with pytest.raises(Refused, match="Enter the reason"):
            returns.correct(owed, why=" ", **correction)
        returns.correct(owed, why="Counted twice", **correction)
    line = owed.lines.get(title="Progress")
    kept = line.figures.order_by("number").values_list("number", "value", "by", "at", "why")
    assert list(kept) == [
        (1, 95, owner.pk, JULY_10, ""),
        (2, 93, colleague.pk, JULY_12, "Counted twice"),
    ]
    assert owed.lines.get(title="Complaints").figures.count() == 1
    owed.refresh_from_db()
    assert owed.filed_at == JULY_10
    event = Event.objects.get(verb="providers.return.corrected")
    assert (event.by, event.why, event.data) == (colleague, "Counted twice", {"figures": 1})


def test_the_database_keeps_a_filed_figure_and_asks_a_reason_of_the_next(db):
    owed, owner = owed_return()
    returns.file(owed, figures=answers(owed, 1, 95), by=owner)
    for change in (lambda f: f.update(value=99), lambda f: f.delete()):
        with pytest.raises(InternalError), transaction.atomic():
            change(Figure.objects.all())
    first = Figure.objects.first()
    with pytest.raises(IntegrityError, match="figure_corrected_with_a_reason"):
        Figure.objects.create(line=first.line, number=2, value=1, at=JULY_10, by=owner)


def test_a_correction_begun_before_another_is_refused_and_loses_nothing(db):
    owed, owner = owed_return()
    returns.file(owed, figures=answers(owed, 1, 95), by=owner)
    returns.correct(owed, figures=answers(owed, 1, 93), why="Counted twice", seen=2, by=owner)
    with pytest.raises(Refused, match="has corrected this return meanwhile"):
        returns.correct(owed, figures=answers(owed, 1, 91), why="Mine", seen=2, by=owner)
    assert Figure.objects.filter(line__title="Progress").count() == 2
