"""An organisation's library of documents."""

from datetime import date

from dps import envelopes, files
from dps.actions import Refused, action, lock, note, require
from dps.clock import now, today
from providers import policies
from providers.models import Document, DocumentKind, Organisation, Submission


@action
def add(
    organisation: Organisation,
    *,
    upload,
    kind: str,
    title: str,
    issued_on: date | None = None,
    expires_on: date | None = None,
    by,
) -> Document:
    """Put a document into the library, encrypted with its name and dates. Refused for a file of a
    type we do not take or over the size limit, and for one that is no longer valid."""
    organisation = lock(organisation)
    require(policies.apply_for, by, organisation)
    if expires_on and expires_on < today():
        raise Refused("That day has passed. Add a document that is still valid", field="expires_on")
    stored = files.store(upload, "upload")
    document = Document(organisation=organisation, file=stored.name, added_at=now(), added_by=by)
    contents = {
        "kind": kind,
        "title": title or DocumentKind(kind).label,
        "name": upload.name[:200],
        "type": stored.type,
        "size": stored.size,
        "fingerprint": stored.fingerprint,
        "key": stored.key,
        "issued_on": issued_on and issued_on.isoformat(),
        "expires_on": expires_on and expires_on.isoformat(),
    }
    envelopes.seal(document, contents).save()
    note(document, "providers.document.added", by=by)
    return document


@action
def library(organisation: Organisation, *, by) -> list[tuple[Document, dict]]:
    """The organisation's documents with what each says, the newest first."""
    require(policies.apply_for, by, organisation)
    kept = list(organisation.documents.filter(removed_at=None).order_by("-added_at"))
    return list(envelopes.opened_many(kept, by).items())


@action
def remove(document: Document, *, by) -> Document:
    """Take a document out of the library. What was submitted keeps the version it pinned."""
    document = lock(document)
    require(policies.remove_document, by, document)
    document.removed_at = now()
    document.save(update_fields=["removed_at"])
    note(document, "providers.document.removed", by=by)
    return document


@action
def describe(document: Document, *, by) -> dict:
    """What a document of one's own library says of itself, without its file."""
    return envelopes.opened(document, by)


@action
def read(document: Document, *, by) -> tuple[dict, bytes]:
    """What a document of one's own library says of itself, and the file."""
    said = envelopes.opened(document, by)
    return said, files.read(document.file, said["key"])


@action
def read_submitted(submission: Submission, *, document: str, by) -> tuple[dict, bytes]:
    """A document that a submission pinned: what it says of itself, and the file as it was."""
    contents = envelopes.opened(submission, by)
    if document not in contents["documents"]:
        raise Refused("This submission has no such document")
    said = contents["documents"][document]
    return said, files.read(said["file"], said["key"])
