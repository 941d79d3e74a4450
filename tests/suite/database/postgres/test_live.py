"""A real server whose database is emptied beneath it, with its connections open."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest
from sqlalchemy import text

from billproof.database import Database
from billproof.database.lifespan import Message, Receive, Send
from tests.suite.database.conftest import Begin
from tests.suite.database.postgres.conftest import refusal
from tests.suite.database.turns import add


def app(database: Database) -> Any:
    """It adds a user, and answers with the server's process that was told so."""

    async def serve(scope: Message, _receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise NotImplementedError
        async with database.async_engine.begin() as connection:
            await connection.execute(text(add("ada")))
            backend = await connection.scalar(text("SELECT pg_backend_pid()"))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": json.dumps(backend).encode()})

    return serve


@pytest.mark.parametrize("driver", ["psycopg-awaited", "asyncpg"])
def test_the_apps_connection_stays_from_test_to_test(begin: Begin, driver: str) -> None:
    """Nothing is cloned for an app that is served; its answers are held one folder up."""
    turns = begin(driver, app=app)
    backends = set()
    for _ in range(3):
        with urllib.request.urlopen(turns.begin().live_url) as answer:  # noqa: S310 - ours
            backends.add(json.load(answer))
        assert turns.end() == []

    assert refusal(turns) is None
    assert len(backends) == 1
