"""Webhooks: sent in the background, and sent again until they are taken.

Each customer's events leave in order and no customer waits for another. A failed event is
sent again after each pause of the account's back-off, while the next ones go on; then it is
given up.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.events import Event
from billproof.sandbox.objects.identifiers import short_id
from billproof.sandbox.webhooks.attempts import LONGEST_PATIENCE, Attempt, Deliveries
from billproof.sandbox.webhooks.endpoints import Endpoint
from billproof.sandbox.webhooks.letters import USUAL, Letter

if TYPE_CHECKING:
    from collections.abc import Coroutine

    import httpx

KEPT_OF_ANSWER = 2000


class Courier:
    """Carries events of all accounts; lives on the server's event loop."""

    def __init__(self) -> None:
        self._client: httpx.AsyncClient | None = None
        self._warming = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._last: dict[tuple[str, str], asyncio.Task[None]] = {}

    def send(self, account: Account, deliveries: Deliveries, event: Event) -> None:
        """Start the deliveries of a new event to all who want it."""
        endpoints = [each for each in account.all(Endpoint) if each.wants(event.type)]
        if endpoints:
            event.waiting = frozenset(each.id for each in endpoints)
        event.receivers = len(endpoints)
        if deliveries.holds(event.id, event.customer):
            return
        for endpoint in endpoints:
            lane = (account.key + endpoint.id, event.customer or event.id)
            self._enqueue(lane, deliveries, endpoint, event)

    def resume(self, account: Account, deliveries: Deliveries) -> None:
        """Send what an earlier process had still to deliver, each endpoint's where it was left."""
        tried = deliveries.tried()
        for event in account.all(Event):
            if not event.waiting or deliveries.holds(event.id, event.customer):
                continue
            for endpoint in account.all(Endpoint):
                count = tried.get((event.id, endpoint.id), 0)
                if endpoint.id in event.waiting and count <= len(deliveries.back_off):
                    lane = (account.key + endpoint.id, event.customer or event.id)
                    self._enqueue(lane, deliveries, endpoint, event, count)

    def _enqueue(
        self,
        lane: tuple[str, str],
        deliveries: Deliveries,
        endpoint: Endpoint,
        event: Event,
        tried: int = 0,
    ) -> None:
        work = self._first(self._last.get(lane), deliveries, endpoint, event, tried)
        task = self._begin(deliveries, event, work)
        self._last[lane] = task
        task.add_done_callback(lambda done: self._leave(lane, done))

    def _leave(self, lane: tuple[str, str], done: asyncio.Task[None]) -> None:
        if self._last.get(lane) is done:
            del self._last[lane]

    def _begin(
        self, deliveries: Deliveries, event: Event, work: Coroutine[None, None, None]
    ) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        deliveries.begin(event.id)
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._end(deliveries, event, done))
        return task

    def _end(self, deliveries: Deliveries, event: Event, done: asyncio.Task[None]) -> None:
        deliveries.end(event.id)
        self._tasks.discard(done)

    async def _first(
        self,
        ahead: asyncio.Task[None] | None,
        deliveries: Deliveries,
        endpoint: Endpoint,
        event: Event,
        tried: int,
    ) -> None:
        if ahead is not None:
            await asyncio.wait([ahead])
        if endpoint.disabled or deliveries.holds(event.id, event.customer):
            return
        attempt = await self.attempt(deliveries, endpoint, event, tried + 1)
        if not attempt.taken:
            again = self._again(deliveries, endpoint, event, USUAL, tried=tried, by_hand=False)
            self._begin(deliveries, event, again)

    async def _again(  # noqa: PLR0913 - a delivery's words
        self,
        deliveries: Deliveries,
        endpoint: Endpoint,
        event: Event,
        letter: Letter,
        *,
        tried: int = 0,
        by_hand: bool,
    ) -> None:
        for number, pause in enumerate(deliveries.back_off[tried:], start=tried + 2):
            await asyncio.sleep(pause)
            held = deliveries.holds(event.id, event.customer)
            over = event.id in deliveries.dropped if by_hand else held
            # Stripe gives up when the endpoint is gone or disabled as the next attempt is due.
            if endpoint.disabled or over:
                return
            if (await self.attempt(deliveries, endpoint, event, number, letter)).taken:
                return

    async def now(
        self,
        deliveries: Deliveries,
        endpoint: Endpoint,
        event: Event,
        letter: Letter,
        *,
        retries: bool,
    ) -> Attempt:
        """Deliver once on demand; with `retries`, what is refused comes again by itself."""
        attempt = await self.attempt(deliveries, endpoint, event, letter=letter)
        if retries and not attempt.taken:
            again = self._again(deliveries, endpoint, event, letter, by_hand=True)
            self._begin(deliveries, event, again)
        return attempt

    def later(  # noqa: PLR0913 - a delivery's words
        self,
        seconds: float,
        deliveries: Deliveries,
        endpoint: Endpoint,
        event: Event,
        letter: Letter,
        *,
        retries: bool,
    ) -> None:
        """The same, after a while."""

        async def work() -> None:
            await asyncio.sleep(seconds)
            await self.now(deliveries, endpoint, event, letter, retries=retries)

        self._begin(deliveries, event, work())

    async def attempt(
        self,
        deliveries: Deliveries,
        endpoint: Endpoint,
        event: Event,
        number: int = 1,
        letter: Letter = USUAL,
    ) -> Attempt:
        """Deliver once, now; each attempt is signed anew."""
        text = letter.text(event, endpoint)
        begun, clock = time.time(), time.monotonic()
        headers = letter.headers(endpoint, text, begun)
        status, answer, error = await self._post(endpoint.url, text, headers, deliveries.patience)
        attempt = Attempt(
            id=short_id("att_"),
            event=event.id,
            type=event.type,
            customer=event.customer,
            endpoint=endpoint.id,
            url=endpoint.url,
            number=number,
            at=begun,
            seconds=round(time.monotonic() - clock, 6),
            status=status,
            answer=answer,
            error=error,
        )
        deliveries.attempts.append(attempt)
        if attempt.taken and not letter.is_forged:
            event.waiting -= {endpoint.id}
        return attempt

    async def _post(
        self, url: str, text: bytes, headers: dict[str, str], patience: float
    ) -> tuple[int | None, str, str | None]:
        client = await self._connected()
        try:
            async with (
                asyncio.timeout(patience),
                client.stream("POST", url, content=text, headers=headers) as answer,
            ):
                return answer.status_code, await _beginning(answer), None
        except Exception as error:  # noqa: BLE001 - whatever a foreign endpoint does is an attempt
            return None, "", f"{type(error).__name__}: {error}".strip(": ")

    async def warm(self) -> None:
        """Get ready for the first delivery."""
        # httpx takes long to import: not at start, and not on the event loop.
        async with self._warming:
            if self._client is None:
                self._client = await asyncio.to_thread(_client)

    async def _connected(self) -> httpx.AsyncClient:
        while self._client is None:
            await self.warm()
        return self._client

    async def close(self) -> None:
        """Drop what is under way."""
        for task in list(self._tasks):
            task.cancel()
        if self._client is not None:
            await self._client.aclose()


async def _beginning(answer: httpx.Response) -> str:
    """As much of an answer as is kept; an endless one is not read to its end."""
    kept = b""
    async for part in answer.aiter_bytes():
        kept += part
        if len(kept) >= KEPT_OF_ANSWER:
            break
    return kept[:KEPT_OF_ANSWER].decode(errors="replace")


def _client() -> httpx.AsyncClient:
    import httpx  # noqa: PLC0415 - see Courier.warm

    # An endpoint may close an idle connection just as a delivery goes out on it, which then looks
    # refused: each delivery has a connection of its own.
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    return httpx.AsyncClient(trust_env=False, timeout=LONGEST_PATIENCE, limits=limits)
