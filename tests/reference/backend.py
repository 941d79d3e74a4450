"""The backend of one test, driven in-process, as its callers see it."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
from prometheus_client.parser import text_string_to_metric_families

from billproof.initdata import InitData
from billproof.signature import StripeSignature
from reference_impl import create_app

ADA, BOB = 7_000_000_041, 7_000_000_042
"""Two users; neither id fits into 32 bits."""

PREFIX = "urn:billproof:problem:"
SIGNED = StripeSignature()
PLANS = Path(__file__).parents[2] / "contracts" / "plans.json"


@dataclass(frozen=True)
class Event:
    """One of Stripe's events about a customer; `about` is the kind of object it is of."""

    id: str = "evt_1"
    type: str = "customer.subscription.updated"
    customer: str | None = "cus_ada"
    about: str = "subscription"
    livemode: bool | None = False

    def body(self) -> bytes:
        """The bytes that Stripe signs."""
        told: dict[str, Any] = {"object": self.about, "id": f"{self.about}_1"}
        if self.customer is not None:
            told["customer"] = self.customer
        document: dict[str, Any] = {"id": self.id, "object": "event", "type": self.type}
        document["data"] = {"object": told}
        if self.livemode is not None:
            document["livemode"] = self.livemode
        return json.dumps(document).encode()


@dataclass(frozen=True)
class Backend:
    """A started backend, and the values it was started with."""

    environ: Mapping[str, str]
    http: httpx.AsyncClient

    async def call(self, method: str, path: str, user: int = ADA, **request: Any) -> httpx.Response:
        """What this user's Mini App sends; `headers` are sent besides its credentials."""
        proof = InitData(user_id=user).sign(self.environ["TELEGRAM_BOT_TOKEN"], time.time())
        headers = {"Authorization": f"tma {proof}", **request.pop("headers", {})}
        return await self.http.request(method, f"/api/v1{path}", headers=headers, **request)

    async def checkout(
        self, plan: str = "pro", user: int = ADA, key: str | None = None
    ) -> httpx.Response:
        """Start to buy a plan, with an Idempotency-Key or without."""
        headers = {} if key is None else {"Idempotency-Key": key}
        body = {"plan": plan}
        return await self.call("POST", "/billing/checkout", user, json=body, headers=headers)

    async def subscription(self, user: int = ADA) -> Any:
        """The read model, which is always there."""
        answer = await self.call("GET", "/billing/subscription", user)
        assert answer.status_code == 200
        return answer.json()

    async def register(self, fingerprint: str, user: int = ADA) -> httpx.Response:
        """Register a device."""
        body = {"name": "Living room", "fingerprint": fingerprint}
        return await self.call("POST", "/devices", user, json=body)

    async def deliver(
        self,
        event: Event | bytes,
        signature: StripeSignature = SIGNED,
        more: Mapping[str, str] = MappingProxyType({}),
    ) -> httpx.Response:
        """Deliver an event as Stripe does, with more headers as a proxy may add them."""
        body = event.body() if isinstance(event, Event) else event
        signed = signature.sign(body, self.environ, time.time())
        headers = {"Stripe-Signature": signed, **more}
        path = "/api/v1/billing/webhooks/stripe"
        return await self.http.post(path, content=body, headers=headers)

    async def scrape(self) -> str:
        """The exposition, for whoever knows the token."""
        headers = {"Authorization": f"Bearer {self.environ['METRICS_TOKEN']}"}
        return (await self.http.get("/metrics", headers=headers)).text

    async def counted(self, sample: str, **labels: str) -> float:
        """The value of one sample; KeyError when it is not exposed."""
        families = text_string_to_metric_families(await self.scrape())
        values = {
            (one.name, frozenset(one.labels.items())): one.value
            for family in families
            for one in family.samples
        }
        return values[sample, frozenset(labels.items())]


def environ_at(database_url: str) -> dict[str, str]:
    """Values that a backend can be started with."""
    return {
        "HOST": "127.0.0.1",
        "PORT": "8000",
        "PUBLIC_URL": "https://app.example.test",
        "DATABASE_URL": database_url,
        "STRIPE_API_BASE": "https://stripe.example.test",
        "STRIPE_SECRET_KEY": "sk_test_of_these_tests",
        "STRIPE_WEBHOOK_SECRET": "whsec_new,whsec_old",
        "TELEGRAM_BOT_TOKEN": "7000000002:AAtheBotOfTheseTests",
        "METRICS_TOKEN": "metrics-token-of-these-tests",
        "BILLING_PLANS": str(PLANS),
    }


@asynccontextmanager
async def started(environ: Mapping[str, str], *, raises: bool = True) -> AsyncIterator[Backend]:
    """A backend with these values, from its start to its end; `raises` what nobody expected."""
    app = create_app(environ)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=raises)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://backend.test") as http,
    ):
        yield Backend(environ, http)


def problem(answer: httpx.Response) -> tuple[int, str]:
    """Status and name of a problem document; anything else is an AssertionError."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    document = answer.json()
    assert document["status"] == answer.status_code
    return answer.status_code, document["type"].removeprefix(PREFIX)
