"""Three versions of a scheme: as last loaded, as stored now, as the file wants it. What people
have changed since the last load stays; all else becomes as the file says."""

from dataclasses import dataclass, field
from typing import Any

ABSENT = object()


@dataclass
class Row:
    """A row's values, and the rows within it by kind and key. Values are what JSON can hold."""

    values: dict[str, Any] = field(default_factory=dict)
    parts: dict[str, dict[str, "Row"]] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        parts = {
            kind: {key: row.plain() for key, row in rows.items()}
            for kind, rows in self.parts.items()
        }
        return {"values": self.values, "parts": parts}

    @classmethod
    def of(cls, plain: dict[str, Any]) -> "Row":
        parts = {
            kind: {key: cls.of(row) for key, row in rows.items()}
            for kind, rows in plain["parts"].items()
        }
        return cls(plain["values"], parts)


RowPath = tuple[str | int, ...]  # kind, key, kind, key, …, and perhaps a value's name


@dataclass(frozen=True)
class Left:
    """Something that people have changed since the last load, which therefore stays."""

    path: RowPath
    how: str


def merged(last: Row | None, stored: Row, wanted: Row) -> tuple[Row, list[Left]]:
    """The scheme as it shall be, and what was left in it. Without a last load, whatever differs
    was made by people."""
    left: list[Left] = []
    return both(last or Row(), stored, wanted, (), left), left


def both(last: Row, stored: Row, wanted: Row, path: RowPath, left: list[Left]) -> Row:
    values = {}
    for name, wish in wanted.values.items():
        is_, was = stored.values.get(name), last.values.get(name, ABSENT)
        values[name] = wish if is_ in (wish, was) else is_
        if values[name] != wish:
            left.append(Left((*path, name), f"changed since: {brief(is_)}, not {brief(wish)}"))
    parts = {}
    for kind in {**wanted.parts, **stored.parts}:
        then, now, then_on = (row.parts.get(kind, {}) for row in (last, stored, wanted))
        rows = {
            key: one(then.get(key), now.get(key), then_on.get(key), (*path, kind, key), left)
            for key in {**then_on, **now}
        }
        parts[kind] = {key: row for key, row in rows.items() if row}
    return Row(values, parts)


def one(
    last: Row | None, stored: Row | None, wanted: Row | None, path: RowPath, left: list[Left]
) -> Row | None:
    if stored and wanted:
        return both(last or Row(), stored, wanted, path, left)
    if stored is None:
        if last:
            left.append(Left(path, "taken away since"))
        return None if last else wanted
    if stored == last:
        return None
    how = "changed since, and the file has it no longer" if last else "added since"
    left.append(Left(path, how))
    return stored


def brief(value: Any) -> str:
    """A value in a message: short, and telling text from nothing."""
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return "nothing" if value in (None, "", []) else text if len(text) <= 40 else f"{text[:40]}…"
