"""`python -m tests.suite.self_mutation FOLDER`: change the machine, and see whether a test says no.

A sample of mutations, drawn by a seed; `--only GLOB` names modules, `--size 0` takes all.
`--write` keeps what was seen for docs/self-mutation.md.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.suite.house.tree import ROOT, copy_tree
from tests.suite.self_mutation.mutations import Mutation, sample
from tests.suite.self_mutation.page import Run, keep, table
from tests.suite.self_mutation.subjects import Held, chosen, load_subjects
from tests.suite.self_mutation.trying import Copy

SEED, SIZE = 20261128, 40
SLACK_SECONDS = 30
"""Beyond ten times what the tests took: a loop without end is a defect that was seen."""


@dataclass(frozen=True)
class Tried:
    """A mutation, and whether all tests were green with it."""

    mutation: Mutation
    survived: bool

    def words(self) -> str:
        """Where and what it is; with its diff when no test has seen it."""
        one = self.mutation
        told = f"survived\n{one.diff(ROOT)}" if self.survived else "killed"
        return f"{one.module}:{one.place[0][0]} {one.operator}: {told}"


def main() -> None:
    """Say what became of each mutation as it is tried, then the table.

    Exit code 1 when one survived and no reason is known.
    """
    options = _options()
    subjects = chosen(load_subjects(), options.only)
    size = options.size or sys.maxsize
    drawn = sample([one.module for one in subjects], size, options.seed, ROOT)
    shutil.rmtree(options.folder, ignore_errors=True)
    seen = defaultdict(list)
    for one in attempts(drawn, subjects, Copy(copy_tree(options.folder))):
        seen[one.mutation.module].append((one.mutation.diff(ROOT), one.survived))
        _say(one.words())
    runs = [Run.of(module, tried) for module, tried in seen.items()]
    _say(table(runs))
    if options.write:
        keep(runs, options.seed)
    sys.exit(any(run.unexplained() for run in runs))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def attempts(drawn: Sequence[Mutation], subjects: Sequence[Held], copy: Copy) -> Iterator[Tried]:
    """Each of them, tried against the tests of its module."""
    tests = {one.module: one.tests for one in subjects}
    needed = dict.fromkeys(tests[one.module] for one in drawn)
    limits = {each: 10 * copy.seconds(each) + SLACK_SECONDS for each in needed}
    for one in drawn:
        held = tests[one.module]
        text = one.text(ROOT) or ""
        yield Tried(one, copy.survives(one.module, text, held, limits[held]))


def _options() -> argparse.Namespace:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("folder", type=Path, help="for the copy; it is emptied first")
    reader.add_argument("--only", action="append", default=[], metavar="GLOB")
    reader.add_argument("--size", type=int, default=SIZE)
    reader.add_argument("--seed", type=int, default=SEED)
    reader.add_argument("--write", action="store_true")
    return reader.parse_args()


if __name__ == "__main__":
    main()
