"""From verdicts to the one on the backend: counts, `conforms`, the exit code, a sentence."""

from __future__ import annotations

from collections import Counter
from enum import IntEnum
from typing import TYPE_CHECKING

from billproof.verdicts.results import ClauseResult, Fault, Summary
from billproof.verdicts.verdict import LOOKED_AT, RED, UNPROVEN, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence


class ExitCode(IntEnum):
    """What the process says to its caller."""

    CONFORMS = 0
    DOES_NOT_CONFORM = 1
    USAGE = 2
    ENVIRONMENT = 3
    STALE_BASELINE = 4
    SUITE = 5
    INTERRUPTED = 130
    """As a shell says of what Ctrl-C has ended; a report's own code is that of its verdicts."""


PRECEDENCE = (
    ExitCode.USAGE,
    ExitCode.SUITE,
    ExitCode.ENVIRONMENT,
    ExitCode.DOES_NOT_CONFORM,
    ExitCode.STALE_BASELINE,
)
"""Which code is said when several hold."""


def exit_code(verdicts: Sequence[Verdict], faults: Sequence[Fault]) -> ExitCode:
    """The code of a run; 0 only when something ran and nothing is red."""
    holding = {ExitCode(fault.code) for fault in faults}
    if Verdict.ERROR in verdicts:
        holding.add(ExitCode.SUITE)
    if RED.intersection(verdicts) or not LOOKED_AT.intersection(verdicts):
        holding.add(ExitCode.DOES_NOT_CONFORM)
    if Verdict.UNEXPECTED_PASS in verdicts:
        holding.add(ExitCode.STALE_BASELINE)
    return next((code for code in PRECEDENCE if code in holding), ExitCode.CONFORMS)


def summarise(
    clauses: Sequence[ClauseResult], faults: Sequence[Fault], *, partial: bool
) -> Summary:
    """Counts, exit code, and whether the backend conforms (None for a part of the clauses)."""
    verdicts = [clause.verdict for clause in clauses]
    counts = Counter(verdicts)
    code = exit_code(verdicts, faults)
    return Summary(
        conforms=None if partial else code is ExitCode.CONFORMS and not UNPROVEN & counts.keys(),
        exit_code=int(code),
        counts={verdict: counts[verdict] for verdict in Verdict},
        faults=list(faults),
    )


_SENTENCES = {
    ExitCode.SUITE: "No verdict: the suite itself is at fault.",
    ExitCode.STALE_BASELINE: "Stale baseline: nothing fails that it does not name,"
    " but an entry of it holds no longer.",
    ExitCode.ENVIRONMENT: "No verdict: the run could not see everything that it had to.",
    ExitCode.USAGE: "No verdict: the run was asked wrongly.",
}


def sentence(summary: Summary, kind: str) -> str:
    """The verdict on the backend in words."""
    code = ExitCode(summary.exit_code)
    failing = summary.counts.get(Verdict.FAIL, 0)
    if code is ExitCode.SUITE and failing:
        # Whatever is wrong with us: whoever reads the end alone is not to pass over these.
        clauses = "clause fails" if failing == 1 else "clauses fail"
        return f"{_SENTENCES[code][:-1]}; {failing} {clauses} beside that."
    if code is ExitCode.DOES_NOT_CONFORM or failing:
        return (
            "Does not conform." if summary.conforms is False else "What was selected does not pass."
        )
    return _SENTENCES.get(code) or _of_success(summary, kind)


def _of_success(summary: Summary, kind: str) -> str:
    unseen = summary.counts.get(Verdict.NOT_OBSERVABLE_HERE, 0)
    if any(summary.counts.get(verdict) for verdict in UNPROVEN):
        return "Does not conform, but nothing fails that the baseline does not name."
    if summary.conforms is None:
        return "What was selected passes; this says nothing about the rest."
    if kind == "url" and unseen:
        clauses = "clause needs" if unseen == 1 else "clauses need"
        return f"Conforms, as observed by URL; {unseen} {clauses} --cmd."
    return "Conforms."
