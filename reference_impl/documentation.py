"""What FastAPI cannot derive by itself of the contract, told to it from the generated table."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Response
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse
from pydantic.json_schema import models_json_schema

from reference_impl.wire.models import Problem, StripeEvent
from reference_impl.wire.operation import Operation

REFERENCE = "#/components/schemas/{model}"

RESPONSES: dict[str | None, type[Response]] = {
    "application/json": JSONResponse,
    "text/plain": PlainTextResponse,
    "text/html": HTMLResponse,
    None: Response,
}


def documented(operation: Operation) -> dict[int | str, dict[str, Any]]:
    """Every answer but the usual one, in the form that FastAPI wants."""
    answers: dict[int | str, dict[str, Any]] = {}
    for reply in operation.replies:
        if reply is operation.success:
            continue
        if reply.media_type == "application/json":
            answers[reply.status] = {"model": reply.model}
        elif reply.model is None:
            answers[reply.status] = {}
        else:
            schema = {"$ref": REFERENCE.format(model=reply.model.__name__)}
            answers[reply.status] = {"content": {str(reply.media_type): {"schema": schema}}}
    for status, answer in answers.items():
        answer["description"] = str(status)
    return answers


def described(operation: Operation) -> dict[str, Any]:
    """Who may call, and the body that is read raw because its bytes are signed."""
    told: dict[str, Any] = {}
    told["security"] = [{operation.security: []}] if operation.security else []
    if operation.security == "stripeSignature":
        schema = {"$ref": REFERENCE.format(model=StripeEvent.__name__)}
        told["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schema}},
        }
    return told


def derived_document(app: FastAPI) -> dict[str, Any]:
    """FastAPI's own OpenAPI document of the app, with the models that only answers name."""
    document = get_openapi(title=app.title, version=app.version, routes=app.routes)
    named = [(model, "serialization") for model in (Problem, StripeEvent)]
    _, definitions = models_json_schema(named, ref_template=REFERENCE)  # type: ignore[arg-type] # its modes are literals
    schemas: dict[str, Any] = document["components"]["schemas"]
    schemas.update(definitions["$defs"])
    return document
