"""What is marked and checked of a lot of an application."""

from awards.models import Evaluation
from lots.models import Assessment, Question


def asked(evaluation: Evaluation) -> list[Question]:
    """The questions of its lot for an applicant of its size, in their order."""
    found = Question.objects.filter(
        section__questionnaire=evaluation.application.questionnaire_id
    ).select_related("section")
    ordered = found.order_by("section__position", "position")
    return [q for q in ordered if q.is_asked([evaluation.lot.key], evaluation.size)]


def scored(evaluation: Evaluation) -> list[Question]:
    """Those that are marked from 0 to 5."""
    return [q for q in asked(evaluation) if q.assessment == Assessment.SCORED]


def checked(evaluation: Evaluation) -> list[Question]:
    """Those that pass or fail."""
    return [q for q in asked(evaluation) if q.assessment == Assessment.PASS_FAIL]
