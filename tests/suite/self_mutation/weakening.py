"""`python -m tests.suite.self_mutation.weakening FOLDER`: what fixtures assert carries the proof.

Each row of weakened.yaml is done to a copy of the checkout, which then judges the row's mutant of
the reference. Where that is green, the mutant rests on the assertion alone; where it is red,
another check of the same trial sees it, too.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from billproof.mutants.catalogue import find_mutant, load_mutants
from billproof.verdicts.summary import ExitCode
from tests.suite.house.tree import copy_tree
from tests.suite.self_mutation.subjects import FOLDER, commit

MOST_SECONDS = 300
"""Of one run: it judges the mutant's clauses alone."""
ESCAPES, CAUGHT = "it gets away", "is caught otherwise"
TOLD = {int(ExitCode.CONFORMS): ESCAPES, int(ExitCode.DOES_NOT_CONFORM): CAUGHT}
WEAKENED = FOLDER / "weakened.json"
Seen = TypeAdapter(dict[str, str])
"""What was seen of each row, by its key."""


class Weakened(BaseModel):
    """One assertion, and a mutant that it catches."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    module: str
    was: str
    """A line that occurs once, without its indent."""
    becomes: str
    mutant: str

    @property
    def key(self) -> str:
        """By which what was seen of it is kept."""
        return f"{self.module} {self.mutant} {self.becomes}"

    def text(self, root: Path) -> str:
        """The module with the weakened line; LookupError when it is not there once."""
        code = (root / self.module).read_text(encoding="utf-8")
        if code.count(self.was) != 1:
            raise LookupError(f"{self.module} has not just one {self.was!r}")
        return code.replace(self.was, self.becomes)


def load_weakened() -> list[Weakened]:
    """The rows of weakened.yaml."""
    rows = yaml.safe_load((FOLDER / "weakened.yaml").read_text(encoding="utf-8"))
    return TypeAdapter(list[Weakened]).validate_python(rows)


def main() -> None:
    """What became of each row's mutant; exit code 1 where a run gave no verdict."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("folder", type=Path, help="for the copy; it is emptied first")
    reader.add_argument("--write", action="store_true", help="keep it for docs/self-mutation.md")
    reader.add_argument("--only", action="append", metavar="MUTANT", help="these rows alone")
    options = reader.parse_args()
    shutil.rmtree(options.folder, ignore_errors=True)
    rows = [row for row in load_weakened() if row.mutant in (options.only or [row.mutant])]
    ends = dict(_tried(rows, copy_tree(options.folder)))
    if options.write:
        known = Seen.validate_json(WEAKENED.read_bytes()) | ends
        kept = {row.key: known[row.key] for row in load_weakened() if row.key in known}
        WEAKENED.write_bytes(Seen.dump_json(kept, indent=1) + b"\n")
    sys.exit(not all(told.startswith((ESCAPES, CAUGHT)) for told in ends.values()))


def _tried(rows: Sequence[Weakened], copy: Path) -> Iterator[tuple[str, str]]:
    for row in rows:
        code = _judged(copy, row)
        told = TOLD.get(code, f"no verdict, exit code {code}")
        sys.stdout.write(f"{row.module}: {row.becomes}  # {row.was}\n  {row.mutant} {told}\n")
        sys.stdout.flush()
        yield row.key, f"{told} ({commit(row.module)})"


def _judged(copy: Path, row: Weakened) -> int:
    """The exit code of a run that judges the mutant by the weakened fixture."""
    path = copy / row.module
    original = path.read_text(encoding="utf-8")
    path.write_text(row.text(copy), encoding="utf-8")
    own = os.pathsep.join((str(copy / "src"), str(copy)))
    clauses = ",".join(find_mutant(row.mutant, load_mutants()).breaks)
    words = ("--mutant", row.mutant, "--only", clauses, "--no-needs", "-n", "1")
    command = (sys.executable, "-m", "billproof", "verify", *words)
    try:
        return subprocess.run(
            command,
            cwd=copy,
            env=os.environ | {"PYTHONPATH": own},
            stdout=subprocess.DEVNULL,
            timeout=MOST_SECONDS,
            check=False,
        ).returncode
    finally:
        path.write_text(original, encoding="utf-8")


if __name__ == "__main__":
    main()
