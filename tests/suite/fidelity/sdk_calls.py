"""The calls that the official SDK can make, read out of the source of its services."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import stripe

REQUESTS = frozenset({"_request", "_request_async"})


@dataclass(frozen=True, order=True)
class SdkCall:
    """One call; every id in its path is written `{id}`."""

    path: str
    method: str


@cache
def sdk_calls() -> frozenset[SdkCall]:
    """All of the first version's."""
    services = Path(stripe.__file__).parent.rglob("_*_service.py")
    found = (call for path in services for call in _calls(ast.parse(path.read_text("utf-8"))))
    return frozenset(each for each in found if each.path.startswith("/v1/"))


def _calls(module: ast.Module) -> Iterator[SdkCall]:
    for node in ast.walk(module):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr in REQUESTS:
            method, path = (_text(each) for each in node.args[:2])
            yield SdkCall(re.sub(r"\{\w+\}", "{id}", path), method.upper())


def _text(node: ast.expr) -> str:
    """A literal, or the literal before `.format(…)`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        node = node.func.value
    return str(node.value) if isinstance(node, ast.Constant) else ""
