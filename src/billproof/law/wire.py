"""The operations of openapi.yaml, as far as the law speaks of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from billproof.errors import UsageError
from billproof.law.document import Document
from billproof.law.model import Operation
from billproof.suite import suite_root

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def load_wire(root: Path | None = None) -> tuple[Operation, ...]:
    """All operations of the wire below `root`; none when there is no such file."""
    file = (root or suite_root()) / "openapi.yaml"
    return tuple(_operations(Document.read(file))) if file.exists() else ()


def _operations(document: Document) -> Iterator[Operation]:
    paths = document.members.get("paths")
    if not isinstance(paths, dict):
        raise UsageError(f"{document.file}: paths is not a mapping.")
    for path, item in paths.items():
        for method, operation in item.items() if isinstance(item, dict) else ():
            if method in _METHODS:
                told = operation.get("operationId") if isinstance(operation, dict) else None
                row = {"id": told, "method": method.upper(), "path": path}
                yield document.row(Operation, f"{method} {path}", row)
