"""Parameters that the sandbox checks and then never reads, as far as its source tells."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import billproof.sandbox
from billproof.sandbox.api import schema

EVERYWHERE = frozenset({"expand", "limit", "starting_after", "ending_before"})
FOLDERS = ("api", "billing", "objects", "webhooks")


def unread(call: str) -> list[str]:
    """Those of one call; a name that is read for any call counts as read."""
    names = (name.rstrip("!") for name in schema.trees()[call])
    return sorted(name for name in names if name not in _read() | EVERYWHERE)


@cache
def _read() -> frozenset[str]:
    root = Path(billproof.sandbox.__file__).parent
    sources = (path for folder in FOLDERS for path in (root / folder).glob("*.py"))
    modules = (ast.parse(path.read_text("utf-8")) for path in sources)
    return frozenset(word for module in modules for text in _texts(module) for word in text.split())


def _texts(node: ast.AST) -> Iterator[str]:
    """The texts that may name a parameter: no keys of answers, and no members that are null."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield node.value
        return
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "nulls":
        return
    children = node.values if isinstance(node, ast.Dict) else ast.iter_child_nodes(node)
    for each in children:
        yield from _texts(each)
