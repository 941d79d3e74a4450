"""docs/contract/exchanges/: for most clauses, what was said on the wire in a run that passed."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

from pydantic import TypeAdapter

from billproof.law.frozen import Frozen
from billproof.suite import suite_root


class Example(Frozen):
    """One request and its answer, as a reader is shown it."""

    request: str
    request_headers: list[str]
    request_body: str
    status: int
    answer_headers: list[str]
    answer_body: str

    @property
    def text(self) -> str:
        """As it goes over the wire."""
        asked = _message(f"{self.request} HTTP/1.1", self.request_headers, self.request_body)
        head = f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}"
        return f"{asked}\n\n{_message(head, self.answer_headers, self.answer_body)}"


EXAMPLES = TypeAdapter(list[Example])


def folder() -> Path:
    """Where they are kept, a file for each clause."""
    return suite_root() / "docs" / "contract" / "exchanges"


def examples_of(clause_id: str) -> list[Example]:
    """The examples of a clause; none when no run has been asked for them."""
    file = folder() / f"{clause_id}.json"
    return EXAMPLES.validate_json(file.read_bytes()) if file.exists() else []


def _message(head: str, headers: list[str], body: str) -> str:
    return "\n".join([head, *headers, *(["", body] if body else [])])
