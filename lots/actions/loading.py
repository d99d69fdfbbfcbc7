"""Putting a scheme file in force."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from dps.actions import Refused, action, lock, note, require
from dps.clock import now
from dps.models import Authority
from lots import policies
from lots.actions import checks, questionnaires, schemes, terms
from lots.loading.contents import AuthorityPart
from lots.loading.documents import Fault
from lots.loading.files import SchemeFile
from lots.loading.merging import Left, Row, RowPath, brief, merged
from lots.loading.rows import SCHEDULE, SCHEME, SECTION, SETTINGS, TEXTS, Kind, of_scheme
from lots.models import (
    AdmissionMode,
    Decision,
    Lot,
    ProcedureState,
    Round,
    RoundLot,
    Scheme,
    SchemeLoad,
)

WHY = "From the scheme file"
TOLD = ("ends_on", "is_opened_by_two")
TOLD_OF_LOT = ("admission_mode", "pass_mark")
ONLY_IN_THE_ADMIN = {
    "admission_mode": "A commissioner changes it in the admin, with a reason and a decision that "
    "covers it"
}


@dataclass(frozen=True)
class Loaded:
    """What a load did: a line for each change, and for each thing that people have changed since
    the last load, which was left."""

    scheme: Scheme
    is_new: bool
    changes: tuple[str, ...]
    left: tuple[str, ...]


class NotLoaded(Refused):
    """A file that cannot be put in force as things stand: a sentence a fault, with its line."""

    def __init__(self, sentences: list[str]):
        super().__init__("\n".join(sentences))
        self.sentences = sentences


def lead_of(file: SchemeFile) -> Authority:
    """The lead authority that a file names: as stored, or new and not stored yet."""
    return authority_of(file.contents.authority)


def authority_of(part: AuthorityPart) -> Authority:
    stored = Authority.objects.filter(slug=part.slug).first()
    return stored or Authority(**part.model_dump())


@action
def load(authority: Authority, *, file: SchemeFile, by) -> Loaded:
    """Make a scheme of the lead authority what a file says, authority and all if they are new.

    What people have changed since the last load is left, and listed. Refused, in whole, where a
    rule forbids a change; and where applications are being taken already under another end date
    or admission mode.
    """
    require(policies.load_schemes, by)
    return Loading(file, by).run(authority)


class Loading:
    """One load: its changes, what it left, and what stands in its way."""

    def __init__(self, file: SchemeFile, by):
        self.file, self.by = file, by
        self.changes: list[str] = []
        self.left: list[Left] = []
        self.faults: list[Fault] = []
        self.drops: list[tuple[Any, RowPath]] = []

    def run(self, authority: Authority) -> Loaded:
        contents = self.file.contents
        lead = self.settled(authority, contents.authority, ("authority",))
        for number, part in enumerate(contents.partners):
            self.settled(authority_of(part), part, ("partners", number))
        self.stop_at_faults()
        scheme = Scheme.objects.filter(slug=contents.slug).first()
        if scheme and scheme.authority_id != lead.pk:
            self.refuse(("slug",), f"A scheme of {scheme.authority} has it already")
        self.stop_at_faults()
        is_new = scheme is None
        loads = [] if scheme is None else [*scheme.loads.order_by("loaded_at")]
        last = Row.of(loads[-1].contents) if loads else None
        stored, wish = Row(), self.file.scheme
        if scheme is None:
            scheme = self.begun(lead, wish)
        else:
            scheme = lock(scheme)
            stored = of_scheme(scheme)
            wish, left = merged(last, stored, self.file.scheme)
            self.left += left
            self.refuse_what_opened(scheme, stored, wish)
        self.stop_at_faults()
        self.apply(scheme, stored, wish)
        self.stop_at_faults()
        if last != self.file.scheme:
            self.keep(scheme)
        scheme = Scheme.objects.get(pk=scheme.pk)
        return Loaded(scheme, is_new, tuple(self.changes), tuple(map(self.said, self.left)))

    def apply(self, scheme: Scheme, stored: Row, wish: Row) -> None:
        """Everything in an order in which each can refer to what is there."""
        self.values(scheme, stored, wish)
        self.partners(scheme, stored, wish)
        self.departures(scheme, stored, wish)
        for name in TEXTS:
            self.text(scheme, name, stored, wish)
        for name, kind in SETTINGS.items():
            self.settings(scheme, kind, stored.parts.get(name, {}), wish.parts[name], (name,))
        self.modes(scheme, stored, wish)
        schedules = stored.parts.get("schedule", {}), wish.parts["schedule"]
        self.settings(scheme, SCHEDULE, *schedules, ("schedule",))
        for setting, path in reversed(self.drops):  # what refers to another goes before it
            self.drop(setting, path)
        for purpose, row in wish.parts["questionnaires"].items():
            self.questionnaire(scheme, purpose, stored, row)
        self.decisions(scheme, stored, wish)
        self.publication(scheme, stored, wish)
        for name in ("departures", "decisions", "questionnaires"):
            for key in stored.parts.get(name, {}).keys() - wish.parts[name].keys():
                self.leave((name, key), "the file has it no longer, and it stays on record")

    # What stands in the way, and what is said of it

    @contextmanager
    def at(self, *path: str | int) -> Iterator[None]:
        """What is refused within is a fault of that place of the file."""
        try:
            yield
        except Refused as refusal:
            self.refuse((*path, refusal.field or ""), refusal.message)

    def refuse(self, path: RowPath, message: str) -> None:
        """A fault of a row's value; of the row, where the file does not give the value."""
        fault = self.file.fault(path, message)
        if path and self.file.document.given(fault.path) is None:
            fault = self.file.fault(path[:-1], message)
        self.faults.append(fault)

    def stop_at_faults(self) -> None:
        if self.faults:
            raise NotLoaded(self.file.document.sentences(self.faults))

    def leave(self, path: RowPath, how: str) -> None:
        self.left.append(Left(path, how))

    def said(self, left: Left) -> str:
        return f"line {self.file.line(left.path)}: {dotted(left.path)}: {left.how}"

    def changed(self, path: RowPath, how: str) -> None:
        self.changes.append(f"{dotted(path)}: {how}")

    # The authorities and the scheme itself

    def settled(self, authority: Authority, given: AuthorityPart, path: RowPath) -> Authority:
        """An authority as it is stored; a new one is stored now. One that is there already is not
        changed by a file, since other schemes have it too."""
        if authority._state.adding:
            with self.at(*path):
                cleaned(authority).save()
                note(authority, "dps.authority.added", by=self.by, why=WHY)
            return authority
        authority = lock(authority)
        for name in given.model_fields_set:
            if (kept := getattr(authority, name)) != getattr(given, name):
                self.leave((*path, name), f"the authority has {brief(kept)}, also elsewhere")
        return authority

    def begun(self, lead: Authority, wish: Row) -> Scheme:
        scheme = Scheme(authority=lead, slug=self.file.contents.slug)
        for name in SCHEME:
            setattr(scheme, name, python(Scheme, name, wish.values[name]))
        with self.at():
            checks.addition(scheme)
            cleaned(scheme).save()
            note(scheme, "lots.scheme.added", by=self.by, why=WHY)
        return scheme

    def refuse_what_opened(self, scheme: Scheme, stored: Row, wish: Row) -> None:
        """Refuse other values of what applicants have been told, once applications have opened."""
        opened = opened_lots(scheme)
        if opened:
            self.refuse_others((), TOLD, stored, wish)
        lots, wanted = stored.parts["lots"], wish.parts["lots"]
        for key in opened & wanted.keys():
            self.refuse_others(("lots", key), TOLD_OF_LOT, lots[key], wanted[key])

    def refuse_others(self, path: RowPath, names: tuple[str, ...], stored: Row, wish: Row) -> None:
        for name in names:
            if stored.values[name] != wish.values[name]:
                said = (
                    "Applications have opened, so a file does not change this from"
                    f" {stored.values[name]}. {ONLY_IN_THE_ADMIN.get(name, '')}"
                )
                self.refuse((*path, name), said.strip())

    def values(self, scheme: Scheme, stored: Row, wish: Row) -> None:
        differs = {
            name: wish.values[name]
            for name in SCHEME
            if stored.values and wish.values[name] != stored.values[name]
        }
        if differs:
            with self.at():
                values = {name: python(Scheme, name, value) for name, value in differs.items()}
                terms.change(scheme, by=self.by, why=WHY, **values)
                self.all_changed((), stored, differs)

    def all_changed(self, path: RowPath, stored: Row, differs: dict[str, Any]) -> None:
        for name, value in differs.items():
            self.changed((*path, name), f"{brief(stored.values.get(name))} → {brief(value)}")

    def partners(self, scheme: Scheme, stored: Row, wish: Row) -> None:
        was, shall_be = stored.values.get("partners", []), wish.values["partners"]
        if was != shall_be:
            scheme.partners.set(Authority.objects.filter(slug__in=shall_be))
            differences = {"partners": [was, shall_be]}
            note(scheme, "lots.scheme.changed", by=self.by, why=WHY, differences=differences)
            self.changed(("partners",), f"{brief(was)} → {brief(shall_be)}")

    def departures(self, scheme: Scheme, stored: Row, wish: Row) -> None:
        was = stored.parts.get("departures", {})
        for key, row in wish.parts["departures"].items():
            if row != was.get(key):
                with self.at("departures", key):
                    number = python(models.DecimalField(), "", row.values["number"])
                    schemes.depart(scheme, by=self.by, **row.values | {"number": number})
                    self.changed(("departures", key), "on record")

    def text(self, scheme: Scheme, name: str, stored: Row, wish: Row) -> None:
        was, shall_be = stored.parts.get(name, {}).get(""), wish.parts[name].get("")
        if shall_be and was != shall_be:
            with self.at(name):
                version = schemes.write(scheme, kind=name, by=self.by, why=WHY, **shall_be.values)
                self.changed((name,), f"version {version.number}")

    # Set-up rows, and those within them

    def settings(
        self,
        parent: models.Model,
        kind: Kind,
        stored: dict[str, Row],
        wish: dict[str, Row],
        path: RowPath,
    ) -> None:
        """Make the rows of a kind within another what they shall be."""
        present = members(parent, kind)
        for key, row in wish.items():
            at = (*path, key)
            with self.at(*at):
                setting = self.setting(
                    parent, kind, key, present.get(key), stored.get(key), row, at
                )
                for name, inner in kind.within.items():
                    was = stored[key].parts[name] if key in stored else {}
                    self.settings(setting, inner, was, row.parts[name], (*at, name))
        self.drops += [(present[key], (*path, key)) for key in stored if key not in wish]

    def setting(
        self,
        parent: models.Model,
        kind: Kind,
        key: str,
        setting: Any,
        stored: Row | None,
        wish: Row,
        at: RowPath,
    ) -> Any:
        if stored is None:
            identity = {kind.key: key} if kind.key else {}
            values = identity | self.python_values(parent, kind, wish.values)
            setting = terms.add(parent, model=kind.model, by=self.by, **values)
            self.changed(at, "added")
            return setting
        differs = {n: wish.values[n] for n in kind.names if wish.values[n] != stored.values[n]}
        if differs:
            values = self.python_values(parent, kind, differs)
            setting = terms.change(setting, by=self.by, why=WHY, **values)
            self.all_changed(at, stored, differs)
        return setting

    def python_values(self, parent: Any, kind: Kind, values: dict[str, Any]) -> dict[str, Any]:
        found = {n: python(kind.model, n, values[n]) for n in kind.names if n in values}
        if found.get("zone"):
            found["zone"] = parent.zones.filter(key=values["zone"]).first()
            if found["zone"] is None:
                raise Refused("The zone has been taken away", field="zone")
        return found

    def drop(self, setting: Any, path: RowPath) -> None:
        """Take away what the file has no longer, unless somebody may have counted on it."""
        try:
            terms.remove(setting, by=self.by, why=WHY)
            self.changed(path, "removed")
        except Refused as refusal:
            self.leave(path, f"the file has it no longer. {refusal.message}")

    def modes(self, scheme: Scheme, stored: Row, wish: Row) -> None:
        lots = {lot.key: lot for lot in scheme.lots.with_mode()}
        for key, row in wish.parts["lots"].items():
            mode = row.values["admission_mode"]
            if key in lots and mode != lots[key].mode:
                with self.at("lots", key, "admission_mode"):
                    schemes.set_mode(lots[key], mode=mode, by=self.by, why=WHY)
                    self.changed(("lots", key, "admission_mode"), mode)

    # What is published, and then stands

    def questionnaire(self, scheme: Scheme, purpose: str, stored: Row, wish: Row) -> None:
        """A new version, if anything differs from the one in force; it serves the rounds that are
        started from now on."""
        was = stored.parts.get("questionnaires", {}).get(purpose)
        if was == wish:
            return
        path = ("questionnaires", purpose)
        with self.at(*path):
            draft = questionnaires.start(scheme, purpose=purpose, by=self.by)
            sections = wish.parts["sections"]
            self.quietly(draft, SECTION, sections, (*path, "sections"))
            if not self.faults:
                questionnaires.publish(draft, by=self.by, why=WHY)
            self.changed(path, f"version {draft.number} published{differing(was, wish)}")

    def quietly(self, draft: Any, kind: Kind, rows: dict[str, Row], path: RowPath) -> None:
        """Fill a draft: one line of the changes says it all."""
        changes, self.changes = self.changes, []
        self.settings(draft, kind, {}, rows, path)
        self.changes = changes

    def decisions(self, scheme: Scheme, stored: Row, wish: Row) -> None:
        lots = {lot.key: lot for lot in scheme.lots.all()}
        was = stored.parts.get("decisions", {})
        for number, row in wish.parts["decisions"].items():
            with self.at("decisions", number):
                if number not in was:
                    self.decision(scheme, number, row, lots)
                elif row != was[number]:
                    raise Refused("A decision is never edited: record another, under its number")

    def decision(self, scheme: Scheme, number: str, row: Row, lots: dict[str, Lot]) -> None:
        if Decision.objects.filter(authority=scheme.authority_id, number=number).exists():
            raise Refused("Another scheme of the authority has a decision of this number")
        given = {n: v for n, v in row.values.items() if n != "authorisations"}
        fields = {name: python(Decision, name, value) for name, value in given.items()}
        day = models.DateField().to_python
        acts = [
            (act, lots[lot], day(first), day(last), standing)
            for act, lot, first, last, standing in row.values["authorisations"]
        ]
        schemes.record_decision(scheme, number=number, acts=acts, by=self.by, **fields)
        self.changed(("decisions", number), "on record")

    def publication(self, scheme: Scheme, stored: Row, wish: Row) -> None:
        was, shall_be = stored.values.get("is_published", False), wish.values["is_published"]
        with self.at("is_published"):
            if was and not shall_be:
                raise Refused("The scheme is published, and stays so")
            if shall_be and not was and not self.faults:
                schemes.publish(scheme, by=self.by)
                self.changed(("is_published",), "published")

    def keep(self, scheme: Scheme) -> None:
        """What the file said, for the next load to compare with."""
        loaded = SchemeLoad.objects.create(
            scheme=scheme,
            contents=self.file.scheme.plain(),
            fingerprint=self.file.fingerprint,
            loaded_at=now(),
            loaded_by=self.by,
        )
        note(scheme, "lots.scheme.loaded", by=self.by, fingerprint=loaded.fingerprint)


def dotted(path: RowPath) -> str:
    return ".".join(str(step) for step in path if step != "")


def opened_lots(scheme: Scheme) -> set[str]:
    """The keys of the lots that take or have taken applications, by the clock: those of a round
    that has opened and those open at any time, once the scheme is published."""
    begun = Round.objects.filter(scheme=scheme, opens_at__lte=now()).exclude(
        state__in=[ProcedureState.DRAFT, ProcedureState.CANCELLED]
    )
    in_rounds = RoundLot.objects.filter(round__in=begun).values_list("lot__key", flat=True)
    at_any_time = Lot.objects.none()
    if scheme.published_at:
        at_any_time = scheme.lots.with_mode().filter(mode=AdmissionMode.OPEN)
    return {*in_rounds, *at_any_time.values_list("key", flat=True)}


def members(parent: models.Model, kind: Kind) -> dict[str, Any]:
    """The rows of a kind within another, by what tells them apart."""
    within = next(
        field.name
        for field in kind.model._meta.fields
        if isinstance(field, models.ForeignKey) and isinstance(parent, field.related_model)
    )
    rows = kind.model._default_manager.filter(**{within: parent})
    return {str(getattr(row, kind.key)) if kind.key else "": row for row in rows}


def python(model: Any, name: str, value: Any) -> Any:
    """A plain value as a field of a model has it."""
    field = model._meta.get_field(name) if name else model
    return value if isinstance(field, models.ForeignKey) else field.to_python(value)


def cleaned(row: models.Model) -> Any:
    try:
        row.full_clean()
    except ValidationError as problem:
        field, messages = next(iter(problem.message_dict.items()))
        raise Refused(messages[0], field=field) from problem
    return row


def differing(was: Row | None, wish: Row) -> str:
    """Which questions of a version differ from those of the one before."""
    if was is None:
        return ""
    before, after = (questions_of(row) for row in (was, wish))
    keys = [key for key in {**after, **before} if before.get(key) != after.get(key)]
    return f": {', '.join(keys)}" if keys else ""


def questions_of(questionnaire: Row) -> dict[str, Row]:
    return {
        key: question
        for section in questionnaire.parts["sections"].values()
        for key, question in section.parts["questions"].items()
    }
