from dps.actions import Refused, action, lock, move, note, require
from dps.clock import now
from lots import policies
from lots.actions import terms
from lots.calculations.questions import weight_problems
from lots.models import (
    Assessment,
    Question,
    Questionnaire,
    QuestionnaireState,
    QuestionSection,
    Scheme,
    Size,
)


@action
def start(scheme: Scheme, *, purpose: str, by) -> Questionnaire:
    """Begin the next version as an empty draft. One draft at a time."""
    scheme = lock(scheme)
    require(policies.run_scheme, by, scheme)
    versions = Questionnaire.objects.filter(scheme=scheme, purpose=purpose)
    if versions.filter(state=QuestionnaireState.DRAFT).exists():
        raise Refused("A draft of the next version is being written. Publish it first")
    number = versions.count() + 1
    draft = Questionnaire.objects.create(scheme=scheme, purpose=purpose, number=number)
    note(draft, "lots.questionnaire.started", by=by)
    return draft


@action
def revise(questionnaire: Questionnaire, *, by) -> Questionnaire:
    """Begin the next version, as a draft, from a published one. One draft at a time."""
    questionnaire = lock(questionnaire)
    require(policies.revise_questionnaire, by, questionnaire)
    versions = Questionnaire.objects.filter(
        scheme=questionnaire.scheme_id, purpose=questionnaire.purpose
    )
    if versions.filter(state=QuestionnaireState.DRAFT).exists():
        raise Refused("A draft of the next version is being written already")
    draft = Questionnaire.objects.create(
        scheme_id=questionnaire.scheme_id,
        purpose=questionnaire.purpose,
        number=versions.order_by("number").last().number + 1,
    )
    for section in questionnaire.sections.all():
        questions = list(section.questions.all())
        copied = copy(section, QuestionSection, questionnaire=draft)
        for question in questions:
            copy(question, Question, section=copied)
    note(draft, "lots.questionnaire.started", by=by, after=questionnaire.number)
    return draft


def copy(row, model, **changed):
    fields = [f.name for f in model._meta.fields if f.name not in ("id", *changed)]
    return model.objects.create(**{name: getattr(row, name) for name in fields}, **changed)


@action
def publish(questionnaire: Questionnaire, *, by, why: str = "") -> Questionnaire:
    """Put a version in force for the rounds that open from now on. It never changes again.

    Refused while a lot's scored questions do not weigh 100 per cent together, whatever
    the size of the applicant.
    """
    questionnaire = lock(questionnaire)
    require(policies.change_questionnaire, by, questionnaire)
    questions = list(Question.objects.filter(section__questionnaire=questionnaire))
    if not questions:
        raise Refused("Add at least one question first")
    scored = [q for q in questions if q.assessment == Assessment.SCORED]
    lots = questionnaire.scheme.lots.values_list("key", flat=True)
    if problems := weight_problems(scored, lots, Size.values):
        raise Refused(" ".join(problems))
    questionnaire.published_at = now()
    questionnaire.save(update_fields=["published_at"])
    move(questionnaire, QuestionnaireState.PUBLISHED, by=by, why=why)
    return questionnaire


@action
def reword(question: Question, *, by, **values) -> Question:
    """Change a question of a draft. Refused when nothing differs."""
    question = lock(question)
    require(policies.change_question, by, question)
    return terms.altered(question, values, by)
