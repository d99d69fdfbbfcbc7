"""Scheme files: read, checked in whole, and every fault named with its line."""

import inspect
import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from pydantic import TypeAdapter, ValidationError

from lots.loading.checks import CHECKS
from lots.loading.contents import Contents
from lots.loading.documents import Document, Fault, Unreadable, parsed
from lots.loading.merging import Row, RowPath
from lots.loading.rows import FileRows


@dataclass(frozen=True)
class SchemeFile:
    """A scheme file that has no fault by itself. `scheme` is what it says, as rows."""

    contents: Contents
    scheme: Row
    document: Document
    rows: FileRows

    @property
    def fingerprint(self) -> str:
        """The same for files that say the same."""
        return sha256(json.dumps(self.scheme.plain(), sort_keys=True).encode()).hexdigest()

    def line(self, path: RowPath) -> int:
        """The line of a row or of a value of it; of what it is within, where it is not there."""
        return self.document.line(self.rows.place(path))

    def fault(self, path: RowPath, message: str) -> Fault:
        """A fault at a row's place in the file."""
        return Fault(self.rows.place(path), message)


def read(content: bytes) -> SchemeFile:
    """Read a scheme file from its bytes. `Unreadable` has everything that is wrong with it."""
    document = parsed(content)
    parts, faults = well_formed(document.values)
    for check in CHECKS:
        needs = inspect.signature(check).parameters
        if needs.keys() <= parts.keys():
            faults += check(**{name: parts[name] for name in needs})
    if faults:
        raise Unreadable(document.sentences(faults))
    contents = Contents.model_construct(**parts)
    rows = FileRows(contents)
    return SchemeFile(contents, rows.scheme, document, rows)


def well_formed(values: dict[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    """The top parts of a file that are as they should be, and the faults of the others."""
    parts: dict[str, Any] = {}
    faults = [Fault((name,), "This is no key of a scheme file") for name in unknown(values)]
    for name, field in Contents.model_fields.items():
        if name not in values:
            if field.is_required():
                faults.append(Fault((name,), "The file needs this key"))
            else:
                parts[name] = field.get_default(call_default_factory=True)
            continue
        try:
            parts[name] = ADAPTERS[name].validate_python(values[name])
        except ValidationError as error:
            faults += [fault_of(each, name) for each in error.errors(include_url=False)]
    return parts, faults


def unknown(values: dict[str, Any]) -> list[str]:
    return [name for name in values if name not in Contents.model_fields]


def fault_of(error: Any, name: str) -> Fault:
    path = (name, *error["loc"])
    if error["type"] == "missing":
        return Fault(path, "This key is needed here")
    if error["type"] == "extra_forbidden":
        return Fault(path, "This is no key here")
    return Fault(path, error["msg"].removeprefix("Value error, "))


ADAPTERS = {name: TypeAdapter(kind) for name, kind in inspect.get_annotations(Contents).items()}
