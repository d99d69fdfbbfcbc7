from providers.models.admissions import Admission, AdmissionState
from providers.models.applications import (
    Application,
    ApplicationState,
    Result,
    Section,
    Submission,
)
from providers.models.conflicts import Declaration, has_conflict, is_clear
from providers.models.documents import Document, DocumentKind
from providers.models.organisations import LegalForm, Member, Organisation
from providers.models.returns import Figure, Return, ReturnLine, ReturnPeriod, ReturnState
from providers.models.services import STALE, Rate, Service, ServiceState, Vat

__all__ = [
    "STALE",
    "Admission",
    "AdmissionState",
    "Application",
    "ApplicationState",
    "Declaration",
    "Document",
    "DocumentKind",
    "Figure",
    "LegalForm",
    "Member",
    "Organisation",
    "Rate",
    "Result",
    "Return",
    "ReturnLine",
    "ReturnPeriod",
    "ReturnState",
    "Section",
    "Service",
    "ServiceState",
    "Submission",
    "Vat",
    "has_conflict",
    "is_clear",
]
