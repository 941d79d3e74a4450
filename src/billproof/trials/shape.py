"""Whether a body is the one that openapi.yaml describes."""

from __future__ import annotations

from functools import cache
from typing import Any

import yaml
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from billproof.errors import Violation
from billproof.suite import suite_root
from billproof.trials import journal
from billproof.trials.answer import Answer

DOCUMENT = "urn:openapi"
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def expect_shape(answer: Answer, operation_id: str) -> None:
    """The body fits the schema of the operation for this status and media type."""
    what = f"body of {answer.call} as openapi.yaml has it"
    answer.show()
    journal.current().note(what)
    media_type = answer.header("content-type").partition(";")[0].strip().lower()
    path = _schema_path(operation_id, str(answer.status), media_type)
    if path is None:
        raise Violation(
            what, f"a documented answer of {operation_id}", f"{answer.status} {media_type}"
        )
    validator = Draft202012Validator(
        {"$ref": f"{DOCUMENT}#{path}"}, registry=registry(), format_checker=FormatChecker()
    )
    for error in sorted(validator.iter_errors(answer.document), key=lambda one: one.json_path):
        raise Violation(what, f"{error.json_path} to fit its schema", error.message)


def _schema_path(operation_id: str, status: str, media_type: str) -> str | None:
    """JSON pointer to the schema of an answer; None when it is not documented."""
    for path, item in document()["paths"].items():
        for method, operation in item.items():
            if isinstance(operation, dict) and operation.get("operationId") == operation_id:
                place = f"/paths/{_escape(path)}/{method}/responses/{status}"
                response = operation["responses"].get(status)
                if response is None:
                    return None
                if "$ref" in response:
                    place = response["$ref"].removeprefix("#")
                    response = document()["components"]["responses"][place.rpartition("/")[2]]
                known = media_type in response.get("content", {})
                return f"{place}/content/{_escape(media_type)}/schema" if known else None
    raise LookupError(operation_id)


def _escape(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")


@cache
def document() -> dict[str, Any]:
    """openapi.yaml."""
    text = (suite_root() / "openapi.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.load(text, _Loader)  # noqa: S506 - the safe loader, in C where it is
    return loaded


@cache
def registry() -> Registry[Any]:
    """openapi.yaml, to be referred to as DOCUMENT."""
    resource: Resource[Any] = DRAFT202012.create_resource(document())
    registry: Registry[Any] = Registry().with_resource(DOCUMENT, resource)
    return registry
