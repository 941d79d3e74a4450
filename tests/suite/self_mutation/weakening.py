"""`python -m tests.suite.self_mutation.weakening FOLDER`: what fixtures assert carries the proof.

Each row of weakened.yaml is done to a copy of the checkout, which then judges the row's mutant of
the reference. Green is what is looked for: red says that something else catches the mutant, and
that the weakened assertion could be gone without anybody's knowing.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from billproof.verdicts.summary import ExitCode
from tests.suite.house.tree import copy_tree
from tests.suite.self_mutation.subjects import FOLDER

MOST_SECONDS = 300
"""Of one run: it judges the mutant's clauses alone."""


class Weakened(BaseModel):
    """One assertion, and the mutant that it alone catches."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    module: str
    was: str
    """A line that occurs once, without its indent."""
    becomes: str
    mutant: str

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
    """One line a row; exit code 1 where a weakening went without effect."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("folder", type=Path, help="for the copy; it is emptied first")
    folder: Path = reader.parse_args().folder
    shutil.rmtree(folder, ignore_errors=True)
    ends = list(_tried(copy_tree(folder)))
    sys.exit(not all(ends))


def _tried(copy: Path) -> Iterator[bool]:
    for row in load_weakened():
        code = _judged(copy, row)
        seen = code == ExitCode.CONFORMS
        told = "lets it pass" if seen else f"something else has an eye on it, exit code {code}"
        sys.stdout.write(f"{row.module}: {row.becomes}  # {row.was}\n  {row.mutant}: {told}\n")
        sys.stdout.flush()
        yield seen


def _judged(copy: Path, row: Weakened) -> int:
    """The exit code of a run that judges the mutant by the weakened fixture."""
    path = copy / row.module
    original = path.read_text(encoding="utf-8")
    path.write_text(row.text(copy), encoding="utf-8")
    own = os.pathsep.join((str(copy / "src"), str(copy)))
    command = (sys.executable, "-m", "billproof", "verify", "--mutant", row.mutant, "--no-needs")
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
