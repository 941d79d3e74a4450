"""billproof, as its fixture does it."""

from __future__ import annotations

import uuid

from sqlalchemy import text

from benchmarks.databases.body import METADATA
from benchmarks.databases.grounds import Ground
from benchmarks.databases.sites import Site
from billproof.database.folders import RunFolder
from billproof.database.schema import Schema
from billproof.database.worker import Order, Worker

CHANGE = text("COMMENT ON TABLE things_7 IS 'changed'")


class Billproof:
    """A worker of the product, used as the product's fixture uses it."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._is_awaited = ground.driver.is_awaited
        self._folder = RunFolder.of(uuid.uuid4().hex)
        url = ground.base_url().render_as_string(hide_password=False)
        self._worker = Worker(Order(lambda: Schema.of(METADATA), url), self._folder, "main")

    def begin(self) -> Site:
        """A database that no other test has."""
        made = self._worker.begin()
        engine = made.async_engine if self._is_awaited else made.engine
        return self._ground.wrapped(lambda: made.url, engine)

    def end(self) -> None:
        """It is emptied where that is safe, or replaced."""
        self._worker.end()

    def close(self) -> None:
        """Remove all."""
        self._worker.close()
        self._folder.close()


class Cloned(Billproof):
    """The same when each test ends with a change of the schema, so that it has to be cloned."""

    def begin(self) -> Site:
        """A clone."""
        self._site = super().begin()
        return self._site

    def end(self) -> None:
        """Change the schema: it cannot be emptied then."""
        self._site.work(lambda connection: connection.execute(CHANGE))
        super().end()


class Asked(Billproof):
    """The same when each test asks for the URL, so that nobody knows who has it."""

    def begin(self) -> Site:
        """A database whose URL is known."""
        site = super().begin()
        _ = site.url
        return site
