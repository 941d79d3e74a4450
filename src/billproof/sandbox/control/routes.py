"""The control API's routes: who may pull a lever, and what is said when it does not move."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from billproof import __version__
from billproof.sandbox.api.keys import secret_key
from billproof.sandbox.control import (
    billing,
    faults,
    invoices,
    showing,
    subscriptions,
    webhooks,
)
from billproof.sandbox.control.document import document
from billproof.sandbox.control.levers import Lever
from billproof.sandbox.control.reading import only_asked, read
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.identifiers import short_id
from billproof.sandbox.tenants.defects import tell
from billproof.sandbox.tenants.tenants import Tenants

PREFIX = "/_sandbox"
Handler = Callable[[Request], Awaitable[Response]]
LEVERS = (
    *billing.LEVERS,
    *subscriptions.LEVERS,
    *invoices.LEVERS,
    *showing.LEVERS,
    *faults.LEVERS,
    *webhooks.LEVERS,
)


def control_routes(tenants: Tenants) -> list[Route]:
    """All of them; each lever needs the account's secret key."""
    by_path: dict[str, dict[str, Lever]] = {}
    for lever in LEVERS:
        by_path.setdefault(lever.path, {})[lever.method] = lever
    return [
        Route(f"{PREFIX}/health", Place({"GET": _health})),
        Route(f"{PREFIX}/openapi.json", Place({"GET": _document})),
        *(
            Route(PREFIX + path, Place(_handlers(tenants, levers)))
            for path, levers in by_path.items()
        ),
        Route(PREFIX + "/{rest:path}", Place({})),
    ]


def _handlers(tenants: Tenants, levers: dict[str, Lever]) -> dict[str, Handler]:
    return {method: partial(_pulled, tenants, lever) for method, lever in levers.items()}


async def _pulled(tenants: Tenants, lever: Lever, request: Request) -> Response:
    # Of several headers the last counts, as for the API.
    tenant = tenants.of(secret_key((request.headers.getlist("authorization") or [""])[-1]))
    sent = await read(request, lever)
    only_asked(request, lever)
    answer = await lever.action(request, tenant, sent)
    tenant.save()
    return JSONResponse(answer)


class Place:
    """One path: every method comes here, also those that nobody knows."""

    def __init__(self, handlers: dict[str, Handler]) -> None:
        self._handlers = handlers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call."""
        request = Request(scope, receive)
        method = "GET" if request.method == "HEAD" else request.method
        try:
            answer = await self._handlers.get(method, self._not_here)(request)
        except StripeError as error:
            answer = _refused(error)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001 - our defect is one call's 500
            tell(f"{method} {request.url.path}", error)
            answer = _refused(StripeError(Refusal.OUTAGE))
        await answer(scope, receive, send)

    async def _not_here(self, request: Request) -> Response:
        method, path, known = request.method, request.url.path, ", ".join(self._handlers)
        if not known:
            return _refused(StripeError(Refusal.NO_LEVER, method=method, path=path))
        wrong = StripeError(Refusal.NO_METHOD, method=method, known=known)
        return _refused(wrong, {"Allow": known})


def _refused(error: StripeError, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse(error.body(short_id("req_"), "test"), error.status, headers)


async def _health(_request: Request) -> Response:
    return JSONResponse({"sandbox": "billproof", "version": __version__})


async def _document(_request: Request) -> Response:
    return JSONResponse(document(LEVERS))
