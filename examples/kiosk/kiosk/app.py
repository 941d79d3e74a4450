"""The routes; `create_app` is what billproof is told of."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from kiosk import problems, settings
from kiosk.callers import caller
from kiosk.checkout import Desk, asked_key, asked_plan
from kiosk.inbox import Inbox, check_signature, parse
from kiosk.settings import Settings
from kiosk.store import Store
from kiosk.stripe_calls import Stripe
from kiosk.subscriptions import read_model

LARGEST_REQUEST, LARGEST_EVENT = 64 * 1024, 1024 * 1024


class Kiosk:
    """All that serves requests."""

    def __init__(self, chosen: Settings) -> None:
        self._settings = chosen
        self._store = Store(chosen.database)
        self._stripe = Stripe(chosen.stripe, chosen.stripe_key)
        self._inbox = Inbox(chosen, self._store, self._stripe)

    @asynccontextmanager
    async def running(self, _app: Starlette) -> AsyncIterator[None]:
        """Migrated and at work; on the way out nothing is left half done."""
        await run_in_threadpool(self._store.migrate)
        self._inbox.open()
        yield
        await run_in_threadpool(self._inbox.close)
        self._stripe.close()

    async def live(self, _request: Request) -> JSONResponse:
        """GET /livez."""
        return say({"status": "ok"})

    async def ready(self, _request: Request) -> JSONResponse:
        """GET /readyz."""
        await run_in_threadpool(self._look)
        return say({"status": "ok"})

    def _look(self) -> None:
        with self._store.reading() as rows:
            rows.execute("SELECT count(*) FROM users")

    async def plans(self, _request: Request) -> JSONResponse:
        """GET the catalogue, without what only Stripe has to know."""
        rows = [{key: row[key] for key in row if key != "price"} for row in self._settings.plans]
        return say({"plans": rows})

    async def subscription(self, request: Request) -> JSONResponse:
        """GET what the caller has."""
        user = self._caller(request)
        return say(await run_in_threadpool(read_model, self._store, self._settings, user))

    async def checkout(self, request: Request) -> JSONResponse:
        """POST a purchase."""
        user = self._caller(request)
        key = asked_key(request.headers.get("idempotency-key"))
        plan = asked_plan(await read_json(request), self._settings)
        desk = Desk(self._settings, self._store, self._stripe, user)
        return say(await run_in_threadpool(desk.buy, plan, key), 201)

    async def webhook(self, request: Request) -> JSONResponse:
        """POST an event: 202, since its effect comes after the answer."""
        body = await read_body(request, LARGEST_EVENT)
        header = request.headers.get("stripe-signature", "")
        check_signature(body, header, self._settings.signing_secrets)
        return say({"outcome": await run_in_threadpool(self._inbox.take, parse(body))}, 202)

    def _caller(self, request: Request) -> int:
        return caller(request.headers.getlist("authorization"), self._settings.bot_token)


def say(content: object, status: int = 200) -> JSONResponse:
    return JSONResponse(content, status, {"Cache-Control": "no-store"})


async def read_json(request: Request) -> Any:
    """The body, if it says that it is JSON, and is."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise problems.Problem(415, "malformed-request")
    try:
        return json.loads(await read_body(request, LARGEST_REQUEST))
    except (ValueError, RecursionError):
        raise problems.Problem(400, "malformed-request") from None


async def read_body(request: Request, largest: int) -> bytes:
    """The bytes as they came, unless there are too many."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > largest:
            raise problems.Problem(413, "malformed-request")
    return body


def create_app(environ: Mapping[str, str]) -> Starlette:
    """A kiosk of its own; ConfigurationError names the variable that is wrong."""
    kiosk = Kiosk(settings.read(environ))
    billing = "/api/v1/billing"
    app = Starlette(
        routes=[
            Route("/livez", kiosk.live),
            Route("/readyz", kiosk.ready),
            Route(f"{billing}/plans", kiosk.plans),
            Route(f"{billing}/subscription", kiosk.subscription),
            Route(f"{billing}/checkout", kiosk.checkout, methods=["POST"]),
            Route(f"{billing}/webhooks/stripe", kiosk.webhook, methods=["POST"]),
        ],
        exception_handlers={
            problems.Problem: problems.refused,
            HTTPException: problems.refused_by_framework,
            Exception: problems.broken,
        },
        lifespan=kiosk.running,
    )
    app.router.redirect_slashes = False
    return app
