"""docs/wishes.md: what was wished for first, and the tests that hold each.

`python -m tests.suite.law.wishes REPORT_DIR` holds it beside a real run: each trial that it
names was run there, judged its clause, and the clause passed.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from billproof.reports.reading import read_results
from billproof.verdicts.results import Results
from billproof.verdicts.verdict import Verdict
from tests.suite.house.tree import ROOT

PAGE = ROOT / "docs" / "wishes.md"
TRIALS = ("tests/api/", "tests/metrics/", "tests/ui/")
"""Where the tests are that judge a backend; the others judge what we ship."""
_HEADING = re.compile(r"^## (\d+)\. (.+)$")
_TEST = re.compile(r"^- (?:([A-Z]{3}-\d{3}): )?`(tests/[\w/]+\.py)::(\w+)`$")


@dataclass(frozen=True)
class Held:
    """A test that holds a wish."""

    clause: str | None
    """That it judges; None for a test of what we ship."""
    file: str
    name: str

    def __str__(self) -> str:
        """As pytest calls it."""
        return f"{self.file}::{self.name}"


@dataclass(frozen=True)
class Wish:
    """One wish, with its number."""

    number: int
    text: str
    tests: tuple[Held, ...]


def read(text: str) -> list[Wish]:
    """The wishes of the page; ValueError for a line of a list that is not understood."""
    found: list[tuple[int, str, list[Held]]] = []
    for line in text.splitlines():
        if heading := _HEADING.match(line):
            found.append((int(heading[1]), heading[2], []))
        elif line.startswith("- "):
            if not (told := _TEST.match(line)) or not found:
                raise ValueError(line)
            found[-1][2].append(Held(*told.groups()))
    return [Wish(number, text, tuple(tests)) for number, text, tests in found]


def missing_in_the_tree(wish: Wish, root: Path = ROOT) -> Iterator[str]:
    """Tests that are not there, or judge another clause than the page says."""
    for test in wish.tests:
        file = root / test.file
        marked = clauses_by_test(file.read_text("utf-8")) if file.is_file() else {}
        if test.name not in marked:
            yield f"{wish.number}: there is no {test}"
        elif (test.clause is not None) != test.file.startswith(TRIALS):
            yield f"{wish.number}: {test} is a trial, and those alone have a clause"
        elif test.clause is not None and test.clause not in marked[test.name]:
            yield f"{wish.number}: {test} does not judge {test.clause}"


def clauses_by_test(source: str) -> Mapping[str, set[str]]:
    """Each test of a file, with the clauses that it is marked with."""
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    return {each.name: set(_marks(each)) for each in functions if each.name.startswith("test_")}


def missing_in_the_run(wish: Wish, results: Results) -> Iterator[str]:
    """Trials that the run did not do for their clause, and clauses that did not pass."""
    judged = {clause.id: clause for clause in results.clauses}
    for test in wish.tests:
        if test.clause is None:
            continue
        clause = judged.get(test.clause)
        done = {name.partition("[")[0] for name in clause.tests} if clause else set()
        if str(test) not in done:
            yield f"{wish.number}: the run did not do {test} for {test.clause}"
        elif clause is not None and clause.verdict is not Verdict.PASS:
            yield f"{wish.number}: {test.clause} is {clause.verdict}"


def _marks(function: ast.FunctionDef) -> Iterator[str]:
    for mark in function.decorator_list:
        match mark:
            case ast.Call(func=ast.Name(id="clause"), args=[ast.Constant(value=str(name))]):
                yield name


def main(report: Path) -> int:
    """Print what is missing; 1 when anything is."""
    results = read_results(report)
    wishes = read(PAGE.read_text("utf-8"))
    missing = [line for wish in wishes for line in missing_in_the_run(wish, results)]
    told = missing or [f"{len(wishes)} wishes are held by the run in {report}."]
    sys.stdout.write("".join(f"{line}\n" for line in told))
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
