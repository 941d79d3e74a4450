"""Levers that show: what there is, what happened, what was called."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from starlette.requests import Request

from billproof.sandbox.billing.checkout_session import Session
from billproof.sandbox.billing.subscription import Subscription
from billproof.sandbox.control.levers import Action, Lever
from billproof.sandbox.objects.customers import Customer
from billproof.sandbox.objects.events import Event
from billproof.sandbox.objects.resource import Body, Resource
from billproof.sandbox.objects.test_clock import TestClock
from billproof.sandbox.tenants.tenants import Tenant


def _lister(kind: type[Resource]) -> Action:
    async def action(request: Request, tenant: Tenant, _sent: Body) -> Body:
        found = wanted(request, tenant, tenant.account.all(kind))
        return {"data": [each.body() for each in found]}

    return action


async def _events(request: Request, tenant: Tenant, _sent: Body) -> Body:
    found = wanted(request, tenant, tenant.account.all(Event))
    return {"data": [event_shown(each) for each in found]}


async def _calls(request: Request, tenant: Tenant, _sent: Body) -> Body:
    user = request.query_params.get("user")
    found = [call for call in tenant.calls if user is None or user in call.users]
    return {"data": [call.body() for call in found]}


def wanted(request: Request, tenant: Tenant, found: Iterable[Any]) -> list[Any]:
    """Those of the user and the customer that the query names."""
    user, customer = (request.query_params.get(name) for name in ("user", "customer"))
    return [
        each
        for each in found
        if (user is None or user in tenant.account.users_of(each))
        and customer in {None, each.owner}
    ]


def event_shown(event: Event) -> Body:
    """An event with the exact text that is delivered."""
    plain = {"id": event.id, "type": event.type, "created": event.created}
    return {**plain, "customer": event.customer, "body": event.text}


OF_WHOM = ("user", "customer")
LEVERS = (
    Lever("GET", "/customers", _lister(Customer), "All customers", "Objects", asks=OF_WHOM),
    Lever("GET", "/sessions", _lister(Session), "All checkout sessions", "Objects", asks=OF_WHOM),
    Lever(
        "GET",
        "/subscriptions",
        _lister(Subscription),
        "All subscriptions, whatever their status",
        "Objects",
        asks=OF_WHOM,
    ),
    Lever("GET", "/clocks", _lister(TestClock), "All test clocks", "Objects"),
    Lever("GET", "/events", _events, "All events, oldest first", "Events", asks=OF_WHOM),
    Lever(
        "GET",
        "/calls",
        _calls,
        "Calls of others to the API, the newest 10,000",
        "Calls",
        asks=("user",),
    ),
)
