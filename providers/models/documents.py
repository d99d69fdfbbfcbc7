"""An organisation's library of documents: encrypted under its own key, names and all."""

from django.conf import settings
from django.db import models

from dps.models import Envelope
from providers.models.applications import is_of
from providers.models.organisations import Organisation


class DocumentKind(models.TextChoices):
    PUBLIC_LIABILITY = "public_liability", "Public liability insurance"
    EMPLOYERS_LIABILITY = "employers_liability", "Employer's liability insurance"
    PROFESSIONAL_INDEMNITY = "professional_indemnity", "Professional indemnity insurance"
    SAFEGUARDING = "safeguarding", "Safeguarding policy"
    HEALTH_AND_SAFETY = "health_and_safety", "Health and safety policy"
    ACCOUNTS = "accounts", "Accounts"
    CQC = "cqc", "CQC registration"
    OTHER = "other", "Something else"


class Document(Envelope):
    """A version of a document. Sealed in it: kind, title, file name, type, size, fingerprint, the
    date of issue and the day until which it is valid, and the key of the file's own contents, which
    lie under `file` in the media folder. A submission pins a version by taking these along."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="documents")
    file = models.CharField(max_length=100, unique=True)  # a random name
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-added_at"]

    @property
    def sealed_for(self):
        return self.organisation

    def is_own(self, user) -> bool:
        return is_of(self.organisation_id, user)
