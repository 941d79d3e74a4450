"""The log: what it tells of a request and of an error, and what never."""

from __future__ import annotations

import asyncio
import json
import logging
import logging.config
import re
import sys
from collections.abc import Iterator
from typing import Any, cast

import httpx
import pytest
import respx
from starlette.types import Message, Receive, Scope, Send

from reference_impl.headers import NoStore
from reference_impl.logs import LOGGING, JsonLines, Logged
from tests.reference.backend import ADA, Backend
from tests.reference.shapes import begin_checkout

Line = dict[str, Any]


class Lines(logging.Handler):
    """Keeps what a log would say."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.setFormatter(JsonLines())

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line."""
        self.said.append(self.format(record))

    def read(self) -> list[Line]:
        """The lines, each of them a JSON object."""
        return [json.loads(line) for line in self.said]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """What is logged meanwhile."""
    logger, handler = logging.getLogger("reference_impl"), Lines()
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield handler
    logger.removeHandler(handler)
    logger.setLevel(level)


async def test_each_answer_is_a_line(backend: Backend, lines: Lines) -> None:
    """Method, route and status, under an id of its own."""
    await backend.subscription()
    await backend.call("DELETE", "/devices/dev_a_secret_one")
    await backend.http.get("/nowhere/at/all?token=a_secret")

    told = [(line["method"], line["route"], line["status"]) for line in lines.read()]

    assert told == [
        ("GET", "/api/v1/billing/subscription", 200),
        ("DELETE", "/api/v1/devices/{device_id}", 404),
        ("GET", None, 404),
    ]
    assert len({line["request"] for line in lines.read()}) == len(told)
    assert "secret" not in "".join(lines.said)


async def test_no_line_tells_who_it_was(
    backend: Backend, stripe: respx.MockRouter, lines: Lines
) -> None:
    """Neither ids nor keys nor what signs them."""
    await begin_checkout(backend, stripe, "pro")
    await backend.deliver(b"{}")

    text = "".join(lines.said)

    assert "/billing/checkout" in text
    for name in ("STRIPE_SECRET_KEY", "TELEGRAM_BOT_TOKEN", "METRICS_TOKEN"):
        assert backend.environ[name] not in text
    for told in (str(ADA), "cus_", "cs_", "hash", "whsec_", "v1="):
        assert told not in text


async def test_requests_at_once_have_ids_of_their_own(backend: Backend, lines: Lines) -> None:
    """Whatever is logged meanwhile."""
    await asyncio.gather(*(backend.subscription() for _ in range(5)))

    assert len({line["request"] for line in lines.read()}) == 5


async def test_a_request_that_fails_is_a_line_too(
    backend: Backend, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the 500 that it becomes."""
    monkeypatch.delattr("reference_impl.subscriptions.read_model")

    with pytest.raises(NameError):
        await backend.call("GET", "/billing/subscription")

    assert [line["status"] for line in lines.read()] == [500]


def test_of_an_error_only_kind_and_places_are_told(lines: Lines) -> None:
    """What it says may be a secret."""
    try:
        httpx.URL("https://user:a_secret@host:many")
    except httpx.InvalidURL:
        logging.getLogger("reference_impl").exception("it failed")

    [line] = lines.read()
    assert (line["message"], line["error"], line["level"]) == ("it failed", "InvalidURL", "error")
    assert all(re.fullmatch(r".+\.py:\d+", place) for place in line["places"])
    assert "a_secret" not in lines.said[0]


def test_the_configuration_is_one_that_logging_takes(capsys: pytest.CaptureFixture[str]) -> None:
    """Warnings of others in the same form, on standard error."""
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    try:
        logging.config.dictConfig(LOGGING)
        logging.getLogger("anybody").warning("look")
        logging.getLogger("anybody").info("too quiet")
    finally:
        root.handlers[:], root.level = kept, level
        logging.getLogger("reference_impl.logs").setLevel(logging.NOTSET)

    [line] = capsys.readouterr().err.splitlines()
    assert json.loads(line)["message"] == "look"
    assert json.loads(line)["request"] is None
    assert sys.stderr is not None


async def test_what_is_no_request_is_passed_on(lines: Lines) -> None:
    """Starts and ends have no id and no line."""
    seen: list[str] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(scope["type"])

    async def nothing(*_: Message) -> Message:
        return {}

    await Logged(NoStore(app))({"type": "lifespan"}, nothing, cast("Send", nothing))

    assert (seen, lines.said) == (["lifespan"], [])
