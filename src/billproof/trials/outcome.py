"""From what a trial raised to how it ended, and why, in words."""

from __future__ import annotations

import pytest

from billproof.errors import CannotTest, NotDeclared, NotObservableHere, Violation
from billproof.run.record import Finding, Outcome
from billproof.trials import journal

# Playwright's and plain assertions are about the backend; everything else is our fault.
_ROWS: tuple[tuple[type[BaseException], Outcome], ...] = (
    (Violation, Outcome.FAILED),
    (AssertionError, Outcome.FAILED),
    (NotObservableHere, Outcome.NOT_OBSERVABLE),
    (NotDeclared, Outcome.NOT_DECLARED),
    (CannotTest, Outcome.CANNOT_TEST),
)


def timed_out(error: BaseException) -> bool:
    """Whether pytest-timeout ended the trial."""
    return isinstance(error, pytest.fail.Exception) and str(error).startswith("Timeout")


def outcome_of(error: BaseException) -> Outcome:
    """How a trial that raised `error` ended."""
    for kind, outcome in _ROWS:
        if isinstance(error, kind):
            return outcome
    return Outcome.ERROR


def finding_of(caught: pytest.ExceptionInfo[BaseException], outcome: Outcome) -> Finding:
    """Why, in words; the traceback only where the suite itself is at fault."""
    found = _finding(caught, outcome)
    # What a page shows and what was looked for on it may be a device's secret.
    said = {name: getattr(found, name) for name in ("what", "expected", "got", "trace")}
    hide = journal.current().hide
    return found.model_copy(update={name: hide(text) for name, text in said.items()})


def _finding(caught: pytest.ExceptionInfo[BaseException], outcome: Outcome) -> Finding:
    error = caught.value
    kept = journal.current()
    last = None if kept.away or not kept.exchanges else len(kept.exchanges) - 1
    shown = kept.shown
    if isinstance(error, Violation):
        return Finding(
            what=error.what,
            expected=error.expected,
            got=error.got,
            exchange=last if shown is None else shown,
        )
    if isinstance(error, CannotTest):
        return Finding(what=str(error), code=error.code)
    if outcome is Outcome.FAILED:
        return Finding(what=str(error) or "an assertion of the trial", exchange=shown)
    return Finding(
        what=f"{type(error).__name__}: {error}", trace=str(caught.getrepr(style="short"))
    )
