"""Shapes as Stripe's OpenAPI document describes them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from tests.suite.fidelity.objects import outermost
from tests.suite.fidelity.shapes import (
    Anything,
    Choice,
    Dictionary,
    Difference,
    Either,
    Member,
    Place,
    Record,
    Scalar,
    Sequence,
    Shape,
    differences,
)

SCALARS: dict[str, Shape] = {
    "string": Scalar((str,)),
    "integer": Scalar((int,)),
    "number": Scalar((int, float)),
    "boolean": Scalar((bool,)),
}
REFERENCE = "#/components/schemas/"


@dataclass(frozen=True)
class Document:
    """The document in a file, as stripe-mock embeds it."""

    path: Path

    @cached_property
    def version(self) -> str:
        """The API version that it describes."""
        return str(self._whole["info"]["version"])

    @cached_property
    def _whole(self) -> dict[str, Any]:
        return dict(json.loads(self.path.read_text(encoding="utf-8")))

    @cached_property
    def _paths(self) -> list[tuple[re.Pattern[str], dict[str, Any]]]:
        return [
            (re.compile(re.sub(r"\{\w+\}", "[^/]+", path) + r"\Z"), methods)
            # Literal paths first: `/v1/customers/search` is no customer's.
            for path, methods in sorted(
                self._whole["paths"].items(), key=lambda each: "{" in each[0]
            )
        ]

    def compared(self, method: str, path: str, answer: Any) -> Iterator[Difference]:
        """How an answer differs, and the object that each event in it tells of."""
        shape = self.answer(method, path)
        if shape is None:
            yield Difference("call", f"{method} {path}", "unknown")
            return
        yield from differences(answer, shape, Place("answer"))
        for event in outermost(answer):
            if event["object"] == "event":
                yield from self._told(event["data"]["object"])

    def _told(self, value: dict[str, Any]) -> Iterator[Difference]:
        place = Place(value["object"])
        shape = self.kind(place.object)
        if shape is None:
            yield place.differs("unknown kind", value)
        else:
            yield from differences(value, shape, place)

    def answer(self, method: str, path: str) -> Shape | None:
        """What a call answers when it succeeds; None for a call that it does not know."""
        for form, methods in self._paths:
            if form.match(path) and method.lower() in methods:
                content = methods[method.lower()]["responses"]["200"]["content"]
                return self._shape(content["application/json"]["schema"], path)
        return None

    def kind(self, name: str) -> Shape | None:
        """Objects of a kind, by their `object`."""
        schemas = self._whole["components"]["schemas"]
        known = [each for each in (name, f"deleted_{name}") if each in schemas]
        shapes = tuple(self._shape({"$ref": REFERENCE + each}, each) for each in known)
        return Either(shapes) if shapes else None

    def _shape(  # noqa: PLR0911 - one line for each form
        self, schema: dict[str, Any], name: str
    ) -> Shape:
        if "$ref" in schema:
            name = schema["$ref"].removeprefix(REFERENCE)
            return self._shape(self._whole["components"]["schemas"][name], name)
        if "anyOf" in schema:
            return Either(tuple(self._shape(each, name) for each in schema["anyOf"]))
        if "enum" in schema:
            return Choice(frozenset(schema["enum"]))
        if schema.get("type") == "array":
            return Sequence(self._shape(schema["items"], name))
        if "properties" in schema:
            return Record(name, partial(self._members, schema, name))
        if isinstance(schema.get("additionalProperties"), dict):
            return Dictionary(self._shape(schema["additionalProperties"], name))
        return SCALARS.get(str(schema.get("type")), Anything())

    def _members(self, schema: dict[str, Any], name: str) -> Mapping[str, Member]:
        required = schema.get("required", ())
        return {
            each: Member(
                self._shape(inner, f"{name}.{each}"),
                required=each in required,
                nullable=inner.get("nullable", False),
            )
            for each, inner in schema["properties"].items()
        }
