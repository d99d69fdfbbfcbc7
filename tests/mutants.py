"""`make mutants`: takes the line that guards each rule away and shows that its test fails.

tests/rules/mutations.toml lists them. A [[mutation]] has `rule` (1 to 10), `file`, `line` (one or
several that stand there, without their indentation; they must be there once), `becomes` (what
stands in their place; nothing if left out) and `test` (the pytest node that must fail). The
checkout is never touched: each is made in a copy.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

ROOT = Path(__file__).parent.parent
LISTED = ROOT / "tests" / "rules" / "mutations.toml"
LEFT_OUT = (".git", ".venv", "var", "screens", "staticfiles", "__pycache__", ".*_cache")
LANES = ("mutant0", "mutant1")  # as many are tried at once
KEEP, RENEW = "--reuse-db", "--create-db"


@dataclass(frozen=True)
class Mutation:
    rule: int
    file: str
    line: str
    test: str
    becomes: str = ""

    def __str__(self):
        guard, instead = (
            " / ".join(part.strip() for part in text.strip().split("\n"))
            for text in (self.line, self.becomes)
        )
        return f"rule {self.rule}: {self.file}: {guard} → {instead or 'nothing'}"

    def applied(self, text: str) -> str:
        """The file's text without its guard. LookupError unless it is there just once."""
        lines = text.split("\n")
        guard = [line.strip() for line in self.line.strip().split("\n")]
        bare = [line.strip() for line in lines]
        places = [n for n in range(len(lines)) if bare[n : n + len(guard)] == guard]
        if len(places) != 1:
            raise LookupError(f"NOT FOUND once but {len(places)} times")
        first, after = places[0], places[0] + len(guard)
        indentation = lines[first][: len(lines[first]) - len(lines[first].lstrip())]
        instead = [indentation + line for line in self.becomes.strip().split("\n") if line]
        changed = [*lines[:first], *instead, *lines[after:]]
        if not instead and not self.parses(changed):  # it was alone in its block
            changed = [*lines[:first], f"{indentation}pass", *lines[after:]]
        return "\n".join(changed)

    def parses(self, lines: list[str]) -> bool:
        try:
            return not self.file.endswith(".py") or bool(ast.parse("\n".join(lines)))
        except SyntaxError:
            return False


def listed(path: Path = LISTED) -> list[Mutation]:
    return [Mutation(**each) for each in tomllib.loads(path.read_text())["mutation"]]


@contextmanager
def copied(root: Path) -> Iterator[Path]:
    """A copy of the checkout, to be changed."""
    with tempfile.TemporaryDirectory(prefix="dps-mutants-") as folder:
        copy = Path(folder) / "checkout"
        shutil.copytree(root, copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
        yield copy


def pytest_in(copy: Path, lane: str, *options: str) -> subprocess.CompletedProcess:
    """Run tests of a copy, in a test database that is the lane's own and is kept for the next."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rfE", *options]
    env = {**os.environ, "TESTDB_SUFFIX": lane, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=copy, env=env, capture_output=True, text=True)


def is_in_database(changed: Path, copy: Path) -> bool:
    """Whether the change is one of the database's guards. One in a model is migrated first."""
    if "models" not in changed.parts:
        return "migrations" in changed.parts
    command = [sys.executable, "manage.py", "makemigrations", "--noinput"]
    made = subprocess.run(command, cwd=copy, capture_output=True, text=True)
    return "No changes detected" not in made.stdout


def fate(mutation: Mutation, root: Path, lane: str) -> str:
    """What became of it: `caught` when the test fails; otherwise what is wrong."""
    with copied(root) as copy:
        path = copy / mutation.file
        try:
            path.write_text(mutation.applied(path.read_text()))
        except (LookupError, FileNotFoundError) as problem:
            return str(problem)
        ran = pytest_in(copy, lane, RENEW if is_in_database(path, copy) else KEEP, mutation.test)
    if ran.returncode == 0:
        return f"SURVIVED {mutation.test}"
    if ran.returncode == 1 and "\nFAILED " in ran.stdout:
        return "caught"
    last_words = (ran.stdout + ran.stderr).strip().split("\n")[-1]
    return f"the test did not come to a verdict: {last_words}"


def run(mutations: list[Mutation], root: Path = ROOT) -> bool:
    """Try each, some at once; whether the tests pass as they are and each mutation is caught."""
    with copied(root) as copy:
        tests = {mutation.test for mutation in mutations}
        found = {test for test in tests if (copy / test.split("::")[0]).exists()}
        asked = pytest_in(copy, LANES[0], "--collect-only", *sorted(found))
        lost = re.findall(r"not found: (\S+)", asked.stderr)  # pytest leaves the parameters out
        found -= {test for test in found if str(copy / test.split("[")[0]) in lost}
        as_they_are = pytest_in(copy, LANES[0], KEEP, *sorted(found)) if found else asked
    failing = set(re.findall(r"^(?:FAILED|ERROR) ([^\s\[]+)", as_they_are.stdout, re.M))
    if found and as_they_are.returncode and not failing:
        print(as_they_are.stdout, as_they_are.stderr)
        return False
    lanes: Queue[str] = Queue()
    for lane in LANES:
        lanes.put(lane)

    def tried(mutation):
        if mutation.test not in found:
            return mutation, f"NO SUCH TEST {mutation.test}"
        if mutation.test.split("[")[0] in failing:
            return mutation, f"FAILS AS IT IS {mutation.test}"
        lane = lanes.get()
        try:
            return mutation, fate(mutation, root, lane)
        finally:
            lanes.put(lane)

    caught = 0
    with ThreadPoolExecutor(len(LANES)) as pool:
        for mutation, came in pool.map(tried, mutations):
            caught += came == "caught"
            print(f"{came}: {mutation}", flush=True)
    print(f"{caught} of {len(mutations)} caught")
    return caught == len(mutations)


if __name__ == "__main__":
    chosen = [m for m in listed() if not sys.argv[1:] or str(m.rule) in sys.argv[1:]]
    sys.exit(0 if run(chosen) else 1)
