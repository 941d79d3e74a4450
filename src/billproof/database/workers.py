"""All that one pytest process keeps for its tests, and removes at its end."""

from __future__ import annotations

import os
import uuid

import pytest

from billproof.database.folders import RunFolder
from billproof.database.worker import Order, Worker


class Workers:
    """The worker of each `databases()`, made at its first use."""

    def __init__(self) -> None:
        self._folder: RunFolder | None = None
        self._by_order: dict[Order, Worker] = {}
        self._failed: dict[Order, Exception] = {}

    def of(self, order: Order) -> Worker:
        """The worker of an order; UsageError when it cannot be had.

        What fails is not tried again for each of hundreds of tests, migrations least of all.
        """
        if order in self._failed:
            raise self._failed[order]
        if order not in self._by_order:
            run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or uuid.uuid4().hex
            self._folder = self._folder or RunFolder.of(run)
            name = os.environ.get("PYTEST_XDIST_WORKER", "main")
            try:
                self._by_order[order] = Worker(order, self._folder, name)
            except Exception as error:
                self._failed[order] = error
                raise
        return self._by_order[order]

    def close(self) -> None:
        """End all, and let go of the run's folder."""
        for each in self._by_order.values():
            each.close()
        self._by_order.clear()
        if self._folder is not None:
            self._folder.close()
            self._folder = None


KNOWN = pytest.StashKey[Workers]()


def workers(config: pytest.Config) -> Workers:
    """Those of a pytest process."""
    if KNOWN not in config.stash:
        config.stash[KNOWN] = found = Workers()
        config.add_cleanup(found.close)
    return config.stash[KNOWN]
