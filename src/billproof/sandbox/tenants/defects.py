"""Defects of the sandbox itself: told on standard error, and lived with."""

from __future__ import annotations

import logging

LOG = logging.getLogger("billproof.sandbox")
TEXT = "%s failed. This is a defect of the sandbox: please report what led to it."


def tell(what: str, error: Exception) -> None:
    """Say what has just failed, where, and what to do; with its traceback."""
    LOG.error(TEXT, what, exc_info=error)
