"""An answer of the backend, and what a trial may expect of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from billproof.errors import Violation
from billproof.trials import journal
from billproof.trials.check import check, check_that, one_of

if TYPE_CHECKING:
    import httpx

PROBLEM = "urn:billproof:problem:"
"""Prefix of every problem `type` of the contract (RFC 9457)."""


@dataclass(frozen=True)
class Answer:
    """Status, headers and body of one answer; `call` is its request in words."""

    call: str
    status: int
    headers: httpx.Headers
    body: bytes
    seconds: float
    exchange: int

    def expect(self, *statuses: int) -> Answer:
        """The status is one of `statuses`; returns the answer, so that calls chain."""
        self.show()
        expected = statuses[0] if len(statuses) == 1 else one_of(*statuses)
        check(f"status of {self.call}", self.status, expected)
        return self

    def expect_success(self) -> Answer:
        """The status is 2xx."""
        self.show()
        held = 200 <= self.status < 300  # noqa: PLR2004 - the class of RFC 9110
        check_that(f"{self.call} succeeds", held, expected="a 2xx status", got=str(self.status))
        return self

    def expect_or_refused(self, status: int) -> Answer:
        """This status, or any 4xx where a clause leaves to the backend what it ignores."""
        self.show()
        refused = 400 <= self.status < 500  # noqa: PLR2004 - the class of RFC 9110
        held = refused or self.status == status
        check_that(f"status of {self.call}", held, expected=f"{status} or 4xx", got=self.status)
        return self

    def expect_problem(self, status: int, *names: str) -> Answer:
        """A problem document (RFC 9457) of this status, its type one of `names`."""
        self.expect(status)
        media_type = self.header("content-type").partition(";")[0].strip().lower()
        check(f"media type of {self.call}", media_type, "application/problem+json")
        types = [PROBLEM + name for name in names]
        check(
            f"problem type of {self.call}", self["type"], one_of(*types) if names[1:] else types[0]
        )
        check(f"problem status of {self.call}", self["status"], status)
        return self

    def show(self) -> None:
        """Let a failure of the checks that follow point at this exchange."""
        journal.current().show(self.exchange)

    def header(self, name: str) -> str:
        """The header's value, blank when it is not there."""
        return str(self.headers.get(name, ""))

    @cached_property
    def document(self) -> dict[str, Any]:
        """The body as a JSON object; Violation when it is none."""
        self.show()
        journal.current().note(f"body of {self.call} is a JSON object")
        try:
            document = json.loads(self.body)
        except ValueError:
            document = None
        if not isinstance(document, dict):
            body = repr(self.body[:200])
            raise Violation(f"body of {self.call}", "a JSON object", body)
        return document

    def __getitem__(self, field: str) -> Any:
        """One member of the JSON object; Violation when it is missing."""
        if field not in self.document:
            members = ", ".join(sorted(self.document)) or "none"
            raise Violation(f"body of {self.call}", f"a member {field!r}", f"members {members}")
        self.show()
        return self.document[field]
