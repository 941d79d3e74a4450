"""The control API under random calls, made from its own document."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from billproof.sandbox.client import Sandbox
from billproof.sandbox.control.document import document
from billproof.sandbox.control.routes import LEVERS

NOBODY = "http://127.0.0.1:9/"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
SCHEMA = schemathesis.openapi.from_dict(document(LEVERS))
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations() if isinstance(found, Ok)]
KINDS = [
    (mode, operation)
    for operation in OPERATIONS
    for mode in GenerationMode
    if mode is GenerationMode.POSITIVE or not operation.path.endswith("/health")
]
"""What takes neither key nor anything else cannot be called wrongly."""
SETTINGS = settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)

Case = schemathesis.Case[Any]


@pytest.fixture(scope="module")
def account(server: str) -> Iterator[Sandbox]:
    """An account that has one of everything."""
    with Sandbox(server, f"sk_test_{uuid.uuid4().hex}") as sandbox:
        sandbox.set_webhook(NOBODY, "whsec_tests", mode="manual")
        sandbox.subscribe(sandbox.create_customer().id, "price_pro")
        yield sandbox


@pytest.fixture(scope="module")
def known(account: Sandbox) -> dict[str, str]:
    """An id that exists for each noun of a path: random ones are not found."""

    def first(noun: str) -> str:
        return str(account.stripe("GET", f"/v1/{noun}")["data"][0]["id"])

    nouns = ("customers", "subscriptions", "invoices", "webhook_endpoints", "events", "charges")
    return {
        **{noun: first(noun) for noun in (*nouns, "payment_intents")},
        "sessions": account.create_session(
            mode="subscription",
            success_url="https://shop.test/",
            line_items=[{"price": "price_pro", "quantity": 1}],
        ).id,
    }


def kept_here(case: Case) -> None:
    """Have no event leave for an address that was made up."""
    if isinstance(case.body, dict) and str(case.body.get("url")).startswith("http"):
        case.body["url"] = NOBODY


def made_real(case: Case, known: dict[str, str]) -> None:
    """Have a call name what exists, so that it comes past the search for it."""
    noun = next((each for each in known if f"/{each}/{{id}}" in case.path), None)
    if noun and case.path_parameters:
        case.path_parameters["id"] = known[noun]
    if isinstance(case.body, dict):
        body: dict[str, Any] = case.body
        batch = body.get("deliveries")
        for each in [body, *(batch if isinstance(batch, list) else [])]:
            if isinstance(each, dict):
                name_real(each, known["events"])


def name_real(body: dict[str, Any], event: str) -> None:
    """Have a body name an event that exists, and nothing that would take its time."""
    for name, value in (("event", event), ("events", [event])):
        if body.get(name):
            body[name] = value
    for name in ("endpoint", "delay"):
        body.pop(name, None)


@pytest.mark.parametrize(
    ("mode", "operation"),
    KINDS,
    ids=[f"{mode.value} {operation.label}" for mode, operation in KINDS],
)
@SETTINGS
@given(data=st.data())
def test_no_call_is_a_fault_of_the_server(
    operation: APIOperation[Any, Any, Any, Any],
    mode: GenerationMode,
    data: st.DataObject,
    account: Sandbox,
    known: dict[str, str],
) -> None:
    """No 5xx, and every answer is one that the document promises; bad calls included."""
    headers = {"Authorization": f"Bearer {account.secret_key}"}
    case = data.draw(operation.as_strategy(generation_mode=mode))

    kept_here(case)
    case.call_and_validate(base_url=account.url, headers=headers, checks=CHECKS)
    made_real(case, known)
    case.call_and_validate(base_url=account.url, headers=headers, checks=CHECKS)
