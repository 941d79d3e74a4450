"""Who may come in where: each address of the portal, and what must be allowed for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from billproof.sandbox.billing.configurations import Configuration
from billproof.sandbox.billing.features import Feature
from billproof.sandbox.billing.portal import PortalSession
from billproof.sandbox.billing.subscription import Subscription
from billproof.sandbox.objects.customers import Customer
from billproof.sandbox.pages.portal.flow import Flow
from billproof.sandbox.pages.portal.visit import Visit
from billproof.sandbox.pages.rendering import SEE_OTHER, notice, page, templates
from billproof.sandbox.tenants.tenants import Tenants

BARRED = 403
NOT_FOUND, GONE = 404, 410
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
            return await notice(
                NOT_FOUND, "Page not found", "There is no such portal session.", None
            )
        if visit.customer.is_deleted:
            return await _over(visit)
        named = request.path_params.get("subscription")
        if named is not None and visit.about is None:
            text = "There is no such subscription here."
            return await notice(NOT_FOUND, "Page not found", text, _back(visit))
        return await self._let_in(door, visit)

    async def _let_in(self, door: Door, visit: Visit) -> Response:
        flow = Flow.of(visit.session)
        if flow is not None and visit.session.is_done and flow.closes:
            return await _after(visit, flow)
        if door.feature is not None and not visit.offers(door.feature):
            return await notice(BARRED, "Not available", CLOSED[door.feature], _back(visit))
        if visit.flow is not None and not _belongs(door, visit, visit.flow):
            if door.feature is None:
                return RedirectResponse(visit.at(visit.flow.path), SEE_OTHER)
            text = "This link is for one thing only, and this is not it."
            return await notice(BARRED, "Not available", text, _back(visit))
        return await door.answer(visit)

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


def _belongs(door: Door, visit: Visit, flow: Flow) -> bool:
    """Whether a door is of the one thing that a deep link is for."""
    same = door.feature is not None and door.feature.value == flow.feature
    about = visit.about.id if visit.about else None
    return (
        same and about == flow.subscription and not (flow.wanted and door.path.endswith("/update"))
    )


def _back(visit: Visit) -> tuple[str, str] | None:
    return (visit.back.label, visit.back.url) if visit.back else None


async def _over(visit: Visit) -> Response:
    text = "The customer of this session is no more, so there is nothing to manage here."
    way = (visit.home.label, visit.home.url) if visit.home else None
    return await notice(GONE, "This page has expired", text, way)


async def _after(visit: Visit, flow: Flow) -> Response:
    """What a finished deep link shows, and answers whatever is sent to it once more."""
    if flow.redirect:
        return RedirectResponse(flow.redirect, SEE_OTHER)
    if visit.posted:
        return RedirectResponse(visit.at(), SEE_OTHER)
    text = flow.message or visit.news or "Everything is done. You can close this page."
    return await page("portal/done.html", text=text, home=visit.home)


CLOSED = {
    Feature.CUSTOMER: "Your information cannot be changed here.",
    Feature.INVOICES: "Invoices are not shown here.",
    Feature.CARD: "Payment methods cannot be changed here.",
    Feature.CANCEL: "Subscriptions cannot be canceled here.",
    Feature.PAUSE: "Subscriptions cannot be paused here.",
    Feature.UPDATE: "Plans cannot be changed here.",
}
"""What a disabled feature says to whoever asks for it nevertheless."""
