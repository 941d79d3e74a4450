"""`python -m tests.suite.proof.page`: write docs/proof.md anew from the mutants.

With `--results FILE` what `billproof mutants` kept there is taken into `measured.json` first.
"""

from __future__ import annotations

import argparse
import difflib
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter

from billproof.law import Clause, load_law
from billproof.mutants import memory
from billproof.mutants.application import mutated
from billproof.mutants.catalogue import Mutant, Patch, load_mutants
from billproof.mutants.fate import Fate
from billproof.mutants.ledger import Ledger, digest, key_of
from billproof.mutants.variants import Variant, load_variants
from billproof.suite import suite_root
from tests.suite.house.tree import ROOT

PAGE = ROOT / "docs" / "proof.md"
MEASURED = ROOT / memory.MEASURED
HEAD = """\
# The proof

Why believe a green run? Because each clause is red on a backend that breaks it. A mutant is the
bundled reference with one defect in it, as small as its diff here; it is killed when every clause
that it breaks says no, by itself, with `needs` switched off.

And why believe a red one? Because what the contract leaves open is not judged: [other ways to
obey](#other-ways-to-obey) stay green.

`billproof mutants` runs them; `billproof verify --mutant ID` shows one. This page is made by
`python -m tests.suite.proof.page`, its figures are those of real runs.
"""
OBEDIENT = """\
## Other ways to obey

A variant is the bundled reference with one change that the contract leaves open. Each clause that
looks at what is different must pass on it: a red one is a defect of the suite or of the contract.
`billproof verify --mutant ID --only …` shows one.
"""


class Measured(BaseModel):
    """What a run saw of one mutant."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    commit: str
    fate: Fate
    seconds: float
    by: dict[str, str]
    """For each clause that said no, what it had looked at."""
    reason: str = ""
    trials: list[str] = []
    """Who said no: the next run begins with them."""


Runs = TypeAdapter(dict[str, Measured])


def measured() -> dict[str, Measured]:
    """What is known of the mutants that there are, by id."""
    return Runs.validate_json(MEASURED.read_bytes())


def refresh(results: Path, mutants: Sequence[Mutant]) -> None:
    """Take in what still holds of a run's results; who is gone is forgotten."""
    suite, ledger, known = digest(), Ledger(results), measured()
    commit = subprocess.run(
        ["git", "rev-parse", "--short=10", "HEAD"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    for mutant in mutants:
        if proof := ledger.last(key_of(mutant, suite, matrix=False)):
            by = {clause: found.what for clause, found in proof.findings.items()}
            known[mutant.id] = Measured(
                commit=commit,
                fate=proof.fate,
                seconds=proof.seconds,
                by=by,
                reason=proof.reason,
                trials=proof.trials,
            )
    kept = {one.id: known[one.id] for one in mutants if one.id in known}
    MEASURED.write_bytes(Runs.dump_json(kept, indent=1) + b"\n")


def page(clauses: Sequence[Clause], mutants: Sequence[Mutant], runs: Mapping[str, Measured]) -> str:
    """The whole page: figures, survivors, and each clause with its mutants."""
    return "\n".join([HEAD, *_figures(mutants, runs), *_clauses(clauses, mutants, runs)])


def _figures(mutants: Sequence[Mutant], runs: Mapping[str, Measured]) -> Iterator[str]:
    fates = Counter(one.fate for one in runs.values())
    seconds = sum(one.seconds for one in runs.values())
    commits = ", ".join(sorted({f"`{one.commit}`" for one in runs.values()})) or "none yet"
    yield "| mutants | run | killed | survived | void | seconds of all runs | at commit |"
    yield "|--:|--:|--:|--:|--:|--:|---|"
    counts = " | ".join(str(fates[fate]) for fate in Fate)
    yield f"| {len(mutants)} | {len(runs)} | {counts} | {seconds:.0f} | {commits} |\n"
    for name, run in sorted(runs.items()):
        if run.fate is not Fate.KILLED:
            yield f"- **{run.fate}**: `{name}`. {run.reason}\n"


def _clauses(
    clauses: Sequence[Clause], mutants: Sequence[Mutant], runs: Mapping[str, Measured]
) -> Iterator[str]:
    shown: set[str] = set()
    for clause in clauses:
        yield f"## {clause.id}\n\n{clause.text}\n"
        for mutant in mutants:
            if clause.id in mutant.breaks and mutant.id in shown:
                yield f"- `{mutant.id}`, shown with {mutant.breaks[0]}: {mutant.sentence}\n"
            elif clause.id in mutant.breaks:
                shown.add(mutant.id)
                yield from _mutant(mutant, runs.get(mutant.id))


def _mutant(mutant: Mutant, run: Measured | None) -> Iterator[str]:
    yield f"**`{mutant.id}`** {mutant.sentence} Seen: {mutant.source.rstrip('.')}.\n"
    if run is not None:
        by = "; ".join(f"{clause} by «{what}»" for clause, what in sorted(run.by.items()))
        yield f"{run.fate.capitalize()}: {by or run.reason}\n"
    yield f"```diff\n{diff(mutant)}```\n"


def obedient(variants: Sequence[Variant]) -> str:
    """The page's end: what must stay green, with its diff."""
    return "\n".join(["", OBEDIENT, *(line for one in variants for line in _variant(one))])


def _variant(variant: Variant) -> Iterator[str]:
    yield f"**`{variant.id}`** {variant.sentence} Open: {variant.open.rstrip('.')}.\n"
    yield f"Green: {', '.join(variant.keeps)}\n"
    yield f"```diff\n{diff(variant)}```\n"


def diff(patch: Patch) -> str:
    """The lines that change, without where they are: other changes of the file move them."""
    text = (suite_root() / patch.file).read_text(encoding="utf-8")
    sides = (text.splitlines(), mutated(patch, text).splitlines())
    lines = list(difflib.unified_diff(*sides, lineterm="", n=0))[2:]
    told = [line if line[:2] != "@@" else "@@" for line in lines]
    return "".join(f"{line.rstrip()}\n" for line in (f"# {patch.file}", *told[1:]))


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.suite.proof.page")
    parser.add_argument("--results", type=Path, metavar="FILE")
    mutants = load_mutants()
    if results := parser.parse_args().results:
        refresh(results, mutants)
    text = page(load_law().clauses, mutants, measured()) + obedient(load_variants())
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
