"""The client's wire: one connection pool, form and JSON bodies, refusals as exceptions."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

import httpx

from billproof.errors import CannotTest

LEVER = "Sandbox-Lever"
"""The header of calls that are the suite's own: neither logged nor struck by faults."""
PATIENCE_SECONDS = 30.0
IDLE_SECONDS = 2.0
"""Until an idle connection is let go: before the sandbox closes it, just as a call may go out."""


@dataclass(eq=False)
class SandboxRefused(CannotTest):
    """The sandbox refused a call; with Stripe's status, error code and parameter."""

    status: int = 0
    error_code: str | None = None
    param: str | None = None

    @classmethod
    def told(cls, status: int, error: Mapping[str, Any]) -> Self:
        """The refusal that an error body tells of."""
        reason = f"The sandbox answered {status}: {error.get('message')}"
        return cls(
            "sandbox-refused",
            reason,
            status=status,
            error_code=error.get("code"),
            param=error.get("param"),
        )


class Wire:
    """One account's calls, by its secret key. Thread-safe; close it, or use it in a `with`."""

    def __init__(self, url: str, secret_key: str) -> None:
        self.url = url.rstrip("/")
        self.secret_key = secret_key
        headers = {"Authorization": f"Bearer {secret_key}", LEVER: "1"}
        # The environment's proxies are not meant for a sandbox next door.
        self._http = httpx.Client(
            base_url=self.url,
            headers=headers,
            timeout=PATIENCE_SECONDS,
            limits=httpx.Limits(keepalive_expiry=IDLE_SECONDS),
            trust_env=False,
            verify=_tls(),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def stripe(
        self, method: str, path: str, params: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Any call of Stripe's API; SandboxRefused when it is refused."""
        pairs = list(_pairs("", params or {}))
        if method == "GET":
            return self.send(method, path, params=pairs)
        return self.send(method, path, data=pairs)

    def send(
        self,
        method: str,
        path: str,
        *,
        json: Mapping[str, Any] | None = None,
        params: Sequence[tuple[str, str]] = (),
        data: list[tuple[str, str]] | None = None,
    ) -> dict[str, Any]:
        """Send one call and read its answer; CannotTest when none comes."""
        form = urlencode(data).encode() if data else None
        head = {"Content-Type": "application/x-www-form-urlencoded"} if data else {}
        try:
            answer = self._http.request(
                method,
                path,
                json=json,
                params=httpx.QueryParams(urlencode(params)),
                content=form,
                headers=head,
            )
        except httpx.TransportError as error:
            reason = f"The sandbox at {self.url} does not answer: {error!r}."
            raise CannotTest("sandbox-died", reason) from error
        try:
            body: dict[str, Any] = answer.json()
        except ValueError as error:
            reason = f"What answers at {self.url} is no billproof sandbox."
            raise CannotTest("no-sandbox", reason) from error
        if answer.is_error:
            raise SandboxRefused.told(answer.status_code, body.get("error", {}))
        return body


@cache
def _tls() -> ssl.SSLContext:
    """One for all clients: every trial makes a client, and this is the slow part of it."""
    return ssl.create_default_context()


def _pairs(prefix: str, value: Any) -> Iterator[tuple[str, str]]:
    """Nested values as bracketed form fields."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from _pairs(f"{prefix}[{name}]" if prefix else str(name), each)
    elif isinstance(value, list | tuple):
        for index, each in enumerate(value):
            yield from _pairs(f"{prefix}[{index}]", each)
    elif isinstance(value, bool):
        yield prefix, "true" if value else "false"
    else:
        yield prefix, "" if value is None else str(value)
