"""`python -m tests.suite.self_mutation.page`: write docs/self-mutation.md anew from what was seen.

What was seen of the machine is in measured.json, of what fixtures assert in weakened.json.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter

from tests.suite.house.tree import ROOT
from tests.suite.self_mutation.subjects import FOLDER, commit, load_harmless
from tests.suite.self_mutation.weakening import WEAKENED, Seen, load_weakened

INTRODUCTION = """\
# The suite's own tests, under mutation

[The proof](proof.md) says that each clause is red on a backend that breaks it. This page asks the
same of the machine that judges: where a line of it is changed, does a test say no?

`./nox -s self_mutation` changes a sample of the places that Cosmic Ray would change, one at a time
and one way each, and a kind of its own: a `check(…)` or a `raise` that is left out. The tests of a
module are named in `tests/suite/self_mutation/subjects.yaml`: quick ones that start no backend;
what the proof, the null servers and the variants would catch beside them does not count here.
`-- --only 'trials/*' --size 40 --seed 1` draws another sample, `--write` takes it into this page. A
commit here is the last one that had changed the module.
Annotations, `frozen`, the `*` among arguments, `@cache` and `is` for `==` are left alone: the first
three are mypy's affair, the others change no answer.

The first samples found that no quick test looked at `trials/answer.py`, `shape.py`, `outcome.py`
and `selection.py`, nor at what `fixtures` compare; that the trials of invalid requests found their
words in the name of the trial, whatever was said of the request; that a table without its paused
rows passed the linter; and a few cases more. They have their tests now; the figures are later ones.
"""
ASSERTED = """\
The assertions that trials share lie in `fixtures`. Those in Python alone are above, with tests of
their own. Others are weakened by hand, in a copy that then judges a mutant of the reference by the
clause that it breaks (`python -m tests.suite.self_mutation.weakening FOLDER`). One that gets away
rests on that assertion alone; of the others a further check of the same trial says no. A
`check(…)` that is left out altogether is seen by CI besides: `tests/suite/law/checks.txt` has the
name of each.
"""
PAGE = ROOT / "docs" / "self-mutation.md"
MEASURED = FOLDER / "measured.json"
HEAD = """\
| module | mutated | killed | survived | unexplained | seen |
|---|--:|--:|--:|--:|---|"""


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
    told = [f"{run.date}, {run.commit}, seed {run.seed}" if run.date else "" for run in runs]
    names = [*(run.module for run in runs), "together"]
    sums = [sum(column) for column in zip(*rows, strict=True)] or [0, 0, 0]
    lines = [
        f"| {name} | {mutated} | {mutated - survived} | {survived} | {unexplained} | {when} |"
        for name, (mutated, survived, unexplained), when in zip(
            names, [*rows, sums], [*told, ""], strict=True
        )
    ]
    return "\n".join([HEAD, *lines])


def keep(runs: Sequence[Run], seed: int) -> None:
    """Take the runs in, each in place of the module's last, and write the page."""
    told = {"seed": seed, "date": datetime.now(UTC).date().isoformat()}
    known = {run.module: run for run in measured()}
    known |= {
        run.module: run.model_copy(update=told | {"commit": commit(run.module)}) for run in runs
    }
    kept = [known[module] for module in sorted(known)]
    MEASURED.write_bytes(Runs.dump_json(kept, indent=1) + b"\n")
    PAGE.write_text(page(), encoding="utf-8")


def measured() -> list[Run]:
    """What was seen of each module when it was last tried."""
    return Runs.validate_json(MEASURED.read_bytes())


def page() -> str:
    """The page: how much of each module, which survivors, and what fixtures assert."""
    runs = measured()
    parts = [INTRODUCTION, table(runs), "", "## Survivors", ""]
    parts += [part for run in runs for part in _survivors(run)]
    parts += ["## What fixtures assert", "", ASSERTED, *_weakened()]
    return "\n".join(parts) + "\n"


def _survivors(run: Run) -> Iterator[str]:
    for survivor in run.survivors:
        yield f"`{run.module}`: {run.why(survivor) or 'no reason is known; it asks for a test.'}"
        yield f"\n```diff\n{survivor}\n```\n"


def _weakened() -> Iterator[str]:
    yield "| fixture | assertion | becomes | mutant | with it |"
    yield "|---|---|---|---|---|"
    seen = Seen.validate_json(WEAKENED.read_bytes())
    for one in load_weakened():
        told = seen.get(one.key, "not tried")
        was, becomes = (text.replace("|", "\\|") for text in (one.was, one.becomes))
        yield f"| {Path(one.module).stem} | `{was}` | `{becomes}` | {one.mutant} | {told} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
