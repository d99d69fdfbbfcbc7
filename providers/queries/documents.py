"""The documents of a library, as its pages show them."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.template.defaultfilters import filesizeformat

from dps.clock import today
from dps.words import short_date
from providers.models import Document, DocumentKind

SOON = timedelta(days=60)


@dataclass(frozen=True)
class Shown:
    """A document in words. `expiry` is said with `kind` (stop: expired, warn: soon, or "")."""

    document: Document
    title: str
    about: str
    issued: str
    expiry: str
    kind: str


def in_words(library: list[tuple[Document, dict]]) -> list[Shown]:
    """The documents of a library with what each says of itself."""
    return [_in_words(document, said) for document, said in library]


def _in_words(document: Document, said: dict) -> Shown:
    kind = said["kind"]
    label = DocumentKind(kind).label if kind in DocumentKind.values else kind
    about = [label] if label != said["title"] else []
    runs_out, how = expiry(said["expires_on"])
    return Shown(
        document=document,
        title=said["title"],
        about=", ".join([*about, said["name"], filesizeformat(said["size"])]),
        issued=short_date(date.fromisoformat(said["issued_on"])) if said["issued_on"] else "",
        expiry=runs_out,
        kind=how,
    )


def expiry(expires_on: str | None) -> tuple[str, str]:
    """When a document runs out, in words, and how that is shown."""
    if not expires_on:
        return "", ""
    day = date.fromisoformat(expires_on)
    if day < today():
        return f"Expired {short_date(day)}", "stop"
    return f"Expires {short_date(day)}", "warn" if day <= today() + SOON else ""
