"""What an applicant reads of the decision on its application: every agreed mark with its reason,
and nothing of who gave what."""

from decimal import Decimal
from io import BytesIO

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from pypdf import PdfReader

from awards.actions import evaluations
from awards.models import Evaluation, Outcome
from awards.queries import questions
from dps.promises import keep_now
from lots.models import Question, Questionnaire, QuestionnaireState, QuestionSection
from tests.awards import agreed, world
from tests.factories import (
    LONG_AGO,
    LotFactory,
    RoundFactory,
    SchemeFactory,
    member_of,
    owner_of,
    submitted,
)

pytestmark = pytest.mark.django_db

MEANINGS = {"1": "Little evidence", "3": "Sound evidence", "4": "Good evidence"}


def round_that_asks():
    """A round whose lot passes at 60, with two scored questions and one that passes or fails."""
    scheme = SchemeFactory()
    lot = LotFactory(scheme=scheme, key="1a", pass_mark=60)
    questionnaire = Questionnaire.objects.create(scheme=scheme, number=1)
    section = QuestionSection.objects.create(
        questionnaire=questionnaire, key="all", position=1, title="All", group="Questions"
    )
    asked = {"section": section, "kind": "long_text"}
    scored = asked | {"assessment": "scored", "descriptors": MEANINGS, "pass_mark": 2}
    Question.objects.create(
        key="cover",
        position=1,
        text="How do you listen?",
        weight=Decimal(30),
        **scored,
    )
    Question.objects.create(
        key="lead", position=2, text="How do you train?", weight=Decimal(70), **scored
    )
    Question.objects.create(
        key="insured", position=3, text="Are you insured?", assessment="pass_fail", **asked
    )
    questionnaire.state, questionnaire.published_at = QuestionnaireState.PUBLISHED, LONG_AGO
    questionnaire.save()
    return RoundFactory(scheme=scheme, lots=[lot], questionnaire=questionnaire)


def decided(marks, passes=True):
    """An evaluation in effect, with these agreed marks and this check, and the panel."""
    evaluation, panel = world.allocated(round=round_that_asks())
    for evaluator, name in zip(panel.evaluators, ("Zebedee Zinc", "Yolanda Yew"), strict=True):
        evaluator.name = name
        evaluator.save()
    with time_machine.travel(world.AFTER, tick=False):
        for evaluator, mark in zip(panel.evaluators, (2, 5), strict=True):
            world.hand_in(evaluation, evaluator, mark)
        checks = dict.fromkeys(
            questions.checked(evaluation), (passes, "" if passes else "The certificate has run out")
        )
        evaluations.check(evaluation, checks=checks, by=panel.commissioner)
        for question, mark in zip(questions.scored(evaluation), marks, strict=True):
            evaluations.agree(
                evaluation,
                question=question,
                mark=mark,
                reason=f"Agreed of {question.key}",
                by=panel.moderator,
            )
        evaluations.decide(evaluation, by=panel.moderator)
    report = world.sign_report(evaluation, panel)
    return agreed.in_effect(report).evaluations.get(), panel


def page(evaluation, name="result") -> str:
    return reverse(f"awards:{name}", args=[evaluation.pk])


def read(client, evaluation) -> tuple[str, str]:
    """What the page and the PDF say to an owner of the applicant, in one line each."""
    client.force_login(owner_of(evaluation.application.organisation))
    with time_machine.travel(evaluation.report.effective_at, tick=False):
        shown = client.get(page(evaluation))
        paper = client.get(page(evaluation, "result_pdf"))
    assert (shown.status_code, paper["Content-Type"]) == (200, "application/pdf")
    pages = PdfReader(BytesIO(paper.content)).pages
    on_paper = " ".join(page.extract_text() for page in pages)
    return " ".join(shown.content.decode().split()), " ".join(on_paper.split())


def test_an_applicant_reads_its_score_every_mark_with_its_meaning_and_what_comes_next(client):
    evaluation, _ = decided(marks=(3, 4))
    score = "74.00"  # 3 of 5 of 30 and 4 of 5 of 70
    for said in read(client, evaluation):
        for words in ("Admitted", "26/00099", score, "60", "3 of 5", "Sound evidence", "30%"):
            assert words in said
        for words in ("How do you train?", "4 of 5", "Good evidence", "70%", "Agreed of lead"):
            assert words in said
        assert "agreement" in said
        assert "1 passed, 0 failed" in said


def test_one_that_is_not_admitted_reads_what_failed_and_when_it_may_apply_again(client):
    evaluation, _ = decided(marks=(1, 3), passes=False)
    for said in read(client, evaluation):
        for words in ("Not admitted", "48.00", "1 of 5", "Little evidence", "this does not"):
            assert words in said
        assert "Are you insured?" in said
        assert "The certificate has run out" in said
        assert "You may apply again when the lot takes applications" in said
        assert evaluation.lot.scheme.contact_email in said
    result = evaluation.application.results.get()
    assert (result.lot, result.admits, result.at) == (
        evaluation.lot,
        False,
        evaluation.report.effective_at,
    )


def test_neither_the_evaluators_nor_what_each_gave_is_told(client):
    evaluation, panel = decided(marks=(3, 4))
    mine = "Says how and gives facts"  # as each evaluator wrote of every question
    for said in read(client, evaluation):
        for words in ("Zebedee", "Yolanda", mine, panel.moderator.name, "2 of 5", "5 of 5"):
            assert words not in said


def test_only_the_applicant_reads_it_and_only_once_it_is_in_effect(client):
    report, panel = world.signed_report()
    evaluation = report.evaluations.get()
    owner = owner_of(evaluation.application.organisation)
    client.force_login(owner)
    before = report.decision.effective_at - agreed.DAY
    with time_machine.travel(before, tick=False):
        assert client.get(page(evaluation)).status_code == 404
        assert list(client.get(reverse("awards:agreements")).context["results"].data) == []
    agreed.in_effect(report)
    people = {
        owner: 200,
        member_of(evaluation.application.organisation): 200,
        owner_of(submitted().organisation): 404,
        panel.commissioner: 404,
        panel.evaluators[0]: 404,
    }
    with time_machine.travel(report.decision.effective_at, tick=False):
        for user, status in people.items():
            client.force_login(user)
            assert client.get(page(evaluation)).status_code == status
            assert client.get(page(evaluation, "result_pdf")).status_code == status


def test_the_decision_letter_goes_to_the_owners_with_the_way_to_the_marks_once(client):
    report, _ = world.signed_report()
    evaluation = report.evaluations.get()
    owner = owner_of(evaluation.application.organisation)
    member_of(evaluation.application.organisation, is_signatory=True)
    agreed.in_effect(report)
    keep_now()
    keep_now()
    (letter,) = mail.outbox
    assert letter.to == [owner.email]
    assert letter.subject.startswith("Decision of ")
    for words in ("Outcome: admitted", "Decision: 26/00099", page(evaluation)):
        assert words in letter.body
    assert "80.00" not in letter.body  # the score is on the page, and nowhere else
    with time_machine.travel(report.effective_at, tick=False):
        client.force_login(owner)
        assert "80.00" in client.get(page(evaluation)).content.decode()


@pytest.mark.parametrize("several", [1, 3])
def test_the_list_of_decisions_takes_a_number_of_queries_that_does_not_grow(
    client, several, django_assert_num_queries
):
    report, _ = world.signed_report()
    agreed.in_effect(report)
    first = report.evaluations.get()
    for _ in range(several - 1):
        like_it(first)
    client.force_login(owner_of(first.application.organisation))
    url = reverse("awards:agreements")
    with time_machine.travel(report.effective_at, tick=False):
        client.get(url)
        with django_assert_num_queries(9):
            response = client.get(url)
    assert len(response.context["results"].rows) == several


def like_it(first):
    """Another lot of the same application, decided alike."""
    lot = LotFactory(scheme=first.lot.scheme)
    said = {f.attname: getattr(first, f.attname) for f in Evaluation._meta.concrete_fields}
    made = Evaluation.objects.create(
        **{k: v for k, v in said.items() if k != "id"} | {"lot_id": lot.pk}
    )
    one = first.outcomes.get()
    Outcome.objects.create(
        evaluation=made, number=1, admits=one.admits, score=one.score, at=one.at, by=one.by
    )
    return made
