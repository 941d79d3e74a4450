"""Routes are bound to the contract by operationId: path, method, guard and answers come from it."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.routing import APIRoute

from reference_impl.documentation import RESPONSES, described, documented
from reference_impl.init_data import InvalidInitData, user_id_of
from reference_impl.problems import unauthenticated
from reference_impl.settings import Settings
from reference_impl.wire.operations import OPERATIONS

Handler = Callable[..., Awaitable[Any]]
Guard = Callable[[Request, Settings], None]


def bind(app: FastAPI, settings: Settings, handlers: dict[str, Handler]) -> None:
    """Add one route for each operation of the contract; a handler too few is a KeyError."""
    for name, operation in OPERATIONS.items():
        guard = GUARDS.get(operation.security or "")
        success = operation.success
        app.router.add_api_route(
            operation.path,
            handlers[name],
            methods=[operation.method],
            operation_id=name,
            status_code=int(success.status),
            response_model=success.model,
            response_class=RESPONSES[success.media_type],
            responses=documented(operation),
            route_class_override=_guarded(guard, settings) if guard else APIRoute,
            openapi_extra=described(operation),
        )


def _guarded(guard: Guard, settings: Settings) -> type[APIRoute]:
    class Guarded(APIRoute):
        """Asks who calls before anything of the request is read."""

        def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override] # FastAPI says Coroutine
            inner = super().get_route_handler()

            async def handle(request: Request) -> Response:
                guard(request, settings)
                return await inner(request)

            return handle

    return Guarded


def _user(request: Request, settings: Settings) -> None:
    """A Telegram user, by his init data and by nothing else."""
    scheme, _, init_data = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "tma":
        raise unauthenticated("tma")
    try:
        user_id = user_id_of(init_data.strip(), settings.bot_token, datetime.now(UTC))
    except InvalidInitData as problem:
        raise unauthenticated("tma") from problem
    request.state.user_id = user_id


def _scraper(request: Request, settings: Settings) -> None:
    """Whoever knows the metrics token."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    genuine = hmac.compare_digest(token.strip().encode(), settings.metrics_token.encode())
    if scheme.lower() != "bearer" or not genuine:
        raise unauthenticated("Bearer")


GUARDS: dict[str, Guard] = {"initData": _user, "metricsToken": _scraper}
"""By the contract's name of the security scheme; a webhook proves itself by its body."""
