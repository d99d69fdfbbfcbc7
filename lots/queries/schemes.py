"""Schemes, and the texts that go with them."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from lots import policies
from lots.models import (
    Purpose,
    Questionnaire,
    QuestionnaireState,
    Scheme,
    SchemeText,
    TextVersion,
)


def for_public(user, at: datetime) -> QuerySet:
    """The published schemes, rehearsals left out; those that have ended come last."""
    seen = policies.view_scheme.rows(user).filter(published_at__lte=at, is_rehearsal=False)
    return seen.select_related("authority").order_by("-ends_on", "title", "pk")


def texts(scheme: Scheme, kind: str) -> QuerySet:
    """Every version of the specification or the terms, the one in force first."""
    return TextVersion.objects.filter(scheme=scheme.pk, kind=kind).order_by("-number")


@dataclass(frozen=True)
class Block:
    """A paragraph of a text, or a heading."""

    words: str
    is_heading: bool = False


def blocks(body: str) -> list[Block]:
    """A text in paragraphs; a line that begins with "# " is a heading."""
    found: list[Block] = []
    for paragraph in re.split(r"\n\s*\n", body.replace("\r\n", "\n").strip()):
        lines: list[str] = []
        for line in paragraph.splitlines():
            if line.startswith("# "):
                found += [Block("\n".join(lines))] * bool(lines) + [Block(line[2:].strip(), True)]
                lines = []
            else:
                lines.append(line)
        found += [Block("\n".join(lines))] * bool(lines)
    return found


def texts_in_force(scheme: Scheme) -> list[TextVersion]:
    """The specification and the terms, each in its last version, where they are written."""
    latest = {text.kind: text for text in scheme.texts.order_by("number")}
    return [latest[kind] for kind in SchemeText.values if kind in latest]


def questionnaire_in_force(user, scheme: Scheme) -> Questionnaire | None:
    """What applicants are asked: the last version published. None before the first."""
    published = policies.view_questionnaire.rows(user).filter(
        scheme=scheme.pk, purpose=Purpose.ADMISSION, state=QuestionnaireState.PUBLISHED
    )
    return published.order_by("-number").first()
