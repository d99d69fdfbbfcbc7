"""A scheme as rows of plain values: from its file, and from what is stored."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any

from django.db import models

from lots.loading.contents import Contents, DecisionPart, Descriptors, Part, QuestionnairePart
from lots.loading.documents import Path
from lots.loading.merging import Row, RowPath
from lots.models import (
    Activity,
    Assessment,
    AwardRoute,
    ClientGroup,
    Indicator,
    Locality,
    Lot,
    Outcome,
    Question,
    Questionnaire,
    QuestionnaireState,
    QuestionSection,
    ReportHeading,
    Schedule,
    Scheme,
    Tier,
    Zone,
)


@dataclass(frozen=True)
class Kind:
    """A kind of set-up row: its fields that a file gives (they have the same names there), what
    tells rows apart, and the kinds within it by their names in a file. `related` is the name of
    its rows in the row that they are within, where a file calls them otherwise."""

    model: type[models.Model]
    names: tuple[str, ...]
    key: str = "key"
    within: dict[str, "Kind"] = field(default_factory=dict)
    related: str = ""


TERM = ("title", "position")
TIER = Kind(Tier, ("title", "least", "greatest", "ceiling", "position"))
AWARD_ROUTE = Kind(AwardRoute, ("notice_words", "notice_reference"), key="route")
LOT = Kind(
    Lot,
    (
        "title",
        "summary",
        "kind",
        "modes",
        "units",
        "pass_mark",
        "quality_weight",
        "needs_cqc",
        "position",
    ),
    within={"tiers": TIER, "award_routes": AWARD_ROUTE},
)
SETTINGS = {  # in an order in which rows can refer to earlier ones
    "zones": Kind(Zone, TERM),
    "localities": Kind(Locality, (*TERM, "short", "column", "row", "zone")),
    "activities": Kind(Activity, TERM),
    "client_groups": Kind(ClientGroup, TERM),
    "outcomes": Kind(Outcome, (*TERM, "text")),
    "lots": LOT,
    "indicators": Kind(
        Indicator,
        (
            "title",
            "guidance",
            "measure",
            "target",
            "better",
            "frequency",
            "lots",
            "from_on",
            "until_on",
        ),
    ),
    "report_headings": Kind(
        ReportHeading, ("title", "text", "computed", "position"), related="headings"
    ),
}
QUESTION = Kind(
    Question,
    (
        "kind",
        "text",
        "guidance",
        "why",
        "is_required",
        "assessment",
        "weight",
        "pass_mark",
        "passing",
        "criterion",
        "descriptors",
        "word_limit",
        "choices",
        "lots",
        "sizes",
        "asked_if",
        "carries_over",
        "position",
    ),
)
SECTION = Kind(
    QuestionSection, ("title", "intro", "group", "position"), within={"questions": QUESTION}
)
SCHEDULE = Kind(
    Schedule,
    ("first_opens_on", "every_months", "open_days", "opens_at", "closes_at", "announced_days"),
    key="",
)
SCHEME = (
    "title",
    "short_title",
    "summary",
    "regime",
    "notice_reference",
    "notice_on",
    "starts_on",
    "ends_on",
    "contact_email",
    "is_opened_by_two",
)
DECISION = tuple(n for n in DecisionPart.model_fields if n not in ("number", "authorisations"))
DEPARTURE = ("rule", "number", "lots", "notice_reference", "why")
TEXTS = ("specification", "terms")


def plain(value: Any) -> Any:
    """A value as JSON holds it, the same from a file as from a row."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Zone):
        return value.key
    if isinstance(value, Part):
        return plain(value.model_dump())
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


def values(row: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: plain(getattr(row, name)) for name in names}


def departure_key(departure: Any) -> str:
    return " ".join([departure.rule, *sorted(departure.lots)])


# From a file


class FileRows:
    """The rows of a file, and where in it each of them is."""

    def __init__(self, contents: Contents):
        self.places: dict[RowPath, Path] = {}
        self.scheme = Row(values(contents, SCHEME))
        self.scheme.values["partners"] = sorted(part.slug for part in contents.partners)
        self.scheme.values["is_published"] = contents.is_published
        parts = self.scheme.parts
        for name, kind in SETTINGS.items():
            parts[name] = self.rows(getattr(contents, name), kind, (name,), (name,))
        for lot in contents.lots:
            row = parts["lots"][lot.key]
            row.values |= {"admission_mode": plain(lot.admission_mode), "kind": plain(lot.typed)}
        for name in TEXTS:
            parts[name] = {"": Row(values(getattr(contents, name), ("title", "body")))}
        given = contents.schedule
        parts["schedule"] = {"": Row(values(given, SCHEDULE.names))} if given else {}
        parts["departures"] = self.departures(contents)
        parts["decisions"] = self.decisions(contents)
        parts["questionnaires"] = self.questionnaires(contents)

    def place(self, path: RowPath) -> Path:
        """Where in the file a row is, or a value of one; of what it is within, if not there."""
        rest: list[str | int] = []
        while path and path not in self.places:
            path, rest = path[:-1], [path[-1], *rest]
        return (*self.places.get(path, ()), *(step for step in rest if step != ""))

    def rows(self, items: list, kind: Kind, path: RowPath, place: Path) -> dict[str, Row]:
        found = {}
        for number, item in enumerate(items):
            key = str(plain(getattr(item, kind.key)))
            at, there = (*path, key), (*place, number)
            self.places[at] = there
            row = Row(values(item, (name for name in kind.names if name != "position")))
            if "position" in kind.names:
                row.values["position"] = number + 1
            for name, inner in kind.within.items():
                members = getattr(item, name)
                row.parts[name] = self.rows(members, inner, (*at, name), (*there, name))
            found[key] = row
        return found

    def departures(self, contents: Contents) -> dict[str, Row]:
        found = {}
        for number, item in enumerate(contents.departures):
            key = departure_key(item)
            self.places["departures", key] = ("departures", number)
            found[key] = Row(values(item, DEPARTURE) | {"lots": sorted(item.lots)})
        return found

    def decisions(self, contents: Contents) -> dict[str, Row]:
        found = {}
        for number, item in enumerate(contents.decisions):
            self.places["decisions", item.number] = ("decisions", number)
            acts = [
                [plain(a.act), lot, plain(a.from_on), plain(a.until_on), a.is_standing]
                for a in item.authorisations
                for lot in a.lots
            ]
            row = Row(values(item, DECISION) | {"authorisations": sorted(acts, key=str)})
            found[item.number] = row
        return found

    def questionnaires(self, contents: Contents) -> dict[str, Row]:
        found = {}
        for purpose in ("admission", "call_off"):
            given: QuestionnairePart | None = getattr(contents.questionnaires, purpose)
            if given:
                path = ("questionnaires", purpose, "sections")
                sections = self.rows(given.sections, SECTION, path, path)
                for section in sections.values():
                    for question in section.parts["questions"].values():
                        complete(question.values, given.descriptors)
                found[purpose] = Row({}, {"sections": sections})
        return found


def complete(question: dict[str, Any], descriptors: Descriptors) -> None:
    """Fill in what a file may leave out of a question."""
    question["asked_if"] = question["asked_if"] or {}
    if question["assessment"] == Assessment.SCORED.value:
        question["descriptors"] = question["descriptors"] or dict(descriptors)


# From what is stored


def of_scheme(scheme: Scheme) -> Row:
    """A scheme as it is stored, in the shape of a file's rows."""
    found = Row(values(scheme, SCHEME))
    found.values["partners"] = sorted(scheme.partners.values_list("slug", flat=True))
    found.values["is_published"] = scheme.published_at is not None
    for name, kind in SETTINGS.items():
        found.parts[name] = stored(getattr(scheme, kind.related or name).all(), kind)
    for lot in scheme.lots.with_mode():
        found.parts["lots"][lot.key].values["admission_mode"] = lot.mode
    for name in TEXTS:
        text = scheme.texts.filter(kind=name).order_by("-number").first()
        found.parts[name] = {"": Row(values(text, ("title", "body")))} if text else {}
    schedule = Schedule.objects.filter(scheme=scheme).first()
    row = Row(values(schedule, SCHEDULE.names)) if schedule else None
    found.parts["schedule"] = {"": row} if row else {}
    found.parts["departures"] = {
        departure_key(each): Row(values(each, DEPARTURE) | {"lots": sorted(each.lots)})
        for each in scheme.departures.order_by("set_at")
    }
    found.parts["decisions"] = {each.number: decided(each) for each in scheme.decisions.all()}
    found.parts["questionnaires"] = {
        questionnaire.purpose: Row({}, {"sections": stored(questionnaire.sections.all(), SECTION)})
        for questionnaire in in_force(scheme)
    }
    return found


def stored(rows: Iterable[models.Model], kind: Kind) -> dict[str, Row]:
    found = {}
    for row in rows:
        within = {
            name: stored(getattr(row, inner.related or name).all(), inner)
            for name, inner in kind.within.items()
        }
        found[getattr(row, kind.key)] = Row(values(row, kind.names), within)
    return found


def decided(decision: Any) -> Row:
    acts = [
        [a.act, a.lot.key, plain(a.from_on), plain(a.until_on), a.is_standing]
        for a in decision.authorisations.select_related("lot")
    ]
    return Row(values(decision, DECISION) | {"authorisations": sorted(acts, key=str)})


def in_force(scheme: Scheme) -> list[Questionnaire]:
    """The last published questionnaire of each purpose."""
    published = scheme.questionnaires.filter(state=QuestionnaireState.PUBLISHED)
    latest = published.order_by("purpose", "-number").distinct("purpose")
    return list(latest.prefetch_related("sections__questions"))
