"""One real server for all tests of a worker, its app and its database swapped beneath it."""

from __future__ import annotations

import asyncio
import json
import threading
import urllib.request
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any
from urllib.error import HTTPError, URLError

import pytest
from sqlalchemy import Connection, text

from billproof.database import Database
from billproof.database.lifespan import Message, Receive, Send
from billproof.errors import CannotTest, UsageError
from tests.suite.database.conftest import Begin
from tests.suite.database.drivers import DRIVERS
from tests.suite.database.hands import Row
from tests.suite.database.turns import ALL, Turns, add


class Shop:
    """An app that adds a user and answers with all; `/slow` waits for a word first."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.said: list[str] = []
        self.arrived, self.may_go_on = threading.Event(), threading.Event()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if scope["path"] == "/slow":
            self.arrived.set()
            await asyncio.to_thread(self.may_go_on.wait, 60)
        rows = await self._added()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": json.dumps(rows).encode()})

    async def _added(self) -> list[Row]:
        async with self._database.async_engine.begin() as connection:
            return await connection.run_sync(_add)

    async def _live(self, receive: Receive, send: Send) -> None:
        for kind in ("startup", "shutdown"):
            await receive()
            self.said.append(kind)
            await send({"type": f"lifespan.{kind}.complete"})


class ThreadedShop(Shop):
    """One whose driver is not awaited."""

    async def _added(self) -> list[Row]:
        return await asyncio.to_thread(self._add)

    def _add(self) -> list[Row]:
        with self._database.engine.begin() as connection:
            return _add(connection)


def _add(connection: Connection) -> list[Row]:
    connection.execute(text(add("ada")))
    return [tuple(row) for row in connection.execute(text(ALL))]


class Stand:
    """A worker whose apps are at hand."""

    def __init__(self, begin: Begin, driver: str) -> None:
        self.shops: list[Shop] = []
        self._made = Shop if DRIVERS[driver].is_awaited else ThreadedShop
        self.worker = begin(driver, app=self._new).worker

    def _new(self, database: Database) -> Shop:
        self.shops.append(self._made(database))
        return self.shops[-1]


@pytest.fixture(params=DRIVERS)
def stand(begin: Begin, request: pytest.FixtureRequest) -> Stand:
    """A worker of each driver in turn."""
    return Stand(begin, request.param)


def asked(url: str) -> Any:
    """What is answered."""
    with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310 - ours
        return json.load(answer)


def test_a_hundred_tests_are_served_their_own_rows(stand: Stand) -> None:
    """By one server, each by an app of its own, started and ended."""
    answers, urls = [], set()
    for _ in range(100):
        url = stand.worker.begin().live_url
        urls.add(url)
        answers.append([asked(url), asked(url)])
        assert stand.worker.end() == []

    assert answers == [[[[1, "ada"]], [[1, "ada"], [2, "ada"]]]] * 100
    assert len(urls) == 1
    assert [shop.said for shop in stand.shops] == [["startup", "shutdown"]] * 100


def test_a_request_under_way_ends_in_its_own_test(stand: Stand) -> None:
    """The end of the test waits for it; none of it reaches the next one."""
    url = stand.worker.begin().live_url
    with ThreadPoolExecutor() as threads:
        slow: Future[Any] = threads.submit(asked, f"{url}/slow")
        assert stand.shops[0].arrived.wait(60)
        ending = threads.submit(stand.worker.end)
        late = threads.submit(asked, url)
        stand.shops[0].may_go_on.set()
        ending.result(60)

        assert slow.result(60) == [[1, "ada"]]
        # It came as its test ended: served there, or by nobody.
        assert isinstance(late.exception(60), HTTPError | URLError | None)

    assert asked(stand.worker.begin().live_url) == [[1, "ada"]]


def test_between_tests_nobody_is_served(stand: Stand) -> None:
    """A stray request is told so."""
    url = stand.worker.begin().live_url
    asked(url)
    stand.worker.end()

    with pytest.raises(HTTPError) as refused:
        asked(url)

    assert refused.value.code == 503
    refused.value.close()


def test_a_request_that_never_ends_is_broken_off(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And named; the next test has its own database all the same."""
    monkeypatch.setattr("billproof.database.live.PATIENCE_SECONDS", 0.2)
    url = stand.worker.begin().live_url
    asked(url)
    with ThreadPoolExecutor() as threads:
        asking = threads.submit(asked, f"{url}/slow")
        assert stand.shops[0].arrived.wait(60)

        with pytest.raises(CannotTest, match="GET /slow had no answer"):
            stand.worker.end()

        assert isinstance(asking.exception(60), HTTPError | URLError | ConnectionError)
        stand.shops[0].may_go_on.set()
    assert asked(stand.worker.begin().live_url) == [[1, "ada"]]


def test_an_app_is_asked_for_before_it_is_served(turns: Turns) -> None:
    """Who gave none is told how."""
    database = turns.begin()

    with pytest.raises(UsageError, match="was given no app"):
        database.live_url  # noqa: B018 - it serves as it is asked for
