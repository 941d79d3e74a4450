"""The log: a line of JSON for each request and each surprise, and nothing of what was said."""

from __future__ import annotations

import json
import logging
import secrets
import time
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUEST: ContextVar[str | None] = ContextVar("request", default=None)
"""The id of the request that is worked on: whatever is logged meanwhile carries it."""

LOG = logging.getLogger(__name__)

HANDLER = {"class": "logging.StreamHandler", "formatter": "json"}
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "reference_impl.logs.JsonLines"}},
    "handlers": {"stderr": HANDLER},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {__name__: {"level": "INFO"}},
}
"""For logging.config; every worker has it."""


class JsonLines(logging.Formatter):
    """Of an error its kind and its places; what it says may be a secret, or somebody's."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"at": at, "level": record.levelname.lower()}
        line |= {"message": record.getMessage(), "request": REQUEST.get()}
        line |= getattr(record, "told", {})
        if record.exc_info and (error := record.exc_info[1]):
            frames = traceback.extract_tb(error.__traceback__)
            line["error"] = type(error).__name__
            line["places"] = [f"{frame.filename}:{frame.lineno}" for frame in frames]
        return json.dumps(line)


class Logged:
    """Gives each request an id, and logs how it was answered: by its route, never by its URL."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and log."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        REQUEST.set(secrets.token_hex(8))
        began, statuses = time.monotonic(), [500]

        async def send_and_note(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        finally:
            told = {"method": scope["method"], "route": _route(scope), "status": statuses[-1]}
            told["milliseconds"] = round((time.monotonic() - began) * 1000)
            LOG.info("answered", extra={"told": told})


def _route(scope: Scope) -> str | None:
    """The template of the path, for paths hold ids; None where there is no route."""
    return getattr(scope.get("route"), "path", None)
