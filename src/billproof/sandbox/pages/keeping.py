"""What a page has changed is in the state file before its answer leaves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from billproof.sandbox.objects.errors import StripeError
from billproof.sandbox.pages.rendering import notice
from billproof.sandbox.tenants.tenants import Tenants

NOT_SAVED = 500
Endpoint = Callable[[Request], Awaitable[Response]]


def keeping(tenants: Tenants, route: Route) -> Route:
    """The same route; where it takes a `POST`, all that was touched is saved first."""
    methods = sorted(route.methods or ())
    if "POST" not in methods:
        return route
    return Route(route.path, _saving(tenants, route.endpoint), methods=methods)


def _saving(tenants: Tenants, endpoint: Endpoint) -> Endpoint:
    async def answer(request: Request) -> Response:
        response = await endpoint(request)
        if request.method != "POST":
            return response
        try:
            _save(tenants)
        except StripeError as error:
            return await notice(NOT_SAVED, "That could not be saved", error.message, None)
        return response

    return answer


def _save(tenants: Tenants) -> None:
    for tenant in tenants:
        if tenant.account.touched:
            tenant.save()
