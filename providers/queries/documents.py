"""The documents of a library, as its pages show them."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.template.defaultfilters import filesizeformat

from dps.clock import today
from dps.words import short_date
from providers.models import Document, DocumentKind

SOON = timedelta(days=60)
LATER = {"stop": ": no longer valid", "warn": ": soon", "": ""}


@dataclass(frozen=True)
class Shown:
    """A document in words. `until`, the day it is valid until, is said with `kind` (stop: past,
    warn: soon, or "")."""

    document: Document
    title: str
    about: str
    issued: str
    until: str
    kind: str


def in_words(library: list[tuple[Document, dict]]) -> list[Shown]:
    """The documents of a library with what each says of itself."""
    return [_in_words(document, said) for document, said in library]


def _in_words(document: Document, said: dict) -> Shown:
    kind = said["kind"]
    label = DocumentKind(kind).label if kind in DocumentKind.values else kind
    about = [label] if label != said["title"] else []
    until, how = validity(said["expires_on"])
    return Shown(
        document=document,
        title=said["title"],
        about=", ".join([*about, said["name"], filesizeformat(said["size"])]),
        issued=short_date(date.fromisoformat(said["issued_on"])) if said["issued_on"] else "",
        until=until + LATER[how],
        kind=how,
    )


def validity(expires_on: str | None) -> tuple[str, str]:
    """The day until which a document is valid, and how that is shown; "" where it has none."""
    if not expires_on:
        return "", ""
    day = date.fromisoformat(expires_on)
    if day < today():
        return short_date(day), "stop"
    return short_date(day), "warn" if day <= today() + SOON else ""


def validity_said(expires_on: str | None) -> str:
    """As `validity`, in a sentence: "Valid until 3 Nov 2026"."""
    until, how = validity(expires_on)
    return until and f"{'Was valid' if how == 'stop' else 'Valid'} until {until}"
