"""Forms on their way in and out: none is too large, and what it has changed is saved first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from billproof.sandbox.objects.errors import StripeError
from billproof.sandbox.pages.rendering import notice
from billproof.sandbox.tenants.tenants import Tenants

TOO_LARGE, NOT_SAVED = 413, 500
LARGEST_FORM = 1 << 16
Endpoint = Callable[[Request], Awaitable[Response]]


def keeping(tenants: Tenants, route: Route) -> Route:
    """The same route; where it takes a `POST`, all that was touched is saved first."""
    methods = sorted(route.methods or ())
    if "POST" not in methods:
        return route
    return Route(route.path, _saving(tenants, route.endpoint), methods=methods)


def _saving(tenants: Tenants, endpoint: Endpoint) -> Endpoint:
    async def answer(request: Request) -> Response:
        if request.method != "POST":
            return await endpoint(request)
        if not 0 <= _length(request) <= LARGEST_FORM:
            said = f"A form has at most {LARGEST_FORM} bytes, and says how many."
            return await notice(TOO_LARGE, "That is too large", said, None)
        response = await endpoint(request)
        try:
            _save(tenants)
        except StripeError as error:
            return await notice(NOT_SAVED, "That could not be saved", error.message, None)
        return response

    return answer


def _length(request: Request) -> int:
    """What the request says of its body; -1 when it does not."""
    said = request.headers.get("content-length", "")
    return int(said) if said.isascii() and said.isdecimal() else -1


def _save(tenants: Tenants) -> None:
    for tenant in tenants:
        if tenant.account.touched:
            tenant.save()
