"""How long a hosted app is waited for that is not ready when it has started."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from billproof.database.lifespan import App, Lifespan
from billproof.targets import readiness
from billproof.targets.readiness import until_ready

if TYPE_CHECKING:
    from billproof.database.lifespan import Message, Receive, Send

A_MOMENT_SECONDS = 0.1
ASKED = 3


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seconds would be long for a test."""
    monkeypatch.setattr(readiness, "READY_SECONDS", A_MOMENT_SECONDS)


def answering(*statuses: int) -> tuple[App, list[Message]]:
    """An app that answers so, the last time after time; and the scopes of what it was asked."""
    asked: list[Message] = []

    async def app(scope: Message, _: Receive, send: Send) -> None:
        asked.append(scope)
        status = statuses[min(len(asked), len(statuses)) - 1]
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    return app, asked


@pytest.mark.parametrize("status", [200, 404, 500])
def test_any_answer_but_503_ends_it(status: int) -> None:
    """What it is worth is for trials to say."""
    app, asked = answering(503, 503, status)

    asyncio.run(until_ready(Lifespan(app)))

    assert len(asked) == ASKED
    assert {scope["path"] for scope in asked} == {"/readyz"}


def test_who_is_never_ready_is_taken_as_he_is() -> None:
    """After a bound."""
    app, asked = answering(503)

    asyncio.run(asyncio.wait_for(until_ready(Lifespan(app)), 50 * A_MOMENT_SECONDS))

    assert len(asked) > 1


def test_who_fails_is_asked_no_more() -> None:
    """Each trial will see it fail."""
    asked: list[Message] = []

    async def app(scope: Message, _: Receive, __: Send) -> None:
        asked.append(scope)
        raise RuntimeError

    asyncio.run(until_ready(Lifespan(app)))

    assert len(asked) == 1


def test_nobody_leaves_who_asks() -> None:
    """An app that listens for it beside its answer waits in vain, and not in a circle."""
    heard: list[str] = []

    async def app(_: Message, receive: Receive, send: Send) -> None:
        heard.append((await receive())["type"])
        heard.append((await receive())["type"])
        await send({"type": "http.response.start", "status": 200, "headers": []})

    asyncio.run(until_ready(Lifespan(app)))

    assert heard == ["http.request"]
