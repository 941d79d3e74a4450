"""Who may come in where: each address of the portal, and what must be allowed for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from billproof.sandbox.billing.configurations import Configuration
from billproof.sandbox.billing.features import Feature
from billproof.sandbox.billing.portal import PortalSession
from billproof.sandbox.billing.subscription import Subscription
from billproof.sandbox.objects.customers import Customer
from billproof.sandbox.pages.portal import closed
from billproof.sandbox.pages.portal.flow import Flow
from billproof.sandbox.pages.portal.visit import Visit
from billproof.sandbox.pages.rendering import templates
from billproof.sandbox.tenants.tenants import Tenants

Handler = Callable[[Visit], Awaitable[Response]]
BOTH, POST = ("GET", "POST"), ("POST",)


@dataclass(frozen=True, slots=True)
class Door:
    """An address below a session's: the feature it is of, how it is asked, who answers."""

    path: str
    feature: Feature | None
    answer: Handler
    methods: tuple[str, ...] = BOTH


class Portal:
    """All doors of all sessions; every request is checked here, whoever made it."""

    def __init__(self, tenants: Tenants, doors: tuple[Door, ...]) -> None:
        self._tenants = tenants
        self._doors = doors

    def routes(self) -> list[Route]:
        """Where they are."""
        return [
            Route(f"/p/session/{{id}}{door.path}", self._behind(door), methods=list(door.methods))
            for door in self._doors
        ]

    def _behind(self, door: Door) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            await asyncio.to_thread(templates)
            # Nothing is awaited between looking things up and changing them.
            body = await request.body()
            return await self._answer(door, request, body)

        return answer

    async def _answer(self, door: Door, request: Request, body: bytes) -> Response:
        visit = self._visit(request, body)
        if visit is None:
            return await closed.no_session()
        if visit.customer.is_deleted:
            return await closed.no_customer(visit)
        if visit.about is None and "subscription" in request.path_params:
            return await closed.no_subscription(visit)
        return await _let_in(door, visit)

    def _visit(self, request: Request, body: bytes) -> Visit | None:
        identifier = request.path_params["id"]
        tenant = self._tenants.holding(PortalSession, identifier)
        if tenant is None:
            return None
        account = tenant.account
        session = account.get(PortalSession, identifier)
        named = account.find(Subscription, request.path_params.get("subscription"))
        sent = request.url.query, body.decode(errors="replace")
        return Visit(
            account=account,
            session=session,
            configuration=account.get(Configuration, session.configuration),
            customer=account.get(Customer, session.customer),
            about=named if named is not None and named.customer == session.customer else None,
            said={k: v for text in sent for k, v in parse_qsl(text, keep_blank_values=True)},
            body=body,
            posted=request.method == "POST",
        )


async def _let_in(door: Door, visit: Visit) -> Response:
    flow = Flow.of(visit.session)
    if flow is not None and visit.session.is_done and flow.closes:
        return await closed.done(visit, flow)
    if door.feature is not None and not visit.offers(door.feature):
        return await closed.disabled(visit, door.feature)
    if visit.flow is not None and not _belongs(door, visit, visit.flow):
        return await closed.other_than(visit, visit.flow, door.feature)
    return await door.answer(visit)


def _belongs(door: Door, visit: Visit, flow: Flow) -> bool:
    """Whether a door is of the one thing that a deep link is for."""
    same = door.feature is not None and door.feature.value == flow.feature
    about = visit.about.id if visit.about else None
    return (
        same and about == flow.subscription and not (flow.wanted and door.path.endswith("/update"))
    )
