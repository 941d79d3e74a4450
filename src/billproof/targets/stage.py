"""One listening server, many apps: the stage on which a host swaps them."""

from __future__ import annotations

import asyncio
import importlib
from typing import TYPE_CHECKING, Any

from billproof.database.lifespan import App, Lifespan, Message, Receive, Send
from billproof.targets.readiness import until_ready

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

QUIET_SECONDS = 15.0
"""How long a swap waits for requests in flight; an answer may take 10 s by contract."""


def load_factory(name: str) -> Callable[[Mapping[str, str]], App]:
    """The callable that `module:factory` names."""
    module, _, attribute = name.partition(":")
    factory = importlib.import_module(module)
    for part in attribute.split("."):
        factory = getattr(factory, part)
    return factory  # type: ignore[return-value] # only calling it can show its type


def app_of(factory: Callable[[Mapping[str, str]], App], environ: Mapping[str, str]) -> App:
    """The app that the factory makes; TypeError where it makes none."""
    app: object = factory(environ)
    if not callable(app):
        what = "None" if app is None else f"a {type(app).__name__}"
        raise TypeError(f"the factory answered {what}, which is no ASGI app")
    return app


class Stage:
    """An ASGI app that hands each request to the app which is on stage now."""

    def __init__(self, factory: Callable[[Mapping[str, str]], App]) -> None:
        self._factory = factory
        self._now: Lifespan | None = None
        self._in_flight = 0
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._open = asyncio.Event()
        self._open.set()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request; while a swap is under way it waits for the next app."""
        await self._open.wait()
        if self._now is None:
            await _refuse(send)
            return
        self._enter()
        try:
            await self._now.app({**scope, "state": self._now.state.copy()}, receive, send)
        finally:
            self._leave()

    async def swap(self, environ: Mapping[str, str]) -> None:
        """End the app that is on stage and start a new one; raises what its start raises."""
        self._open.clear()
        try:
            await self._clear()
            following = Lifespan(app_of(self._factory, environ))
            await following.start()
            await until_ready(following)
            self._now = following
        finally:
            self._open.set()

    async def clear(self) -> None:
        """End the app that is on stage; until the next swap the answer is 503."""
        self._open.clear()
        try:
            await self._clear()
        finally:
            self._open.set()

    async def _clear(self) -> None:
        try:
            await asyncio.wait_for(self._quiet.wait(), QUIET_SECONDS)
        except TimeoutError:
            self._in_flight = 0
        leaving, self._now = self._now, None
        if leaving:
            await leaving.end()

    def _enter(self) -> None:
        self._in_flight += 1
        self._quiet.clear()

    def _leave(self) -> None:
        self._in_flight -= 1
        if self._in_flight <= 0:
            self._in_flight = 0
            self._quiet.set()


async def _refuse(send: Send) -> None:
    headers: list[Any] = [(b"content-type", b"text/plain"), (b"retry-after", b"1")]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": b"no app is on stage"})
