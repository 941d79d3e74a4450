"""From what a run observed to its published results."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING

from billproof import __version__
from billproof.law.versions import order
from billproof.reports import writing
from billproof.reports.reading import Report
from billproof.verdicts.baseline import Entry, stale, with_baseline
from billproof.verdicts.baseline_file import read_baseline
from billproof.verdicts.judge import judge
from billproof.verdicts.results import (
    ClauseResult,
    ContractIdentity,
    Results,
    SuiteIdentity,
    TargetIdentity,
)
from billproof.verdicts.summary import summarise
from billproof.verify.command_line import again_line, command_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from billproof.law import Clause, Law
    from billproof.run.record import Record
    from billproof.verify.observed import Observed
    from billproof.verify.options import Options
    from billproof.verify.selection import Selection

claim, clear = writing.claim, writing.clear


def results_of(options: Options, law: Law, selection: Selection, observed: Observed) -> Results:
    """The verdicts of a run, as they are published."""
    seed = observed.plan.seed
    named = observed.plan.browser if observed.plan.engine == "firefox" else None
    entries = known_failures(options)
    evidence = observed.evidence(needs_count=options.needs, newer=selection.newer)
    judged = judge(selection.clauses, evidence)
    clauses = [
        _in_words(result, law.clause(result.id), again_line(options, result.id, seed, named))
        for result in with_baseline(judged, entries)
    ]
    faults = [*observed.faults, *stale(entries, law.by_id, observed.started.date(), judged)]
    return Results(
        suite=SuiteIdentity(version=__version__, browser=observed.browser),
        contract=contract_identity(law),
        target=TargetIdentity(
            kind=observed.plan.target.kind,
            name=target_name(options),
            capabilities=list(selection.declared),
            contract=options.contract,
        ),
        seed=seed,
        command=command_line(options, seed, named),
        shard=None if options.shard is None else str(options.shard),
        started=observed.started.replace(microsecond=0),
        seconds=round(observed.seconds, 1),
        unclaimed=observed.unclaimed,
        summary=summarise(clauses, faults, partial=selection.partial),
        clauses=clauses,
    )


def known_failures(options: Options) -> tuple[Entry, ...]:
    """The entries of the run's baseline; UsageError for a file that is not understood."""
    return () if options.baseline is None else read_baseline(options.baseline).entries


def contract_identity(law: Law) -> ContractIdentity:
    """The newest version that a clause names, and a digest over all ids, levels and texts."""
    rows = sorted(f"{clause.id} {clause.level} {clause.text}" for clause in law.clauses)
    digest = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    version = max((clause.since for clause in law.clauses), key=order)
    return ContractIdentity(version=version, clauses=digest, total=len(law.clauses))


def _in_words(result: ClauseResult, clause: Clause, again: str) -> ClauseResult:
    """The result with what the contract says of its clause, for readers without the contract."""
    words = {"text": clause.text, "why": clause.why, "hint": clause.hint}
    return result.model_copy(update={**words, "defects": list(clause.defects), "again": again})


def target_name(options: Options) -> str:
    """What was judged, in a few words."""
    if options.mutant is not None:
        return f"the bundled reference with the change {options.mutant}"
    return options.url or options.cmd or options.app or "the bundled reference"


def write(folder: Path, results: Results, records: Sequence[Record]) -> None:
    """Write it all; nothing in it is secret."""
    by_clause: dict[str, list[Record]] = defaultdict(list)
    for record in sorted(records, key=lambda record: record.test):
        for clause in record.clauses:
            by_clause[clause].append(record)
    writing.write(folder, Report(results, by_clause))
