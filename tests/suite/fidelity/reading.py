"""Reads all there is to read in an account, whatever kinds there are: the table says which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import httpx

from billproof.sandbox.api import schema
from billproof.sandbox.api.operations import OPERATIONS, Operation
from tests.suite.fidelity.objects import everywhere

QUERY = "metadata['made_by']:'billproof'"


@dataclass
class Reader:
    """Every GET of the table, with ids out of the answers so far."""

    http: httpx.Client
    ids: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def know(self, answers: Iterable[Any]) -> None:
        """Take note of the ids in some answers."""
        for each in everywhere(answers):
            if "id" in each and each.get("deleted") is not True:
                self.ids[each["object"]].append(str(each["id"]))

    def read(self) -> None:
        """Make every call that reads; lists first, for their ids."""
        calls = [each for each in OPERATIONS if each.method == "GET"]
        for operation in sorted(calls, key=lambda each: "{" in each.path):
            for path in self._paths(operation):
                self.know([self.http.get(path, params=self._params(operation)).json()])

    def _paths(self, operation: Operation) -> list[str]:
        before, brace, after = operation.path.partition("{id}")
        if not brace:
            return [operation.path]
        owner = operation.kind if operation.call.endswith(".retrieve") else _owner(before)
        return [f"{before}{one}{after}" for one in dict.fromkeys(self.ids[owner])]

    def _params(self, operation: Operation) -> dict[str, str]:
        needed = [each[:-1] for each in schema.trees()[operation.call] if each.endswith("!")]
        return {name: QUERY if name == "query" else self.ids[name][-1] for name in needed}


def _owner(place: str) -> str:
    """The kind that is retrieved at a place."""
    path = place + "{id}"
    return next(each.kind for each in OPERATIONS if (each.method, each.path) == ("GET", path))
