"""A real server whose database is emptied beneath it, with its connections open."""

from __future__ import annotations

import json
import urllib.request
import uuid
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import text

from billproof.database import Database
from billproof.database.folders import RunFolder
from billproof.database.lifespan import Message, Receive, Send
from billproof.database.postgres.server import Server
from billproof.database.postgres.store import PostgresStore
from billproof.database.schema import Schema
from billproof.database.worker import Order, Worker
from tests.suite.database.turns import ALL, METADATA, add


def app(database: Database) -> Any:
    """It adds a user, and answers with all, and with the server's process that told it."""

    async def serve(scope: Message, _receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise NotImplementedError
        async with database.async_engine.begin() as connection:
            await connection.execute(text(add("ada")))
            rows = [tuple(row) for row in await connection.execute(text(ALL))]
            backend = await connection.scalar(text("SELECT pg_backend_pid()"))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        body = json.dumps([rows, backend]).encode()
        await send({"type": "http.response.body", "body": body})

    return serve


@pytest.mark.parametrize("driver", ["psycopg", "asyncpg"])
def test_each_test_is_served_its_own_rows(server: Server, driver: str) -> None:
    """By one connection, which stays open from test to test."""
    folder = RunFolder.of(uuid.uuid4().hex)
    url = server.url("postgres").set(drivername=f"postgresql+{driver}")
    order = Order(lambda: Schema.of(METADATA), url.render_as_string(hide_password=False), app=app)
    with closing(folder), closing(Worker(order, folder, "main")) as worker:
        answers = []
        for _ in range(3):
            database = worker.begin()
            with urllib.request.urlopen(database.live_url) as answer:  # noqa: S310 - ours
                answers.append(json.load(answer))
            assert worker.end() == []
        assert isinstance(worker._store, PostgresStore)
        assert worker._store.refusal is None

    assert [rows for rows, _ in answers] == [[[1, "ada"]]] * 3
    assert len({backend for _, backend in answers}) == 1
