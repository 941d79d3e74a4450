"""A call as it came over the wire: of HTTP, what the door needs, and no more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from starlette.types import Receive, Scope

from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.identifiers import short_id

LARGEST_BODY = 1 << 20
BODILESS = frozenset({"GET", "HEAD"})
NO_FORM = ("application/json", "multipart/")


class HungUp(Exception):  # noqa: N818 - what happened, in the words of the telephone
    """The client has left before it had said all."""


@dataclass(slots=True)
class Incoming:
    """One call. Header names are in lower case; of several with one name the last counts."""

    method: str
    path: str
    query: str
    headers: dict[bytes, bytes]
    body: bytes | bytearray
    """What was sent; nobody reads on when it is more than `LARGEST_BODY`."""
    client: tuple[str, int]
    departure: Callable[[], Awaitable[None]]
    """Waits until the client leaves."""
    id: str = field(default_factory=lambda: short_id("req_"))
    """The `Request-Id` of its answer."""

    def header(self, name: bytes) -> str:
        """A header's value; empty when it was not sent."""
        value = self.headers.get(name)
        return "" if value is None else value.decode("latin-1")

    def form(self) -> str:
        """What was sent, as fields of a form; StripeError when it is too much or no form."""
        if self.method in BODILESS:
            return self.query
        if len(self.body) > LARGEST_BODY:
            raise StripeError(Refusal.TOO_LARGE, limit=str(LARGEST_BODY))
        if self.body and self.header(b"content-type").lower().startswith(NO_FORM):
            raise StripeError(Refusal.NOT_A_FORM)
        text = self.body.decode(errors="replace")
        return f"{self.query}&{text}" if self.query and text else self.query or text


async def received(scope: Scope, receive: Receive) -> Incoming:
    """The call of an ASGI scope; HungUp at an early end."""

    async def departure() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    return Incoming(
        scope["method"],
        scope["path"],
        scope["query_string"].decode("latin-1"),
        dict(scope["headers"]),
        await _body(receive),
        tuple(scope["client"] or ("", 0)),
        departure,
    )


async def _body(receive: Receive) -> bytearray:
    body = bytearray()
    while len(body) <= LARGEST_BODY:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise HungUp
        body += message.get("body", b"")
        if not message.get("more_body", False):
            break
    return body
