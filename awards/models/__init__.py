from awards.models.agreements import Agreement, AgreementState, AgreementText, Side, Signature
from awards.models.evaluations import (
    EVALUATORS,
    AgreedMark,
    Assignment,
    AssignmentState,
    Check,
    DraftMark,
    Evaluation,
    EvaluationState,
    Mark,
    Outcome,
    last_of,
)
from awards.models.reports import Appendix, Report, ReportState, ReportText

__all__ = [
    "EVALUATORS",
    "AgreedMark",
    "Agreement",
    "AgreementState",
    "AgreementText",
    "Appendix",
    "Assignment",
    "AssignmentState",
    "Check",
    "DraftMark",
    "Evaluation",
    "EvaluationState",
    "Mark",
    "Outcome",
    "Report",
    "ReportState",
    "ReportText",
    "Side",
    "Signature",
    "last_of",
]
