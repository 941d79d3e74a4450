"""What a trial leaves behind: one record for each test, written as a line of JSON.

The trial process writes them to the file that `BILLPROOF_RECORDS` names, as they
happen; the machine reads them for its progress and, at the end, for the verdicts.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

RECORDS_VARIABLE = "BILLPROOF_RECORDS"
CHOSEN_FILE = "chosen.json"
"""Beside the records: which trials there are to be."""


class Outcome(StrEnum):
    """How one test ended."""

    PASSED = "passed"
    FAILED = "failed"
    """The backend broke the clause (`Violation`, or a bare assertion)."""
    CANNOT_TEST = "cannot-test"
    NOT_OBSERVABLE = "not-observable"
    NOT_DECLARED = "not-declared"
    """It is about a part that the backend does not declare."""
    ERROR = "error"
    """Any other exception: the suite's fault."""


class Exchange(BaseModel):
    """One request and its answer, already redacted, with a line that repeats it."""

    model_config = ConfigDict(frozen=True)

    method: str
    url: str
    request_headers: list[tuple[str, str]]
    request_body: str
    status: int | None
    """None when no answer came; then `response_body` says why."""
    response_headers: list[tuple[str, str]]
    response_body: str
    seconds: float
    curl: str
    """A shell line that repeats the request; secrets come from the environment."""


class Finding(BaseModel):
    """Why a test did not pass, in words."""

    model_config = ConfigDict(frozen=True)

    what: str
    expected: str = ""
    got: str = ""
    code: str = ""
    """Stable code of a `CannotTest`."""
    trace: str = ""
    """The traceback, for the suite's own faults only."""
    exchange: int | None = None
    """Index into the record's exchanges of the one that shows it."""


class Chosen(BaseModel):
    """All trials that a process is to run, before the first of them; by node id, their clauses."""

    model_config = ConfigDict(frozen=True)

    clauses: dict[str, list[str]]

    def left(self, done: Collection[str]) -> set[str]:
        """The clauses with a trial that is not among those that are done."""
        return {
            clause
            for test, clauses in self.clauses.items()
            if test not in done
            for clause in clauses
        }


class Record(BaseModel):
    """One test's result."""

    model_config = ConfigDict(frozen=True)

    test: str
    """Node id without parameters of the machine, e.g. tests/api/test_checkout.py::test_x[free]."""
    clauses: list[str]
    outcome: Outcome
    seconds: float
    checks: list[str]
    """What was checked, in order of first appearance, each once: same in every run."""
    finding: Finding | None = None
    exchanges: list[Exchange] = []
    pictures: list[str] = []
    """Names of PNG files beside the exchanges: what a page looked like when it was judged."""
    files: list[str] = []
    """Paths below the report folder of what a page that failed left: a trace, console, network."""

    @property
    def traced(self) -> bool:
        """Whether a trace of its steps was kept."""
        return any(file.endswith("/trace.zip") for file in self.files)
