"""Which of the nine a way does not keep, found out by trying."""

from __future__ import annotations

import gc
import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from benchmarks.databases.grounds import Driver, new_ground
from benchmarks.databases.guarantees.checks import CHECKS
from benchmarks.databases.guarantees.play import Play
from benchmarks.databases.ways.way import Make
from billproof.database.postgres.server import Server


def failed(make: Make, driver: Driver, server: Server | None) -> tuple[str, ...]:
    """The names of those that it fails; each is tried with a way and databases of its own."""
    with _quiet():
        return tuple(
            name for name, check in CHECKS.items() if not _holds(check, make, driver, server)
        )


def _holds(
    check: Callable[[Play], bool], make: Make, driver: Driver, server: Server | None
) -> bool:
    with new_ground(driver, server) as ground:
        way = make(ground)
        try:
            return _is_kept(check, Play(way))
        finally:
            with suppress(Exception):
                way.close()
            gc.collect()


def _is_kept(check: Callable[[Play], bool], play: Play) -> bool:
    """An error of the database in a check is what the test's author would get: it fails."""
    try:
        return check(play)
    except Exception:  # noqa: BLE001 - every driver has its own
        return False


@contextmanager
def _quiet() -> Iterator[None]:
    """Pools and drivers tell at length of connections that are lost, which is what we try."""
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
            # What the last of them has lost tells of it here, not amid what follows.
            gc.collect()
    finally:
        logging.disable(logging.NOTSET)
