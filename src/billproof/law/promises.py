"""What openapi.yaml lets each operation answer, and to whom."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from billproof.law.document import Document
from billproof.law.frozen import Frozen
from billproof.suite import suite_root

PROBLEM = "application/problem+json"


class Promise(Frozen):
    """What may come of calling an operation."""

    caller: str | None
    """The security scheme that lets callers in; None where all may come."""
    takes_body: bool
    """Whether a call without a body is none."""
    media_types: Mapping[str, tuple[str, ...]]
    """For each status, in digits, those that its answers may have."""

    def allows(self, status: int, media_type: str) -> bool:
        """Whether openapi.yaml names such an answer; its `default` names none."""
        return media_type in self.media_types.get(str(status), ())


def load_promises(root: Path | None = None) -> dict[str, Promise]:
    """The promises of all operations by their ids."""
    document = Document.read((root or suite_root()) / "openapi.yaml").members
    operations = [
        operation
        for item in document["paths"].values()
        for operation in item.values()
        if isinstance(operation, dict) and "operationId" in operation
    ]
    return {one["operationId"]: _promise(one, document) for one in operations}


def _promise(operation: Mapping[str, Any], document: Mapping[str, Any]) -> Promise:
    schemes = operation.get("security", document["security"])
    answers = {
        status: _resolved(answer, document)
        for status, answer in operation["responses"].items()
        if status != "default"
    }
    return Promise(
        caller=next(iter(schemes[0])) if schemes else None,
        takes_body=bool(operation.get("requestBody", {}).get("required")),
        media_types={status: tuple(one.get("content", {})) for status, one in answers.items()},
    )


def _resolved(answer: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answer itself, where it is only named."""
    found: Any = answer
    if "$ref" in answer:
        found = document
        for part in str(answer["$ref"]).removeprefix("#/").split("/"):
            found = found[part]
    return dict(found)
