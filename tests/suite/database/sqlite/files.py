"""The files of a worker's tests, and a worker whose project has options of its own."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from billproof.database.folders import RunFolder
from billproof.database.schema import Schema
from billproof.database.worker import Order, Worker
from tests.suite.database.drivers import ON_SQLITE
from tests.suite.database.turns import METADATA, Turns


def file_of(turns: Turns) -> str:
    """What SQLite says where it is; the last thing that is done in a test, for it is seen."""
    return str(turns.rows("PRAGMA database_list")[0][2])


@contextmanager
def sync_turns(**options: Any) -> Iterator[Turns]:
    """A worker of the sync driver, whose project has options for its engine."""
    folder = RunFolder.of(uuid.uuid4().hex)
    order = Order(lambda: Schema.of(METADATA), "sqlite://", engine_options=options)
    worker = Worker(order, folder, "main")
    yield Turns(worker, ON_SQLITE["sqlite"].words, None)
    worker.close()
    folder.close()
