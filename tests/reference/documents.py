"""Two OpenAPI documents, compared in what they promise and not in how they put it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

ANNOTATIONS = frozenset({"title", "description", "examples", "example"})
METHODS = frozenset({"get", "put", "post", "delete", "patch", "head", "options", "trace"})
FREE_FORMATS = frozenset({"uri", "uri-reference"})
"""The code has these as text: a validated URL would be written anew, with another ending."""

NULL = {"type": "null"}


def differences(contract: Json, derived: Json) -> list[str]:
    """A line for each place where one document promises what the other does not."""
    named = frozenset(_schemas(contract)) & frozenset(_schemas(derived))
    one, other = Document(contract, named), Document(derived, named)
    return [
        *_compare("paths", one.operations(), other.operations()),
        *_compare("schemas", one.schemas(), other.schemas()),
    ]


@dataclass(frozen=True)
class Document:
    """One document; schemas that both have under one name are compared by that name."""

    whole: Json
    named: frozenset[str]

    def operations(self) -> Json:
        """Every operation, by method and path."""
        return {
            f"{method.upper()} {path}": self._operation(operation)
            for path, item in self.whole["paths"].items()
            for method, operation in item.items()
            if method in METHODS
        }

    def schemas(self) -> Json:
        """The schemas of objects, and those that both documents have, by name."""
        return {
            name: self._schema(schema)
            for name, schema in _schemas(self.whole).items()
            if name in self.named or (schema.get("type") == "object" and not self._is_part(name))
        }

    def _operation(self, operation: Json) -> Json:
        parameters = [self._found(one) for one in operation.get("parameters", [])]
        responses = operation["responses"].items()
        body = operation.get("requestBody")
        return {
            "operationId": operation["operationId"],
            "security": operation.get("security", self.whole.get("security")),
            "parameters": {
                f"{one['in']} {one['name'].lower()}": self._parameter(one) for one in parameters
            },
            "requestBody": body and {"required": body.get("required"), **self._content(body)},
            "responses": {status: self._content(self._found(one)) for status, one in responses},
        }

    def _parameter(self, parameter: Json) -> Json:
        required = bool(parameter.get("required"))
        return {
            "required": required,
            "schema": self._schema(parameter["schema"], required=required),
        }

    def _content(self, message: Json) -> Json:
        return {
            media_type: self._schema(content["schema"])
            for media_type, content in message.get("content", {}).items()
        }

    def _schema(self, schema: Json, *, required: bool = True) -> Json:
        """The schema without annotations; what may be left out may be null to us as well."""
        name = schema.get("$ref", "").rpartition("/")[2]
        if name in self.named and self._found(schema).get("type") == "object":
            return {"$ref": name}
        schema = self._found(schema)
        choices: list[Json] = schema.get("oneOf") or schema.get("anyOf") or []
        if NULL in choices:
            (other,) = (choice for choice in choices if choice != NULL)
            known = self._schema(other)
            return {**known, "nullable": True} if required else known
        return {key: self._value(schema, key) for key in schema if _is_promise(schema, key)}

    def _value(self, schema: Json, key: str) -> Any:
        value = schema[key]
        if key == "properties":
            required = schema.get("required", [])
            return {
                name: self._schema(one, required=name in required) for name, one in value.items()
            }
        if key == "items":
            return self._schema(value)
        return sorted(value) if key in {"required", "enum"} else value

    def _found(self, thing: Json) -> Json:
        """What a reference refers to; anything else is itself."""
        while "$ref" in thing:
            _, kind, name = thing["$ref"].removeprefix("#/").split("/")
            nothing = {"type": f"nothing is called {name}"}
            thing = self.whole["components"][kind].get(name, nothing)
        return thing

    def _is_part(self, name: str) -> bool:
        """Whether another schema holds this one: generated code names what was nameless."""
        return f"#/components/schemas/{name}" in set(_references(_schemas(self.whole)))


def _schemas(document: Json) -> Json:
    schemas: Json = document["components"]["schemas"]
    return schemas


def _is_promise(schema: Json, key: str) -> bool:
    if key == "format":
        return schema[key] not in FREE_FORMATS
    silent = {"default": None, "additionalProperties": True}
    return key not in ANNOTATIONS and not (key in silent and schema[key] is silent[key])


def _references(thing: Any) -> Iterator[str]:
    if isinstance(thing, dict):
        if isinstance(thing.get("$ref"), str):
            yield thing["$ref"]
        thing = list(thing.values())
    if isinstance(thing, list):
        for part in thing:
            yield from _references(part)


def _compare(place: str, one: Any, other: Any) -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(one.keys() | other.keys()):
            yield from _compare(f"{place} › {key}", one.get(key), other.get(key))  # noqa: RUF001 - no slash: paths have those
    elif one != other:
        yield f"{place}: the contract has {one!r}, the code has {other!r}"
