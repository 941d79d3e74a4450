"""Levers on webhooks: hold, release, drop, double, delay, sign otherwise."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Sequence
from functools import partial

from starlette.requests import Request

from billproof.sandbox.api import schema
from billproof.sandbox.control.levers import FLAG, MODE, TEXT, Lever, choice, number
from billproof.sandbox.control.showing import event_shown, wanted
from billproof.sandbox.objects.customers import Customer
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.events import Event
from billproof.sandbox.objects.resource import Body
from billproof.sandbox.tenants.tenants import Tenant, give_endpoint
from billproof.sandbox.webhooks.attempts import LONGEST_PATIENCE, Attempt
from billproof.sandbox.webhooks.endpoints import Endpoint, address
from billproof.sandbox.webhooks.letters import Letter

DAY = 86_400
MOST_EVENTS, MOST_TIMES = 1000, 100


async def _set(_request: Request, tenant: Tenant, sent: Body) -> Body:
    deliveries = tenant.deliveries
    if "url" in sent:
        give_endpoint(tenant.account, address(sent["url"]), sent.get("secret"))
    deliveries.mode = sent.get("mode", deliveries.mode)
    if "back_off" in sent:
        deliveries.back_off = tuple(sent["back_off"])
    deliveries.patience = sent.get("patience", deliveries.patience)
    return await _show(_request, tenant, sent)


async def _show(_request: Request, tenant: Tenant, _sent: Body) -> Body:
    deliveries = tenant.deliveries
    return {
        "mode": deliveries.mode,
        "urls": [each.url for each in tenant.account.all(Endpoint)],
        "back_off": list(deliveries.back_off),
        "patience": deliveries.patience,
        "under_way": deliveries.under_way,
    }


async def _set_one(request: Request, tenant: Tenant, sent: Body) -> Body:
    customer = tenant.account.get(Customer, request.path_params["id"])
    tenant.deliveries.by_customer[customer.id] = sent["mode"]
    return {"customer": customer.id, "mode": sent["mode"]}


async def _held(request: Request, tenant: Tenant, _sent: Body) -> Body:
    """What somebody still is to get, and what will not come by itself."""
    taken = {attempt.event for attempt in tenant.deliveries.attempts if attempt.taken}
    events = wanted(request, tenant, tenant.account.all(Event))
    return {"data": [event_shown(each) for each in events if _is_held(tenant, each, taken)]}


def _is_held(tenant: Tenant, event: Event, taken: set[str]) -> bool:
    deliveries = tenant.deliveries
    if event.id in deliveries.dropped or event.id in deliveries.moving:
        return False
    if any(tenant.account.find(Endpoint, each) for each in event.waiting):
        return True
    # No endpoint wanted it when it happened; the test may still have one in mind.
    return event.id not in taken and deliveries.holds(event.id, event.customer)


async def _drop(request: Request, tenant: Tenant, _sent: Body) -> Body:
    event = tenant.account.get(Event, request.path_params["id"])
    tenant.deliveries.dropped.add(event.id)
    event.waiting = frozenset()
    return event_shown(event)


async def _roll(request: Request, tenant: Tenant, sent: Body) -> Body:
    endpoint = tenant.account.get(Endpoint, request.path_params["id"])
    secret = endpoint.roll(time.time(), sent.get("overlap", DAY))
    return {"id": endpoint.id, "secret": secret, "previous_until": endpoint.previous_until}


async def _deliver(_request: Request, tenant: Tenant, sent: Body) -> Body:
    """Deliver now, in the order that is given, or all at once; the answers are the attempts."""
    names = [sent["event"]] if "event" in sent else sent.get("events", [])
    if not names:
        raise StripeError(Refusal.MISSING, param="event")
    events = [tenant.account.get(Event, name) for name in names] * sent.get("times", 1)
    letter = Letter(
        version=_version(sent),
        created=sent.get("created"),
        thin=sent.get("form") == "thin",
        secret=sent.get("secret"),
        age_seconds=sent.get("age", 0),
    )
    pairs = [(event, each) for event in events for each in _addressees(tenant, event, sent)]
    retries = sent.get("retries", False)
    if "delay" in sent:
        way = partial(tenant.courier.later, sent["delay"], tenant.deliveries)
        for event, endpoint in pairs:
            way(endpoint, event, letter, retries=retries)
        return {"data": [], "later": len(pairs)}
    carry = partial(tenant.courier.now, tenant.deliveries, letter=letter, retries=retries)
    work = [carry(endpoint, event) for event, endpoint in pairs]
    attempts = await _done(work, at_once=sent.get("parallel", False))
    return {**attempts[-1].body(), "data": [attempt.body() for attempt in attempts]}


def _version(sent: Body) -> str | None:
    """The API version that is asked for; StripeError for one that Stripe does not know."""
    version: str | None = sent.get("api_version")
    if version is not None:
        probe = {"api_version": version, "enabled_events": {"0": "*"}, "url": "http://localhost"}
        schema.checked("webhook_endpoint.create", probe)
    return version


def _addressees(tenant: Tenant, event: Event, sent: Body) -> list[Endpoint]:
    """The endpoint that is named, else all that want the event."""
    if "endpoint" in sent:
        return [tenant.account.get(Endpoint, sent["endpoint"])]
    every = tenant.account.all(Endpoint)
    if not every:
        raise StripeError(Refusal.STATE, reason="The account has no webhook endpoint.")
    found = [each for each in every if each.wants(event.type)]
    if not found:
        reason = (
            f"No endpoint wants {event.type}; name one with `endpoint` to send it all the same."
        )
        raise StripeError(Refusal.STATE, param="endpoint", reason=reason)
    return found


async def _done(work: Sequence[Awaitable[Attempt]], *, at_once: bool) -> list[Attempt]:
    if at_once:
        return list(await asyncio.gather(*work))
    return [await each for each in work]


async def _attempts(request: Request, tenant: Tenant, _sent: Body) -> Body:
    event, customer = (request.query_params.get(name) for name in ("event", "customer"))
    found = [
        attempt
        for attempt in tenant.deliveries.attempts
        if event in {None, attempt.event} and customer in {None, attempt.customer}
    ]
    return {"data": [attempt.body() for attempt in found]}


LEVERS = (
    Lever("GET", "/webhooks", _show, "How events leave, and how many are on their way", "Webhooks"),
    Lever(
        "PUT",
        "/webhooks",
        _set,
        "Where the account's events go, whether by themselves, and when again",
        "Webhooks",
        takes={
            "url": TEXT,
            "secret": TEXT,
            "mode": MODE,
            "back_off": {
                "type": "array",
                "maxItems": 20,
                "items": number(0, 3600, "number"),
                "description": "Seconds from each failed attempt to the next.",
            },
            "patience": number(
                0.01,
                LONGEST_PATIENCE,
                "number",
                description="For how many seconds an answer is waited for.",
            ),
        },
    ),
    Lever(
        "PUT",
        "/customers/{id}/delivery",
        _set_one,
        "Hold one customer's events, or let them go",
        "Delivery",
        takes={"mode": MODE},
        required=("mode",),
    ),
    Lever(
        "GET",
        "/deliveries/held",
        _held,
        "Events that an endpoint has still to take, and that will not come by themselves",
        "Events",
        asks=("user", "customer"),
    ),
    Lever("POST", "/events/{id}/drop", _drop, "Never deliver an event by itself", "Event"),
    Lever(
        "POST",
        "/webhook_endpoints/{id}/roll_secret",
        _roll,
        "A new signing secret; the old one signs beside it for a while",
        "Rolled",
        takes={"overlap": number(0, DAY, description="Seconds; a day, when it is not said.")},
    ),
    Lever(
        "POST",
        "/deliveries",
        _deliver,
        "Deliver events now, in any order, as often and as signed as you like",
        "Delivered",
        takes={
            "event": {**TEXT, "description": "This one; it or `events` is needed."},
            "events": {
                "type": "array",
                "maxItems": MOST_EVENTS,
                "items": TEXT,
                "description": "These, in this order.",
            },
            "endpoint": {**TEXT, "description": "Go to this one, whatever it wants."},
            "times": number(1, MOST_TIMES),
            "parallel": FLAG,
            "retries": {**FLAG, "description": "What is refused comes again by itself."},
            "delay": number(
                0,
                3600,
                "number",
                description="Seconds; answered at once, and lost when the sandbox ends before.",
            ),
            "form": choice("snapshot", "thin"),
            "api_version": TEXT,
            "created": number(0, 1 << 32, description="When it says that it happened."),
            "secret": {**TEXT, "description": "Sign with this one instead."},
            "age": number(-DAY, 400 * DAY, description="How many seconds ago it was signed."),
        },
    ),
    Lever(
        "GET",
        "/deliveries",
        _attempts,
        "Every attempt so far, oldest first",
        "Attempts",
        asks=("event", "customer"),
    ),
)
