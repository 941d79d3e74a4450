"""The control API's routes: who may pull a lever, and what is said when it does not move."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from billproof import __version__
from billproof.sandbox.api.keys import secret_key
from billproof.sandbox.control import billing, faults, showing, webhooks
from billproof.sandbox.control.document import document
from billproof.sandbox.control.levers import Lever
from billproof.sandbox.control.reading import read
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.identifiers import short_id
from billproof.sandbox.tenants.tenants import Tenants

PREFIX = "/_sandbox"
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
LEVERS = (*billing.LEVERS, *showing.LEVERS, *faults.LEVERS, *webhooks.LEVERS)


def control_routes(tenants: Tenants) -> list[Route]:
    """All of them; each lever needs the account's secret key."""
    by_path: dict[str, dict[str, Lever]] = {}
    for lever in LEVERS:
        by_path.setdefault(lever.path, {})[lever.method] = lever
    return [
        Route(f"{PREFIX}/health", _health),
        Route(f"{PREFIX}/openapi.json", _document),
        *(
            Route(PREFIX + path, _endpoint(tenants, levers), methods=METHODS)
            for path, levers in by_path.items()
        ),
        Route(PREFIX + "/{rest:path}", _unknown, methods=METHODS),
    ]


def _endpoint(
    tenants: Tenants, levers: dict[str, Lever]
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        known = ", ".join(levers)
        lever = levers.get(request.method)
        if lever is None:
            wrong = StripeError(Refusal.NO_METHOD, method=request.method, known=known)
            return _refused(wrong, {"Allow": known})
        try:
            tenant = tenants.of(secret_key(request))
            answer = await lever.action(request, tenant, await read(request, lever))
            tenant.save()
            return JSONResponse(answer)
        except StripeError as error:
            return _refused(error)

    return endpoint


async def _unknown(request: Request) -> Response:
    path = request.url.path
    return _refused(StripeError(Refusal.NO_LEVER, method=request.method, path=path))


def _refused(error: StripeError, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse(error.body(short_id("req_"), "test"), error.status, headers)


async def _health(_request: Request) -> Response:
    return JSONResponse({"sandbox": "billproof", "version": __version__})


async def _document(_request: Request) -> Response:
    return JSONResponse(document(LEVERS))
