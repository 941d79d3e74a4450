"""Webhooks: signed, sent in the background, sent again until they are taken.

Each customer's events leave in order and no customer waits for another. A failed event is
sent again after each of `BACK_OFF`, while the next ones go on; then it is given up.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Literal

from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.events import Event
from billproof.sandbox.objects.identifiers import short_id
from billproof.sandbox.objects.resource import Body
from billproof.sandbox.webhooks.endpoints import Endpoint
from billproof.signature import digest

if TYPE_CHECKING:
    import httpx

BACK_OFF = (0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0, 8.0, 8.0, 8.0)
"""Seconds between attempts; Stripe's own go on for three days."""
PATIENCE_SECONDS = 20.0
KEPT_OF_ANSWER = 2000
Mode = Literal["auto", "manual"]


@dataclass(frozen=True)
class Attempt:
    """One delivery of one event to one endpoint; `status` is None when no answer came."""

    id: str
    event: str
    type: str
    customer: str | None
    url: str
    number: int
    at: float
    seconds: float
    status: int | None
    answer: str
    error: str | None

    @property
    def taken(self) -> bool:
        """Whether the endpoint answered 2xx; a redirect is a failure."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004 - HTTP's own

    def body(self) -> Body:
        """The attempt as the control API shows it."""
        return {**asdict(self), "taken": self.taken}


@dataclass
class Deliveries:
    """One account's: how events leave, and every attempt so far."""

    mode: Mode = "auto"
    by_customer: dict[str, Mode] = field(default_factory=dict)
    attempts: list[Attempt] = field(default_factory=list)

    def mode_for(self, customer: str | None) -> Mode:
        """How a customer's events leave."""
        return self.by_customer.get(customer or "", self.mode)


class Courier:
    """Carries events of all accounts; lives on the server's event loop."""

    def __init__(self) -> None:
        self._client: httpx.AsyncClient | None = None
        self._warming = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._last: dict[tuple[str, str], asyncio.Task[None]] = {}

    def send(self, account: Account, deliveries: Deliveries, event: Event) -> int:
        """Start the deliveries of a new event; how many endpoints it goes to."""
        endpoints = [each for each in account.all(Endpoint) if each.wants(event.type)]
        if deliveries.mode_for(event.customer) == "auto":
            for endpoint in endpoints:
                self._enqueue(
                    (account.key + endpoint.id, event.customer or event.id),
                    deliveries,
                    endpoint,
                    event,
                )
        return len(endpoints)

    def _enqueue(
        self, lane: tuple[str, str], deliveries: Deliveries, endpoint: Endpoint, event: Event
    ) -> None:
        task = asyncio.ensure_future(self._first(self._last.get(lane), deliveries, endpoint, event))
        self._last[lane] = task
        self._keep(task)
        task.add_done_callback(lambda done: self._leave(lane, done))

    def _leave(self, lane: tuple[str, str], done: asyncio.Task[None]) -> None:
        if self._last.get(lane) is done:
            del self._last[lane]

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _first(
        self,
        ahead: asyncio.Task[None] | None,
        deliveries: Deliveries,
        endpoint: Endpoint,
        event: Event,
    ) -> None:
        if ahead is not None:
            await asyncio.wait([ahead])
        attempt = await self.attempt(deliveries, endpoint, event)
        if not attempt.taken:
            self._keep(asyncio.ensure_future(self._again(deliveries, endpoint, event)))

    async def _again(self, deliveries: Deliveries, endpoint: Endpoint, event: Event) -> None:
        for number, pause in enumerate(BACK_OFF, start=2):
            await asyncio.sleep(pause)
            if deliveries.mode_for(event.customer) == "manual":
                return
            if (await self.attempt(deliveries, endpoint, event, number)).taken:
                return

    async def attempt(
        self, deliveries: Deliveries, endpoint: Endpoint, event: Event, number: int = 1
    ) -> Attempt:
        """Deliver once, now; each attempt is signed anew."""
        text = event.text_for(endpoint.api_version).encode()
        begun, clock = time.time(), time.monotonic()
        status, answer, error = await self._post(
            endpoint.url, text, _headers(endpoint, text, int(begun))
        )
        attempt = Attempt(
            id=short_id("att_"),
            event=event.id,
            type=event.type,
            customer=event.customer,
            url=endpoint.url,
            number=number,
            at=begun,
            seconds=round(time.monotonic() - clock, 6),
            status=status,
            answer=answer,
            error=error,
        )
        deliveries.attempts.append(attempt)
        return attempt

    async def _post(
        self, url: str, text: bytes, headers: dict[str, str]
    ) -> tuple[int | None, str, str | None]:
        client = await self._connected()
        try:
            answer = await client.post(url, content=text, headers=headers)
        except Exception as error:  # noqa: BLE001 - whatever a foreign endpoint does is an attempt
            return None, "", f"{type(error).__name__}: {error}"
        return answer.status_code, answer.text[:KEPT_OF_ANSWER], None

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


def _client() -> httpx.AsyncClient:
    import httpx  # noqa: PLC0415 - see Courier.warm

    limits = httpx.Limits(max_connections=None, max_keepalive_connections=100)
    return httpx.AsyncClient(trust_env=False, timeout=PATIENCE_SECONDS, limits=limits)


def _headers(endpoint: Endpoint, text: bytes, instant: int) -> dict[str, str]:
    # While a secret is being replaced, Stripe signs with the old one too.
    digests = [digest(secret.strip(), instant, text) for secret in endpoint.secret.split(",")]
    signature = ",".join([f"t={instant}", *(f"v1={each}" for each in digests)])
    return {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": signature,
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
    }
