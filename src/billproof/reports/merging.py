"""The shards of one run, put together into the run that they are parts of."""

from __future__ import annotations

import shlex
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from billproof.errors import UsageError
from billproof.reports.reading import Report
from billproof.verdicts.summary import summarise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from billproof.run.record import Record
    from billproof.verdicts.results import ClauseResult, Fault, Results

SHARD_OPTION = "--shard"


def merge(reports: Sequence[Report]) -> Report:
    """The whole run; UsageError unless these are all of its shards, each once, and agree."""
    parts = [report.results for report in reports]
    _check_shards(parts)
    _check_same_run(parts)
    _check_complete(parts)
    clauses = _clauses(parts)
    first = min(parts, key=lambda part: part.started)
    ends = [part.started + timedelta(seconds=part.seconds) for part in parts]
    whole = first.model_copy(
        update={
            "command": _whole_command(first),
            "shard": None,
            "suite": first.suite.model_copy(update={"browser": _browsers(parts)}),
            "seconds": round((max(ends) - first.started).total_seconds(), 1),
            "unclaimed": sorted({name for part in parts for name in part.unclaimed}),
            "clauses": clauses,
            "summary": summarise(
                clauses, _faults(parts), partial=len(clauses) < first.contract.total
            ),
        }
    )
    return Report(whole, _records(reports))


def _browsers(parts: Sequence[Results]) -> str | None:
    """Not every shard has pages, and each may lie on another machine."""
    return "; ".join(sorted({part.suite.browser for part in parts if part.suite.browser})) or None


def _check_shards(parts: Sequence[Results]) -> None:
    if not parts or any(part.shard is None for part in parts):
        raise UsageError("A run that is no shard cannot be merged.", "Use verify --shard k/n.")


def _check_same_run(parts: Sequence[Results]) -> None:
    """Shards that differ in anything else are of different runs."""
    for name, of in {
        "suite": lambda part: part.suite.version,
        "contract": lambda part: part.contract.clauses,
        "target": lambda part: part.target,
        "seed": lambda part: part.seed,
        "command": _whole_command,
    }.items():
        found = {repr(of(part)): part for part in parts}
        if len(found) > 1:
            one, other = list(found.values())[:2]
            reason = f"Shards {one.shard} and {other.shard} are not of one run: "
            reason += f"each has another {name}."
            raise UsageError(reason, "Judge them with the same command, --shard apart.")


def _check_complete(parts: Sequence[Results]) -> None:
    """Each of 1/n to n/n is there once."""
    counted = Counter(str(part.shard) for part in parts)
    sizes = {shard.partition("/")[2] for shard in counted}
    if len(sizes) > 1:
        reason = f"Shards of {' and of '.join(sorted(sizes))} are not of one run."
        raise UsageError(reason, "Name the folders of one run alone.")
    size = sizes.pop()
    missing = [f"{n}/{size}" for n in range(1, int(size) + 1) if f"{n}/{size}" not in counted]
    if missing:
        reason = f"Shards are missing: {', '.join(missing)}."
        raise UsageError(reason, "Name their folders, too; where one has no report, judge it.")
    twice = sorted(shard for shard, count in counted.items() if count > 1)
    if twice:
        reason = f"Shards are there more than once: {', '.join(twice)}."
        raise UsageError(reason, "Name one folder for each.")


def _clauses(parts: Sequence[Results]) -> list[ClauseResult]:
    """Each clause once; what several shards needed has the same verdict in all of them."""
    found: dict[str, tuple[ClauseResult, str]] = {}
    for part in sorted(parts, key=lambda one: str(one.shard)):
        for clause in part.clauses:
            kept, shard = found.setdefault(clause.id, (clause, str(part.shard)))
            if kept.verdict is not clause.verdict:
                reason = f"{clause.id} is {kept.verdict} in shard {shard}"
                reason += f" and {clause.verdict} in shard {part.shard}."
                advice = f"Judge it alone, more than once: {clause.again}"
                raise UsageError(reason, advice)
    return [found[key][0] for key in sorted(found)]


def _records(reports: Sequence[Report]) -> Mapping[str, Sequence[Record]]:
    """The records of the shard whose result was kept."""
    found: dict[str, Sequence[Record]] = {}
    for report in sorted(reports, key=lambda one: str(one.results.shard)):
        for clause, records in report.records.items():
            found.setdefault(clause, records)
    return found


def _faults(parts: Sequence[Results]) -> list[Fault]:
    found: list[Fault] = []
    for part in parts:
        found += [fault for fault in part.summary.faults if fault not in found]
    return found


def _whole_command(part: Results) -> str:
    """The command of the run in one piece."""
    words = shlex.split(part.command)
    if SHARD_OPTION in words:
        at = words.index(SHARD_OPTION)
        del words[at : at + 2]
    return shlex.join(words)
