"""Failures that are known: what a baseline makes of verdicts, and where it is stale."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field

from billproof.verdicts.results import ClauseResult, Fault, Known
from billproof.verdicts.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

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
    """The verdicts, in the light of what is known to fail.

    What only flaky clauses block says as little as they do.
    """
    known = {entry.clause: entry for entry in entries}
    judged = {clause.id: clause for clause in clauses}
    return [_known(clause, _entry_of(clause, judged, known)) for clause in clauses]


def stale(
    entries: Sequence[Entry],
    contract: Collection[str],
    today: date,
    judged: Sequence[ClauseResult] = (),
) -> list[Fault]:
    """A fault for each entry that is expired, or whose clause is not there or does not apply.

    An entry whose clause passes is told by that clause's own verdict.
    """
    absent = {one.id: one.capability for one in judged if one.verdict is Verdict.NOT_APPLICABLE}
    reasons = [_stale(entry, contract, today, absent) for entry in entries]
    return [Fault(code=4, reason=reason) for reason in reasons if reason]


def _known(clause: ClauseResult, entry: Entry | None) -> ClauseResult:
    """What an entry makes of it: of what it does not change it is no reason."""
    verdict = clause.verdict
    if entry is None:
        return clause
    if entry.flaky and verdict in _SAID_BY_TRIALS:
        verdict = Verdict.FLAKY
    elif verdict in EXCUSABLE:
        verdict = Verdict.EXPECTED_FAIL
    elif verdict is Verdict.PASS:
        verdict = Verdict.UNEXPECTED_PASS
    else:
        return clause
    note = Known(reason=entry.reason, owner=entry.owner, expires=entry.expires)
    return clause.model_copy(update={"verdict": verdict, "known": note})


def _entry_of(
    clause: ClauseResult, judged: Mapping[str, ClauseResult], known: Mapping[str, Entry]
) -> Entry | None:
    """Its own, else that of what blocks it."""
    root = None if clause.id in known else _flaky(clause, judged, known)
    if root is None:
        return known.get(clause.id)
    reason = f"blocked by {root.clause}, which is flaky: {root.reason}"
    return root.model_copy(update={"reason": reason})


def _flaky(
    clause: ClauseResult, judged: Mapping[str, ClauseResult], known: Mapping[str, Entry]
) -> Entry | None:
    """The entry of a flaky clause that blocks this one, when nothing else does."""
    if clause.verdict is not Verdict.BLOCKED:
        return None
    causes = [known.get(key) or _flaky(judged[key], judged, known) for key in clause.blocked_by]
    flaky = [cause for cause in causes if cause is not None and cause.flaky]
    return flaky[0] if flaky and len(flaky) == len(causes) else None


def _stale(entry: Entry, contract: Collection[str], today: date, absent: Mapping[str, str]) -> str:
    prune = "`billproof baseline prune` takes it out."
    if entry.clause not in contract:
        return f"Baseline: the contract has no clause {entry.clause} ({entry.owner}). {prune}"
    if entry.clause in absent:
        why = f"{absent[entry.clause]} is not declared, so {entry.clause} does not apply"
        return f"Baseline: {why} ({entry.owner}). {prune}"
    if entry.expires is not None and entry.expires < today:
        reason = f"Baseline: {entry.clause} expired on {entry.expires} ({entry.owner}):"
        end = "" if entry.reason.endswith((".", "!", "?")) else "."
        return f"{reason} {entry.reason}{end} Mend it, or give it a later day."
    return ""
