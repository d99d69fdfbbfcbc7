"""A YAML document as plain text values, with the line of each."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

Path = tuple[str | int, ...]  # keys of mappings, and places in lists counted from 0
LONGEST = 60  # characters of a value that a message repeats


@dataclass(frozen=True)
class Fault:
    """What is wrong at a place."""

    path: Path
    message: str


class Unreadable(Exception):
    """Everything that is wrong with a file: a sentence a fault, each with its line, in order."""

    def __init__(self, sentences: list[str]):
        super().__init__("\n".join(sentences))
        self.sentences = sentences


@dataclass(frozen=True)
class Document:
    """The values of a file, all of them text, and the line of each place."""

    values: Any
    lines: dict[Path, int]

    def line(self, path: Path) -> int:
        """The line of a place; of what it is within, where the place itself is not there."""
        while path not in self.lines:
            path = path[:-1]
        return self.lines[path]

    def given(self, path: Path) -> Any:
        """What is at a place; None where nothing is."""
        found = self.values
        for step in path:
            try:
                found = found[step]
            except (KeyError, IndexError, TypeError):
                return None
        return found

    def sentences(self, faults: list[Fault]) -> list[str]:
        """The faults as people read them, with the text that was given, in the file's order:
        `line 17: lots.1.tiers.3.ceiling: Input should be … (given: 'twenty')`."""
        ordered = sorted(faults, key=lambda fault: self.line(fault.path))
        return [self.sentence(fault) for fault in ordered]

    def sentence(self, fault: Fault) -> str:
        place = ".".join(str(step) for step in fault.path)
        said = f"{place}: {fault.message}" if place else fault.message
        given = self.given(fault.path)
        shown = f" (given: {shortened(given)})" if isinstance(given, str) else ""
        return f"line {self.line(fault.path)}: {said}{shown}"


def shortened(text: str) -> str:
    return repr(text if len(text) <= LONGEST else f"{text[:LONGEST]}…")


def parsed(content: bytes) -> Document:
    """Read a document. `Unreadable` names what no loader would: bytes that are not UTF-8, bad YAML,
    aliases, and keys that are given twice (of which PyYAML silently keeps the last)."""
    text = decoded(content)
    try:
        events = list(yaml.parse(text, yaml.CBaseLoader))
        root = yaml.compose(text, yaml.CBaseLoader)
    except yaml.YAMLError as error:
        raise Unreadable([syntax(error, text)]) from error
    aliases = [line_of(event) for event in events if isinstance(event, yaml.AliasEvent)]
    if aliases:
        raise Unreadable([f"line {n}: Aliases are not read: write the value out" for n in aliases])
    if not isinstance(root, MappingNode):
        raise Unreadable(["line 1: A scheme file is a list of keys and their values"])
    lines: dict[Path, int] = {(): 1}
    faults: list[Fault] = []
    values = value_of(root, (), lines, faults)
    if faults:
        raise Unreadable(Document({}, lines).sentences(faults))
    return Document(values, lines)


def decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Unreadable([f"line {line}: This is not UTF-8. Save the file as UTF-8"]) from error


def line_of(thing: Node | yaml.Event) -> int:
    return thing.start_mark.line + 1 if thing.start_mark else 1


def syntax(error: yaml.YAMLError, text: str) -> str:
    mark = getattr(error, "problem_mark", None)
    line = min(mark.line, text.count("\n")) + 1 if mark else 1
    told = [getattr(error, name, None) for name in ("context", "problem")]
    problem = ", ".join(part for part in told if part) or str(error)
    return f"line {line}: This is not YAML: {problem}"


def value_of(node: Node, path: Path, lines: dict[Path, int], faults: list[Fault]) -> Any:
    """The plain value of a node; the lines of what is in it go into `lines`."""
    if isinstance(node, SequenceNode):
        found = []
        for place, item in enumerate(node.value):
            lines[(*path, place)] = line_of(item)
            found.append(value_of(item, (*path, place), lines, faults))
        return found
    if isinstance(node, MappingNode):
        return dict(members(node, path, lines, faults))
    return node.value


def members(
    node: MappingNode, path: Path, lines: dict[Path, int], faults: list[Fault]
) -> Iterator[tuple[str, Any]]:
    first: dict[str, int] = {}
    for key, value in node.value:
        line = line_of(key)
        name = key.value if isinstance(key, ScalarNode) else "?"
        place = (*path, name)
        lines[place] = line
        if not isinstance(key, ScalarNode):
            faults.append(Fault(place, "A key is a word"))
        elif name in first:
            faults.append(Fault(place, f"The key is given twice, first on line {first[name]}"))
        else:
            first[name] = line
            yield name, value_of(value, place, lines, faults)
