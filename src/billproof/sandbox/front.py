"""The front: foreign hosts are turned away, calls of the API go straight to its door."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from billproof.sandbox.api import answers
from billproof.sandbox.api.answers import Answer
from billproof.sandbox.api.door import Api
from billproof.sandbox.api.hosts import is_loopback
from billproof.sandbox.api.incoming import HungUp, Incoming, received
from billproof.sandbox.api.silence import Silence
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.identifiers import short_id

API = ("/v1", "/v2")
MOST_HOSTS_REMEMBERED = 1000
LONGEST_SHOWN = 100


class Front:
    """The application: `/v1…` and `/v2…` are the API's, all else goes through `rest`.

    A router would try every page and every lever first, on each of thousands of calls.
    """

    def __init__(self, api: Api, rest: ASGIApp, allowed: frozenset[str] | None) -> None:
        self._api, self._rest = api, rest
        self._allowed = allowed
        self._hosts: dict[bytes, bool] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may come in."""
        if scope["type"] != "http":
            await self._rest(scope, receive, send)
        elif scope["path"].startswith(API):
            await self._serve(scope, receive, send)
        elif self._is_known(host := dict(scope["headers"]).get(b"host", b"")):
            await self._rest(scope, receive, send)
        else:
            await refused(_foreign(host))(scope, receive, send)

    def answer(self, incoming: Incoming) -> Answer | Silence:
        """What a call of the API is answered, or what is done instead of answering it."""
        host = incoming.headers.get(b"host", b"")
        if not self._is_known(host):
            return answers.refused(_foreign(host), incoming.id, "test")
        return self._api.serve(incoming)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            incoming = await received(scope, receive)
        except HungUp:
            return
        answer = self.answer(incoming)
        if not isinstance(answer, Answer):
            await answer
            return
        if answer.delay_seconds:
            await asyncio.sleep(answer.delay_seconds)
        headers = answers.head(answer, incoming)
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.text})

    def _is_known(self, host: bytes) -> bool:
        """Whether the Host header is one of ours: web pages may come by DNS rebinding."""
        if self._allowed is None:
            return True
        if host not in self._hosts:
            if len(self._hosts) > MOST_HOSTS_REMEMBERED:
                self._hosts.clear()
            self._hosts[host] = _name(host) in self._allowed
        return self._hosts[host]


def _foreign(host: bytes) -> StripeError:
    shown = repr(host.decode("latin-1")[:LONGEST_SHOWN])
    return StripeError(Refusal.FOREIGN_HOST, host=shown)


def refused(error: StripeError) -> JSONResponse:
    """A refusal in Stripe's form, by whom no account is known."""
    return JSONResponse(error.body(short_id("req_"), "test"), error.status)


def no_route(request: Request, error: Exception) -> JSONResponse:
    """What is answered where there is neither a page nor a call, or none by this method."""
    answer = refused(StripeError(Refusal.NO_ROUTE, method=request.method, path=request.url.path))
    if isinstance(error, HTTPException):
        answer.status_code = error.status_code
        answer.headers.update(error.headers or {})
    return answer


def _name(host: bytes) -> str:
    try:
        return urlsplit(f"//{host.decode('latin-1')}").hostname or ""
    except ValueError:
        return ""


def own_hosts(host: str, origin: str) -> frozenset[str] | None:
    """The names a sandbox answers to; None is any, when it does not listen on loopback."""
    if not is_loopback(host):
        return None
    own = {"localhost", "127.0.0.1", "::1", host, urlsplit(origin).hostname or ""}
    return frozenset(own)
