from providers.models.applications import Application, ApplicationState, Section, Submission
from providers.models.documents import Document, DocumentKind
from providers.models.organisations import LegalForm, Member, Organisation

__all__ = [
    "Application",
    "ApplicationState",
    "Document",
    "DocumentKind",
    "LegalForm",
    "Member",
    "Organisation",
    "Section",
    "Submission",
]
