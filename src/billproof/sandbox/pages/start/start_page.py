"""The start page `/_sandbox/`: the accounts, and for each what it holds and what has happened."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from billproof import __version__
from billproof.sandbox.objects.customers import Customer
from billproof.sandbox.objects.events import Event
from billproof.sandbox.pages.rendering import SCRIPTED, SEE_OTHER, notice, page, templates
from billproof.sandbox.pages.start.access import Names, is_local, masked
from billproof.sandbox.pages.start.billing_tables import BillingTables
from billproof.sandbox.pages.start.source import Source
from billproof.sandbox.pages.start.table import moment
from billproof.sandbox.pages.start.traffic_tables import TrafficTables
from billproof.sandbox.tenants.tenants import Tenant, Tenants

SCRIPT = Path(__file__).parent.parent / "static" / "live.js"
NOT_FOUND = 404
FEW, MANY = 6, 100
"""Rows of a table beside others, and on its own page; accounts too."""


@dataclass(frozen=True)
class AccountCard:
    """One account to choose."""

    name: str
    key: str
    customers: int
    events: int
    calls: int
    last: str


class StartPage:
    """Read-only; it shows no secret and changes nothing."""

    def __init__(self, tenants: Tenants) -> None:
        self._tenants = tenants
        self._names = Names(tenants)

    def routes(self) -> list[Route]:
        """Where it is."""
        return [
            Route("/", _home),
            Route("/_sandbox", _home),
            Route("/_sandbox/", self.accounts, methods=["GET", "POST"]),
            Route("/_sandbox/accounts/{name}", self.account),
            Route("/_sandbox/accounts/{name}/{table}", self.account),
            Route("/_sandbox/static/live.js", _script),
        ]

    async def accounts(self, request: Request) -> Response:
        """The accounts to choose from; elsewhere than on this machine, a field for a key."""
        if request.method == "POST":
            return await self._open(await request.body())
        return _tagged(request, await self._choice(200, local=is_local(request)))

    async def _open(self, body: bytes) -> Response:
        sent = parse_qs(body.decode(errors="replace")).get("key", [""])[0].strip()
        if self._names.known(sent):
            return RedirectResponse(f"/_sandbox/accounts/{self._names.of(sent)}", SEE_OTHER)
        return await self._choice(NOT_FOUND, local=False)

    async def _choice(self, status: int, *, local: bool) -> Response:
        await asyncio.to_thread(templates)
        newest = list(self._tenants)[::-1] if local else []
        return await page(
            "start.html",
            status,
            headers=SCRIPTED,
            local=local,
            cards=[self._card(tenant) for tenant in newest[:MANY]],
            total=len(newest),
            unknown=status == NOT_FOUND,
            origin=self._tenants.origin,
            version=__version__,
        )

    def _card(self, tenant: Tenant) -> AccountCard:
        calls = tenant.calls
        return AccountCard(
            name=self._names.of(tenant.account.key),
            key=masked(tenant.account.key),
            customers=len(tenant.account.shelf(Customer)),
            events=len(tenant.account.shelf(Event)),
            calls=len(calls),
            last=moment(calls[-1].at) if calls else "",
        )

    async def account(self, request: Request) -> Response:
        """One account: all tables with a few rows, or one with many."""
        await asyncio.to_thread(templates)
        name, wanted = request.path_params["name"], request.path_params.get("table")
        tenant = self._names.find(name)
        sources = _sources(tenant, self._tenants.origin) if tenant else []
        if tenant is None or wanted not in {None, *(each.name for each in sources)}:
            way = ("All accounts", "/_sandbox/")
            return await notice(NOT_FOUND, "Page not found", "There is no such account here.", way)
        words = request.query_params.get("q", "").strip()
        chosen = [each for each in sources if wanted in {None, each.name}]
        answer = await page(
            "account.html",
            headers=SCRIPTED,
            name=name,
            key=masked(tenant.account.key),
            words=words,
            wanted=wanted,
            counts=[(each.name, each.title, each.things.count) for each in sources],
            tables=[await each.table(words, MANY if wanted else FEW) for each in chosen],
        )
        return _tagged(request, answer)


def _sources(tenant: Tenant, origin: str) -> list[Source]:
    """All tables of an account; example lines hold no key."""
    curl = f"curl -u $STRIPE_SECRET_KEY: {origin}"
    happens, levers = TrafficTables(tenant, curl).sources()
    return [*happens, *BillingTables(tenant.account, curl).sources(), *levers]


def _tagged(request: Request, answer: Response) -> Response:
    """The answer, or only that nothing has changed since the browser asked last."""
    tag = f'"{hashlib.sha256(answer.body).hexdigest()[:32]}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"ETag": tag})
    answer.headers["ETag"] = tag
    return answer


async def _home(_request: Request) -> Response:
    return RedirectResponse("/_sandbox/")


async def _script(_request: Request) -> Response:
    content = await asyncio.to_thread(SCRIPT.read_bytes)
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    return Response(content, headers=headers, media_type="text/javascript")
