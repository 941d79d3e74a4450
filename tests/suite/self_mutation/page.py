"""What was seen, kept in measured.json, and docs/self-mutation.md made of it."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict, TypeAdapter

from tests.suite.house.tree import ROOT
from tests.suite.self_mutation.subjects import FOLDER, load_harmless

PAGE = ROOT / "docs" / "self-mutation.md"
MEASURED = FOLDER / "measured.json"
HEAD = """\
| module | mutated | killed | survived | of these unexplained |
|---|--:|--:|--:|--:|"""


class Run(BaseModel):
    """One module: how many of its mutations were tried, and the diffs of those that survived."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    module: str
    mutated: int
    survivors: list[str]
    seed: int = 0
    date: str = ""
    commit: str = ""

    @classmethod
    def of(cls, module: str, tried: Sequence[tuple[str, bool]]) -> Run:
        """From each mutation's diff, and whether it survived."""
        survivors = [diff for diff, survived in tried if survived]
        return cls(module=module, mutated=len(tried), survivors=survivors)

    def why(self, survivor: str) -> str:
        """Why this survivor does no harm; empty where nobody has said so."""
        for one in load_harmless():
            if one.module == self.module and survivor == f"- {one.was}\n+ {one.becomes}":
                return one.why
        return ""

    def unexplained(self) -> list[str]:
        """Survivors that ask for a test."""
        return [one for one in self.survivors if not self.why(one)]


Runs = TypeAdapter(list[Run])


def table(runs: Sequence[Run]) -> str:
    """One row a module, and a row for all."""
    rows = [(run.mutated, len(run.survivors), len(run.unexplained())) for run in runs]
    names = [*(run.module for run in runs), "together"]
    lines = [
        f"| {name} | {mutated} | {mutated - survived} | {survived} | {unexplained} |"
        for name, (mutated, survived, unexplained) in zip(
            names, [*rows, [sum(column) for column in zip(*rows, strict=True)]], strict=True
        )
    ]
    return "\n".join([HEAD, *lines])


def keep(runs: Sequence[Run], seed: int) -> None:
    """Take the runs in, each in place of the module's last, and write the page."""
    commit = subprocess.run(
        ("git", "rev-parse", "--short=10", "HEAD"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    told = {"seed": seed, "commit": commit, "date": datetime.now(UTC).date().isoformat()}
    known = {run.module: run for run in measured()}
    known |= {run.module: run.model_copy(update=told) for run in runs}
    kept = [known[module] for module in sorted(known)]
    MEASURED.write_bytes(Runs.dump_json(kept, indent=1) + b"\n")


def measured() -> list[Run]:
    """What was seen of each module when it was last tried."""
    return Runs.validate_json(MEASURED.read_bytes())
