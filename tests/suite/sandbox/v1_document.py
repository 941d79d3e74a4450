"""An OpenAPI document of the sandbox's `/v1/…`, of the tables it is served by."""

from __future__ import annotations

import re
from typing import Any

from billproof.sandbox.api import schema
from billproof.sandbox.api.operations import OPERATIONS, Operation

SCALARS: dict[str, dict[str, Any]] = {
    "s": {"type": "string"},
    "i": {"type": "integer"},
    "b": {"type": "boolean"},
    "n": {"type": "number"},
    "m": {"type": "object", "additionalProperties": {"type": "string"}},
    "any": {},
    "": {"const": ""},
}


def document(depth: int = 3) -> dict[str, Any]:
    """The document; parameters deeper than `depth` are left out, or generation takes for ever."""
    paths: dict[str, Any] = {}
    for operation in OPERATIONS:
        there = paths.setdefault(operation.path, {})
        there[operation.method.lower()] = _operation(operation, depth)
    return {
        "openapi": "3.1.0",
        "info": {"title": "The sandbox", "version": "1"},
        "paths": paths,
    }


def _operation(operation: Operation, depth: int) -> dict[str, Any]:
    inside = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"\{(\w+)\}", operation.path)
    ]
    body = _schema(schema.trees()[operation.call], depth)
    return {
        "operationId": operation.call,
        "parameters": inside,
        "requestBody": {"content": {"application/json": {"schema": body}}},
        "responses": {"default": {"description": "Whatever it is."}},
    }


def _schema(tree: Any, depth: int) -> dict[str, Any]:
    if isinstance(tree, list):
        return {"type": "array", "maxItems": 3, "items": _schema(tree[0], depth - 1)}
    if isinstance(tree, str):
        return {"enum": tree[1:].split(",")} if tree.startswith("=") else SCALARS[tree]
    if "|" in tree:
        return {"anyOf": [_schema(each, depth) for each in tree["|"]]}
    deep = depth > 0
    required = [name[:-1] for name in tree if name.endswith("!") and deep]
    return {
        "type": "object",
        "properties": {
            name.rstrip("!"): _schema(kind, depth - 1) for name, kind in tree.items() if deep
        },
        "required": required,
        # Few at a time: of many, two nearly always contradict each other.
        "maxProperties": len(required) + 3,
        "additionalProperties": False,
    }
