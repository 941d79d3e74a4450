"""The objects in answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.suite.fidelity.shapes import ENVELOPES


def everywhere(value: Any) -> Iterator[dict[str, Any]]:
    """Every object that says its kind, at any depth; envelopes of lists are none."""
    if isinstance(value, list):
        for each in value:
            yield from everywhere(each)
    elif isinstance(value, dict):
        if isinstance(value.get("object"), str) and value["object"] not in ENVELOPES:
            yield value
        yield from everywhere(
            [each for name, each in value.items() if name != "previous_attributes"]
        )


def outermost(value: Any) -> Iterator[dict[str, Any]]:
    """The objects that an answer is made of: those of a list, and what an event tells of."""
    if not isinstance(value, dict) or "object" not in value:
        return
    if value["object"] in ENVELOPES:
        for each in value["data"]:
            yield from outermost(each)
        return
    yield value
    if value["object"] == "event":
        yield from outermost(value["data"]["object"])
