"""All verdicts in the few words that other programs have for a test."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from billproof.verdicts.verdict import Verdict

if TYPE_CHECKING:
    from billproof.verdicts.results import ClauseResult, Results


class Outcome(Enum):
    """What every format of tests can say."""

    PASSED = auto()
    FAILED = auto()
    ERROR = auto()
    """Nothing was shown, which must not read as green."""
    SKIPPED = auto()


OUTCOMES = {
    Verdict.PASS: Outcome.PASSED,
    Verdict.WARN: Outcome.PASSED,  # a SHOULD; the reason goes along
    Verdict.FAIL: Outcome.FAILED,
    Verdict.BLOCKED: Outcome.FAILED,
    Verdict.UNEXPECTED_PASS: Outcome.FAILED,
    Verdict.NOT_TESTABLE: Outcome.ERROR,
    Verdict.ERROR: Outcome.ERROR,
    Verdict.NOT_RUN: Outcome.ERROR,
    Verdict.NOT_APPLICABLE: Outcome.SKIPPED,
    Verdict.NOT_OBSERVABLE_HERE: Outcome.SKIPPED,
    Verdict.NOT_SCORED: Outcome.SKIPPED,
    Verdict.EXPECTED_FAIL: Outcome.SKIPPED,
    Verdict.FLAKY: Outcome.SKIPPED,
}

MEANINGS = {
    Verdict.PASS: "each of its trials held",
    Verdict.FAIL: "a trial found it broken, and it is a MUST",
    Verdict.WARN: "a trial found it broken, and it is no MUST",
    Verdict.BLOCKED: "it fails, and so does a clause that it needs: look there first",
    Verdict.NOT_TESTABLE: "what a trial starts from could not be had: nothing was shown",
    Verdict.NOT_RUN: "no trial judged it, or not all of them: the run ended before",
    Verdict.NOT_APPLICABLE: "its capability is not declared, and is refused as it should be",
    Verdict.NOT_OBSERVABLE_HERE: "it needs a backend that billproof starts, by --cmd or --app",
    Verdict.NOT_SCORED: "it came after the version of the contract that is claimed",
    Verdict.EXPECTED_FAIL: "it fails or is blocked, and the baseline says so",
    Verdict.FLAKY: "the baseline says that it fails only at times: it says nothing",
    Verdict.UNEXPECTED_PASS: "it passes, and the baseline says that it fails",
    Verdict.ERROR: "the suite's own fault, which says nothing of the backend",
}
"""For whoever reads a report; the page on reports in docs/ has the same words."""

_STALE = MEANINGS[Verdict.UNEXPECTED_PASS]
_PRUNE = "`billproof baseline prune` takes it out."
_REASONS = {
    Verdict.UNEXPECTED_PASS: _STALE,
    Verdict.NOT_RUN: "no trial judged it, or not all were run",
    Verdict.NOT_APPLICABLE: "its capability is not declared, and is refused cleanly",
    Verdict.NOT_OBSERVABLE_HERE: "it needs a backend that billproof starts: --cmd or --app",
    Verdict.NOT_SCORED: "it came after the version of the contract that the backend claims",
}


def unclaimed(results: Results) -> str:
    """What is there and was not judged, in a sentence; blank when nothing is."""
    if not results.unclaimed:
        return ""
    names = ", ".join(results.unclaimed)
    be, it = ("is", "it") if len(results.unclaimed) == 1 else ("are", "them")
    said = f"Not declared, but there: {names}, which {be} not judged."
    return f"{said} Name {it} in --capabilities or billproof.toml."


def unscored(results: Results) -> str:
    """Which clauses the claimed version has not, in a sentence; blank when there are none."""
    ids = [clause.id for clause in results.clauses if clause.verdict is Verdict.NOT_SCORED]
    if not ids:
        return ""
    return f"Not scored, for contract {results.target.contract} is claimed: {', '.join(ids)}."


def ended(results: Results) -> str:
    """What a printed curl line needs, in a sentence; blank where the backend goes on running."""
    if results.target.kind == "url":
        return ""
    said = "The backend of this run has ended with it."
    return f"{said} Start one, and put its address in the curl lines."


def reason(result: ClauseResult) -> str:
    """Why the clause has its verdict, in a line; blank for a plain pass."""
    if result.known is not None:
        known = f"{result.known.reason} ({result.known.owner})"
        stale = result.verdict is Verdict.UNEXPECTED_PASS
        return f"{_STALE}: {known}. {_PRUNE}" if stale else known
    if result.verdict is Verdict.BLOCKED:
        return f"blocked by {', '.join(result.blocked_by)}"
    finding = result.finding
    if finding is None:
        return _REASONS.get(result.verdict, "")
    if not (finding.expected or finding.got):
        return finding.what
    return f"{finding.what}: expected {finding.expected}, got {finding.got}"
