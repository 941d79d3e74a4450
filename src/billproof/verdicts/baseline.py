"""Failures that are known: what a baseline makes of verdicts, and where it is stale."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field

from billproof.verdicts.results import ClauseResult, Fault, Known
from billproof.verdicts.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

EXCUSABLE = frozenset({Verdict.FAIL, Verdict.BLOCKED})
"""What an entry turns into an expected failure; what could not be seen is never expected."""

_SAID_BY_TRIALS = frozenset({Verdict.PASS, Verdict.WARN, *EXCUSABLE})
_Words = Annotated[str, Field(pattern=r"\S")]


class Entry(BaseModel):
    """One clause that is known to fail, and who knows why."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    clause: Annotated[str, Field(pattern=r"^[A-Z]{3}-\d{3}$")]
    reason: _Words
    owner: _Words
    expires: date | None = None
    """The last day on which it may stand there."""
    flaky: bool = False
    """It passes at one time and fails at another: told apart, and never counted as passed."""


def with_baseline(clauses: Sequence[ClauseResult], entries: Sequence[Entry]) -> list[ClauseResult]:
    """The verdicts, in the light of what is known to fail."""
    known = {entry.clause: entry for entry in entries}
    return [
        _known(clause, known[clause.id]) if clause.id in known else clause for clause in clauses
    ]


def stale(entries: Sequence[Entry], contract: Collection[str], today: date) -> list[Fault]:
    """A fault for each entry that is expired, or whose clause is not in the contract.

    An entry whose clause passes is told by that clause's own verdict.
    """
    reasons = [_stale(entry, contract, today) for entry in entries]
    return [Fault(code=4, reason=reason) for reason in reasons if reason]


def _known(clause: ClauseResult, entry: Entry) -> ClauseResult:
    verdict = clause.verdict
    if entry.flaky and verdict in _SAID_BY_TRIALS:
        verdict = Verdict.FLAKY
    elif verdict in EXCUSABLE:
        verdict = Verdict.EXPECTED_FAIL
    elif verdict is Verdict.PASS:
        verdict = Verdict.UNEXPECTED_PASS
    note = Known(reason=entry.reason, owner=entry.owner, expires=entry.expires)
    return clause.model_copy(update={"verdict": verdict, "known": note})


def _stale(entry: Entry, contract: Collection[str], today: date) -> str:
    if entry.clause not in contract:
        reason = f"Baseline: the contract has no clause {entry.clause} ({entry.owner})."
        return f"{reason} `billproof baseline prune` takes it out."
    if entry.expires is not None and entry.expires < today:
        reason = f"Baseline: {entry.clause} expired on {entry.expires} ({entry.owner}):"
        end = "" if entry.reason.endswith((".", "!", "?")) else "."
        return f"{reason} {entry.reason}{end} Mend it, or give it a later day."
    return ""
