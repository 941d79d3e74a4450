"""Failures of the sandbox itself: told on standard error, and lived with."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

LOG = logging.getLogger("billproof.sandbox")
WHAT_TO_DO = (
    "The sandbox goes on without it. If its state file was written by something else, start "
    "with another one; else please report the lines below, for they are a defect."
)


@contextmanager
def told(what: str) -> Iterator[list[Exception]]:
    """Tell what the block raises, and end it there; the list that it gets says so afterwards."""
    failures: list[Exception] = []
    try:
        yield failures
    except Exception as error:  # noqa: BLE001 - whatever it is, the others are to go on
        failures.append(error)
        tell(what, error)


def tell(what: str, error: Exception) -> None:
    """Say what failed, why, and what to do."""
    LOG.error("%s failed: %r. %s", what, error, WHAT_TO_DO, exc_info=error)
