"""What a lever of the control API is: its path, what it takes, what it does, what it answers."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request

from billproof.sandbox.objects.resource import Body
from billproof.sandbox.tenants.tenants import Tenant

Action = Callable[[Request, Tenant, Body], Awaitable[Body]]
Schema = Mapping[str, Any]
"""A JSON Schema of a few words: type, enum, minimum, maximum, items, maxItems, description."""

TEXT: Schema = {"type": "string", "minLength": 1}
FLAG: Schema = {"type": "boolean"}
MODE: Schema = {"type": "string", "enum": ["auto", "manual"]}


def number(least: float, most: float, kind: str = "integer", **more: Any) -> Schema:
    """A number within bounds."""
    return {"type": kind, "minimum": least, "maximum": most, **more}


def choice(*values: str, **more: Any) -> Schema:
    """One of a few words."""
    return {"type": "string", "enum": list(values), **more}


@dataclass(frozen=True)
class Lever:
    """One call; `takes` are the members of its body, `asks` those of its query."""

    method: str
    path: str
    action: Action
    summary: str
    answers: str
    """The name of its answer's schema in the document."""
    takes: Mapping[str, Schema] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    open: bool = False
    """Whether members besides are taken too."""

    @property
    def name(self) -> str:
        """Its `operationId`."""
        words = re.findall(r"\w+", self.path)
        return "_".join([self.method.lower(), *words])
