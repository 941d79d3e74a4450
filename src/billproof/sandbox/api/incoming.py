"""A call as it came over the wire: of ASGI, what the door needs, and no more.

Starlette's Request builds a URL and searches the headers for each look; that is a third of the
time that a call takes here.
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.types import Receive, Scope

from billproof.sandbox.objects.errors import Refusal, StripeError

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
    client: tuple[str, int]
    receive: Receive

    @classmethod
    def of(cls, scope: Scope, receive: Receive) -> Incoming:
        """The call of an ASGI scope."""
        return cls(
            scope["method"],
            scope["path"],
            scope["query_string"].decode("latin-1"),
            dict(scope["headers"]),
            tuple(scope["client"] or ("", 0)),
            receive,
        )

    def header(self, name: bytes) -> str:
        """A header's value; empty when it was not sent."""
        value = self.headers.get(name)
        return "" if value is None else value.decode("latin-1")

    async def body(self) -> bytes:
        """What was sent; StripeError when it is too much or no form, HungUp at an early end."""
        if self.method in BODILESS:
            return b""
        text = await self._whole()
        if text and self.header(b"content-type").lower().startswith(NO_FORM):
            raise StripeError(Refusal.NOT_A_FORM)
        return text

    async def _whole(self) -> bytes:
        text = bytearray()
        while True:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise HungUp
            text += message.get("body", b"")
            if len(text) > LARGEST_BODY:
                raise StripeError(Refusal.TOO_LARGE, limit=str(LARGEST_BODY))
            if not message.get("more_body", False):
                return bytes(text)

    async def departure(self) -> None:
        """Wait until the client leaves."""
        while (await self.receive())["type"] != "http.disconnect":
            pass
