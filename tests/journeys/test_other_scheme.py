"""A scheme that shares nothing with the first: other law, lots, questions and two who open. And as
its round closes, the worker is killed."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from awards.models import Agreement, Evaluation
from lots.models import Round
from providers.models import Admission
from tests.journeys import people, workplace
from tests.journeys.people import WREN
from tests.journeys.stage import (
    APPROVER,
    COMMISSIONER,
    EVALUATORS,
    LAWYER,
    MODERATOR,
    NORTHMERE,
    SECOND,
    council,
    move_to,
    move_to_instant,
)

SIGNED = "2027-11-01T10:00"  # 28 clear days after the round closed
PLAN = "Put on the forward plan", "On the forward plan."
CONSIDERED = "Record that it was considered", "On record as considered."


@pytest.mark.xdist_group("live")
def test_a_scheme_of_other_lots_and_questions_applies_and_admits_with_no_change_of_code(
    product, window
):
    scheme = council(NORTHMERE)
    wren, commissioner, second = window(), window(COMMISSIONER), window(SECOND)
    people.register(wren, WREN)
    page = f"/schemes/{scheme.pk}/"
    people.eventually(wren, page, f"Closed, next opens on {NORTHMERE.opens_on}")
    move_to(NORTHMERE.announced)
    people.eventually(wren, page, "Round 1")
    move_to(NORTHMERE.opens, seconds=1)
    people.eventually(wren, page, f"Apply for lot {NORTHMERE.lot[4:]}")
    for to, lot in (("Round 1", NORTHMERE.lot), ("open lots", NORTHMERE.open_lot)):
        people.apply(wren, re.compile(to), lot, NORTHMERE.answers, WREN)
    people.eventually(wren, f"/outbox/?to={WREN.email}", "Application received on")

    product.children["worker"].kill()
    move_to(NORTHMERE.closes, seconds=1)
    product.start("worker")  # what came due while there was none is found
    held = Round.objects.get(scheme=scheme)
    people.eventually(commissioner, workplace.page_of(held), re.compile("^Round closed$"))
    done = "Your part in the opening is on record."
    for opener in (commissioner, second):
        assert Evaluation.objects.filter(application__round=held).count() == 0
        workplace.step(opener, held, "open-applications", "Open the applications", done)
    workplace.evaluations_begin(commissioner, 2)

    markers = {window(who): who for who in EVALUATORS}
    moderator, approver, lawyer = window(MODERATOR), window(APPROVER), window(LAWYER)
    workplace.declare(commissioner, *markers, moderator, approver, scheme=scheme)
    workplace.evaluate(commissioner, markers, moderator, scheme)
    maker = {"decision_maker": "Portfolio Holder for Living Well"}
    of_round = workplace.report(commissioner, scheme, held, "NB 2027/71", **maker)
    workplace.step(commissioner, of_round.decision, "publish", *PLAN)
    of_open = workplace.report(commissioner, scheme, None, "NB 2027/72", **maker)
    move_to(SIGNED)
    workplace.step(commissioner, of_round.decision, "consider", *CONSIDERED)
    for report in (of_open, of_round):
        workplace.sign(approver, report)
        move_to_instant(report.decision.effective_at)
        page = workplace.page_of(report)
        people.eventually(commissioner, page, re.compile("^In effect since$"))
    assert {each.lot.key for each in Admission.objects.all()} == {"breaks", "at-home"}

    workplace.send_agreements(lawyer)
    for agreement in Agreement.objects.all():
        workplace.sign_agreement(wren, agreement, WREN)
        workplace.seal(lawyer, agreement)
    register = window()
    register.goto(f"{reverse('public_register')}?scheme={scheme.pk}")
    expect(register.locator("main")).to_contain_text(WREN.organisation)
    assert set(Agreement.objects.values_list("state", flat=True)) == {"in_force"}
