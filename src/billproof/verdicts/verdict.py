"""What may be said of a clause after a run."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """One word for one clause; the order is that of the summary."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    WARN = "warn"
    """A SHOULD is not met."""
    BLOCKED = "blocked"
    """It fails, but so does a clause that it needs: look there first."""
    NOT_TESTABLE = "not-testable"
    """A prerequisite is missing; red, because nothing was shown."""
    NOT_APPLICABLE = "not-applicable"
    """Its capability is not declared, and what belongs to it is refused cleanly."""
    NOT_OBSERVABLE_HERE = "not-observable-here"
    """It needs a backend that we start ourselves."""
    ERROR = "error"
    """The suite's own fault."""
    EXPECTED_FAIL = "expected-fail"
    """It fails, and the baseline knows it."""
    UNEXPECTED_PASS = "unexpected-pass"  # noqa: S105 - a verdict, not a password
    """It passes, and the baseline says that it fails: the entry is stale."""
    FLAKY = "flaky"
    """The baseline says that it passes at one time and fails at another: it says nothing."""
    NOT_SCORED = "not-scored"
    """It came after the version of the contract that the backend claims."""
    NOT_RUN = "not-run"


RED = frozenset({Verdict.FAIL, Verdict.BLOCKED, Verdict.NOT_TESTABLE, Verdict.NOT_RUN})
"""What keeps a backend from conforming (an `error` does too, but says nothing about it)."""

LOOKED_AT = frozenset(
    {
        *(Verdict.PASS, Verdict.FAIL, Verdict.WARN, Verdict.BLOCKED, Verdict.NOT_TESTABLE),
        *(Verdict.ERROR, Verdict.EXPECTED_FAIL, Verdict.UNEXPECTED_PASS),
    }
)
"""Verdicts that at least one trial gave, and that say something."""

UNPROVEN = frozenset({Verdict.EXPECTED_FAIL, Verdict.FLAKY})
"""What a baseline excuses; a backend with any of it does not conform."""
