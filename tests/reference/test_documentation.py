"""FastAPI's own document of the code, and openapi.yaml: each promises what the other does."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from reference_impl import create_app
from reference_impl.binding import GUARDS
from reference_impl.documentation import derived_document, documented
from reference_impl.wire.operation import Reply
from reference_impl.wire.operations import OPERATIONS
from tests.reference.backend import environ_at
from tests.reference.documents import Json, differences

CONTRACT = Path(__file__).parents[2] / "openapi.yaml"

BILLING = "/api/v1/billing"
INVOICES = ("paths", f"{BILLING}/invoices", "get")
CHECKOUT = ("paths", f"{BILLING}/checkout", "post")
DEVICES = ("paths", "/api/v1/devices", "post")
SCHEMAS = ("components", "schemas")
DEVICE = (*SCHEMAS, "Device", "properties")
MORE = {"operationId": "more", "responses": {}, "security": []}
NAMED_MORE = {"type": "object", "properties": {}}
NULLABLE = {"anyOf": [{"type": "string"}, {"type": "null"}]}
GONE = object()

Place = tuple[str | int, ...]

PLANTS: dict[str, tuple[Place, object]] = {
    "a path less": (("paths", "/livez"), GONE),
    "a path more": (("paths", "/more"), {"get": MORE}),
    "another path": (("paths", "/api/v1/devices/{device}"), {"delete": MORE}),
    "a method less": (DEVICES, GONE),
    "a method more": (("paths", "/livez", "post"), MORE),
    "another operationId": (("paths", "/livez", "get", "operationId"), "showLivez"),
    "another guard": ((*CHECKOUT, "security"), []),
    "a parameter less": ((*INVOICES, "parameters", 1), GONE),
    "another name of a parameter": ((*INVOICES, "parameters", 0, "name"), "size"),
    "another place of a parameter": ((*INVOICES, "parameters", 0, "in"), "header"),
    "a parameter that must be": ((*INVOICES, "parameters", 0, "required"), True),
    "another bound of a parameter": ((*INVOICES, "parameters", 0, "schema", "maximum"), 50),
    "another default": ((*INVOICES, "parameters", 0, "schema", "default"), 10),
    "a body less": ((*CHECKOUT, "requestBody"), GONE),
    "a body more": ((*INVOICES, "requestBody"), {"required": True, "content": {}}),
    "a body that may be": ((*CHECKOUT, "requestBody", "required"), False),
    "another kind of body": (
        (*CHECKOUT, "requestBody", "content"),
        {"text/plain": {"schema": {"type": "string"}}},
    ),
    "another body": (
        (*CHECKOUT, "requestBody", "content", "application/json", "schema", "$ref"),
        "#/components/schemas/DeviceRegistration",
    ),
    "a status less": ((*CHECKOUT, "responses", "409"), GONE),
    "a status more": ((*CHECKOUT, "responses", "418"), {"description": "A teapot"}),
    "no default answer": ((*CHECKOUT, "responses", "default"), GONE),
    "another answer": (
        (*CHECKOUT, "responses", "201", "content", "application/json", "schema", "$ref"),
        "#/components/schemas/Portal",
    ),
    "another kind of answer": (
        (*CHECKOUT, "responses", "201", "content"),
        {"text/plain": {"schema": {"$ref": "#/components/schemas/Checkout"}}},
    ),
    "a schema less": ((*SCHEMAS, "Portal"), GONE),
    "a schema more": ((*SCHEMAS, "More"), NAMED_MORE),
    "a property less": ((*DEVICE, "name"), GONE),
    "a property more": ((*DEVICE, "more"), {"type": "string"}),
    "a property that may be": ((*SCHEMAS, "Device", "required"), ["id", "name", "fingerprint"]),
    "another type": ((*DEVICE, "name", "type"), "integer"),
    "another bound": ((*DEVICE, "id", "maxLength"), 65),
    "a bound less": ((*DEVICE, "id", "maxLength"), GONE),
    "a bound more": ((*DEVICE, "name", "maxLength"), 65),
    "null": ((*DEVICE, "name"), NULLABLE),
    "no instant": ((*DEVICE, "created_at"), {"type": "string"}),
    "another list": ((*SCHEMAS, "DeviceList", "properties", "devices", "items"), NULLABLE),
    "another pattern": (
        (*SCHEMAS, "DeviceRegistration", "properties", "fingerprint", "pattern"),
        "^.*$",
    ),
    "a value less": ((*SCHEMAS, "DisplayStatus", "enum"), ["paid", "open"]),
    "further fields": ((*SCHEMAS, "CheckoutRequest", "additionalProperties"), GONE),
    "deep inside": (
        (*SCHEMAS, "InvoiceList", "properties", "invoices", "items", "$ref"),
        "#/components/schemas/Device",
    ),
}
SILENT: dict[str, tuple[Place, object]] = {
    "a summary": ((*CHECKOUT, "summary"), "Other words"),
    "a description": ((*SCHEMAS, "Device", "description"), "Other words"),
    "an order": ((*SCHEMAS, "Device", "required"), ["created_at", "name", "fingerprint", "id"]),
    "a letter's case": ((*CHECKOUT, "parameters", 0, "name"), "IDEMPOTENCY-KEY"),
}


def planted(document: Json, place: Place, value: object) -> Json:
    """A copy of the document that says something else at this place."""
    copy = deepcopy(document)
    target: Any = copy
    for step in place[:-1]:
        target = target[step]
        while "$ref" in target:
            _, kind, name = target["$ref"].removeprefix("#/").split("/")
            target = copy["components"][kind][name]
    if value is GONE:
        del target[place[-1]]
    else:
        target[place[-1]] = value
    return copy


@pytest.fixture(scope="module")
def contract() -> Json:
    """What openapi.yaml says."""
    document: Json = yaml.safe_load(CONTRACT.read_text())
    return document


@pytest.fixture(scope="module")
def derived(tmp_path_factory: pytest.TempPathFactory) -> Json:
    """What the code says of itself."""
    path = tmp_path_factory.mktemp("derived") / "app.db"
    return derived_document(create_app(environ_at(f"sqlite:{path}")))


def test_the_code_is_what_the_contract_says(contract: Json, derived: Json) -> None:
    """Paths, methods, names, parameters, bodies, answers and schemas: no difference."""
    assert differences(contract, derived) == []
    assert len(derived["paths"]) == len(contract["paths"]) > 10


@pytest.mark.parametrize(("place", "value"), PLANTS.values(), ids=PLANTS)
def test_a_difference_is_seen(contract: Json, derived: Json, place: Place, value: object) -> None:
    """On whichever side it is, and in no other place than where it is."""
    here = differences(planted(contract, place, value), derived)
    there = differences(contract, planted(derived, place, value))

    assert here
    assert there
    assert {one.partition(": the contract")[0] for one in here} == {
        one.partition(": the contract")[0] for one in there
    }


@pytest.mark.parametrize(("place", "value"), SILENT.values(), ids=SILENT)
def test_other_words_are_no_difference(
    contract: Json, derived: Json, place: Place, value: object
) -> None:
    """What people read may be put otherwise."""
    assert differences(planted(contract, place, value), derived) == []
    assert differences(contract, planted(derived, place, value)) == []


def test_what_is_guarded_says_so(contract: Json) -> None:
    """The contract's schemes are those that the code has a guard for, or reads itself."""
    schemes = contract["components"]["securitySchemes"]

    assert set(schemes) == {*GUARDS, "stripeSignature"}


def test_an_answer_without_a_body_is_documented_without_one() -> None:
    """Beside those that have one."""
    operation = OPERATIONS["getReadyz"]
    bare = replace(operation, replies=(*operation.replies, Reply("304", None, None)))

    assert documented(operation)
    assert documented(bare) == {**documented(operation), "304": {"description": "304"}}
