"""A body is held to what openapi.yaml says of its operation, status and media type."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from billproof.errors import Violation
from billproof.trials import journal
from billproof.trials.answer import Answer
from billproof.trials.shape import expect_shape

DEVICE = {
    "id": "dev_1a2b3c",
    "name": "Living room",
    "fingerprint": "a1b2c3d4",
    "created_at": "2026-11-23T14:30:05Z",
}
PROBLEM = {"type": "urn:billproof:problem:unauthenticated", "title": "Who?", "status": 401}


@pytest.fixture(autouse=True)
def kept() -> journal.Journal:
    """The journal of a trial that has begun."""
    return journal.begin()


def registered(
    document: Any, status: int = 200, media_type: str = "application/json; charset=utf-8"
) -> Answer:
    """An answer to the registration of a device."""
    headers = httpx.Headers({"Content-Type": media_type})
    body = json.dumps(document).encode()
    return Answer("POST /devices", status, headers, body, seconds=0.1, exchange=3)


@pytest.mark.parametrize(
    "answer",
    [
        registered({"device": DEVICE}),
        registered({"device": DEVICE, "secret": "s" * 40}, status=201),
        registered(PROBLEM, status=401, media_type="Application/Problem+JSON"),
    ],
    ids=["known", "new", "a problem that is told of in one place for all"],
)
def test_a_body_as_it_is_described_fits(answer: Answer, kept: journal.Journal) -> None:
    """It is one check, which points at its exchange."""
    expect_shape(answer, "registerDevice")

    assert kept.checks[0] == "body of POST /devices as openapi.yaml has it"
    assert kept.shown == answer.exchange


@pytest.mark.parametrize(
    ("answer", "place"),
    [
        (registered({"device": DEVICE | {"name": 7}}), "$.device.name"),
        (registered({"device": DEVICE | {"created_at": "yesterday"}}), "$.device.created_at"),
        (registered({}), "$"),
        (registered({"device": DEVICE}, status=201), "$"),
        (registered({"device": DEVICE | {"name": 7, "id": 7}}), "$.device.id"),
        (registered(PROBLEM | {"status": "401"}, 401, "application/problem+json"), "$.status"),
    ],
    ids=["kind", "format", "missing", "another status", "the first of two", "problem"],
)
def test_a_body_that_does_not_fit_is_a_violation(answer: Answer, place: str) -> None:
    """The finding says where."""
    with pytest.raises(Violation) as caught:
        expect_shape(answer, "registerDevice")

    assert caught.value.expected == f"{place} to fit its schema"


@pytest.mark.parametrize(
    "answer",
    [
        registered({"device": DEVICE}, status=202),
        registered({"device": DEVICE}, media_type="text/html"),
        registered(PROBLEM, status=401),
    ],
    ids=["status", "media type", "media type of a problem"],
)
def test_an_answer_that_is_not_described_is_a_violation(
    answer: Answer, kept: journal.Journal
) -> None:
    """Whatever its body is; the finding points at its exchange."""
    with pytest.raises(Violation, match="expected a documented answer of registerDevice"):
        expect_shape(answer, "registerDevice")

    assert kept.shown == answer.exchange


def test_an_operation_that_openapi_does_not_have_is_our_own_mistake() -> None:
    """No backend is to blame for it."""
    with pytest.raises(LookupError, match="registerDevise"):
        expect_shape(registered({"device": DEVICE}), "registerDevise")


def test_an_empty_answer_is_not_described_where_a_body_is() -> None:
    """The media type is blank then; parts of the path are escaped on the way to the schema."""
    headers = httpx.Headers()
    empty = Answer("DELETE /devices/1", 401, headers, b"", seconds=0.1, exchange=3)

    with pytest.raises(Violation, match="documented answer"):
        expect_shape(empty, "revokeDevice")
