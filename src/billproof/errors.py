"""The three ways in which a run can go wrong, and never a fourth.

The backend is wrong (`Violation`), we could not ask (`CannotTest`), you asked
wrongly (`UsageError`). Anything else that is raised is a fault of the suite.
"""

from __future__ import annotations

from dataclasses import dataclass


# eq=False: a frozen or comparing dataclass exception breaks inside contextlib.
@dataclass(eq=False)
class Violation(Exception):  # noqa: N818 - a finding about the backend, not an error of ours
    """The backend broke a clause: `what` was looked at, `expected` and `got` in words."""

    what: str
    expected: str
    got: str

    def __str__(self) -> str:
        """One line for logs and JUnit."""
        return f"{self.what}: expected {self.expected}, got {self.got}"


@dataclass(eq=False)
class CannotTest(Exception):  # noqa: N818 - read as a sentence where it is raised
    """A prerequisite is missing, so nothing can be said; never counts as green.

    `code` is stable and machine-readable (`no-browser`, `backend-died`, …),
    `reason` is one sentence, `advice` says what to do next.
    """

    code: str
    reason: str
    advice: str = ""

    def __str__(self) -> str:
        """The sentence, and what to do."""
        return f"{self.reason} {self.advice}".strip()


@dataclass(eq=False)
class NotObservableHere(CannotTest):
    """This kind of target cannot show it (it needs a backend that we start)."""


@dataclass(eq=False)
class NotDeclared(CannotTest):
    """It is about a part that the backend does not declare, and whose refusal is tried apart."""


@dataclass(eq=False)
class UsageError(Exception):
    """The command was asked wrongly; exit code 2. `advice` says what to do."""

    reason: str
    advice: str = ""

    def __str__(self) -> str:
        """The sentence, and what to do."""
        return f"{self.reason} {self.advice}".strip()
