"""The control API under `/_sandbox/`: paying, setting the truth, faults, webhooks, the log."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from billproof import __version__
from billproof.sandbox.api.keys import secret_key
from billproof.sandbox.billing import checkout, truth
from billproof.sandbox.billing.checkout_session import Session
from billproof.sandbox.billing.subscription import Subscription
from billproof.sandbox.control import billing
from billproof.sandbox.objects.customers import Customer
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.events import Event
from billproof.sandbox.objects.identifiers import short_id
from billproof.sandbox.objects.resource import Body, Resource
from billproof.sandbox.tenants.faults import Effect, Fault, On
from billproof.sandbox.tenants.tenants import Tenant, Tenants, give_endpoint
from billproof.sandbox.webhooks.delivery import Courier
from billproof.sandbox.webhooks.endpoints import Endpoint

Action = Callable[[Request, Tenant, Body], Awaitable[Any]]


class Control:
    """Its routes; each but the first needs the account's secret key."""

    def __init__(self, tenants: Tenants, courier: Courier) -> None:
        self._tenants = tenants
        self._courier = courier

    def routes(self) -> list[Route]:
        """All of them."""
        rows: list[tuple[str, str, Action]] = [
            ("POST", "/checkout/sessions/{id}/pay", self._pay),
            ("POST", "/subscriptions/{id}", self._set),
            ("GET", "/customers", _lister(Customer)),
            ("GET", "/sessions", _lister(Session)),
            ("GET", "/subscriptions", _lister(Subscription)),
            ("GET", "/events", self._events),
            ("GET", "/calls", self._calls),
            ("POST", "/faults", self._add_fault),
            ("GET", "/faults/{id}", self._show_fault),
            ("DELETE", "/faults/{id}", self._drop_fault),
            ("PUT", "/webhooks", self._set_webhooks),
            ("PUT", "/customers/{id}/delivery", self._set_delivery),
            ("POST", "/deliveries", self._deliver),
            ("GET", "/deliveries", self._attempts),
            *billing.ROWS,
        ]
        routes = [
            Route(f"/_sandbox{path}", self._guarded(action), methods=[method])
            for method, path, action in rows
        ]
        return [Route("/_sandbox/health", _health), *routes]

    def _guarded(self, action: Action) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            try:
                tenant = self._tenants.of(secret_key(request))
                return JSONResponse(await action(request, tenant, await _sent(request)))
            except StripeError as error:
                body = error.body(short_id("req_"), "test")
                return JSONResponse(body, error.status)

        return endpoint

    async def _pay(self, request: Request, tenant: Tenant, sent: Body) -> Body:
        session = tenant.account.get(Session, request.path_params["id"])
        card = str(sent.get("card", "4242424242424242"))
        agreed = _choice(sent, "authentication", ("complete", "fail"), "complete") == "complete"
        buyer = checkout.Buyer(card, sent.get("email"), sent.get("name"), authenticated=agreed)
        checkout.pay(tenant.account, session, buyer)
        return session.body()

    async def _set(self, request: Request, tenant: Tenant, sent: Body) -> Body:
        subscription = tenant.account.get(Subscription, request.path_params["id"])
        truth.apply(tenant.account, subscription, sent)
        return subscription.body()

    async def _events(self, request: Request, tenant: Tenant, _sent: Body) -> Body:
        found = _wanted(request, tenant, tenant.account.all(Event))
        return {"data": [_shown(each) for each in found]}

    async def _calls(self, request: Request, tenant: Tenant, _sent: Body) -> Body:
        user = request.query_params.get("user")
        found = [call for call in tenant.calls if user is None or user in call.users]
        return {"data": [call.body() for call in found]}

    async def _add_fault(self, _request: Request, tenant: Tenant, sent: Body) -> Body:
        fault = _fault(sent)
        tenant.faults[fault.id] = fault
        return fault.body()

    async def _show_fault(self, request: Request, tenant: Tenant, _sent: Body) -> Body:
        return _known(request, tenant).body()

    async def _drop_fault(self, request: Request, tenant: Tenant, _sent: Body) -> Body:
        return tenant.faults.pop(_known(request, tenant).id).body()

    async def _set_webhooks(self, _request: Request, tenant: Tenant, sent: Body) -> Body:
        if "mode" in sent:
            tenant.deliveries.mode = _choice(sent, "mode", ("auto", "manual"))
        if sent.get("url"):
            secret = sent.get("secret")
            give_endpoint(tenant.account, str(sent["url"]), str(secret) if secret else None)
        urls = [each.url for each in tenant.account.all(Endpoint)]
        return {"mode": tenant.deliveries.mode, "urls": urls}

    async def _set_delivery(self, request: Request, tenant: Tenant, sent: Body) -> Body:
        customer = tenant.account.get(Customer, request.path_params["id"])
        mode = _choice(sent, "mode", ("auto", "manual"))
        tenant.deliveries.by_customer[customer.id] = mode
        return {"customer": customer.id, "mode": mode}

    async def _deliver(self, _request: Request, tenant: Tenant, sent: Body) -> Body:
        event = tenant.account.get(Event, str(sent.get("event")))
        endpoints = tenant.account.all(Endpoint)
        if not endpoints:
            raise StripeError(Refusal.STATE, reason="The account has no webhook endpoint.")
        for endpoint in endpoints[:-1]:
            await self._courier.attempt(tenant.deliveries, endpoint, event)
        return (await self._courier.attempt(tenant.deliveries, endpoints[-1], event)).body()

    async def _attempts(self, request: Request, tenant: Tenant, _sent: Body) -> Body:
        event, customer = (request.query_params.get(name) for name in ("event", "customer"))
        found = [
            attempt
            for attempt in tenant.deliveries.attempts
            if event in {None, attempt.event} and customer in {None, attempt.customer}
        ]
        return {"data": [attempt.body() for attempt in found]}


async def _health(_request: Request) -> Response:
    return JSONResponse({"sandbox": "billproof", "version": __version__})


async def _sent(request: Request) -> Body:
    text = await request.body()
    try:
        body = json.loads(text or b"{}")
    except ValueError as error:
        raise StripeError(Refusal.MALFORMED, reason="the body is not JSON") from error
    if not isinstance(body, dict):
        raise StripeError(Refusal.MALFORMED, reason="the body is not a JSON object")
    return body


def _lister(kind: type[Resource]) -> Action:
    async def action(request: Request, tenant: Tenant, _sent: Body) -> Body:
        found = _wanted(request, tenant, tenant.account.all(kind))
        return {"data": [each.body() for each in found]}

    return action


def _wanted(request: Request, tenant: Tenant, found: Iterable[Any]) -> list[Any]:
    user, customer = (request.query_params.get(name) for name in ("user", "customer"))
    return [
        each
        for each in found
        if (user is None or user in tenant.account.users_of(each))
        and customer in {None, each.owner}
    ]


def _shown(event: Event) -> Body:
    plain = {"id": event.id, "type": event.type, "created": event.created}
    return {**plain, "customer": event.customer, "body": event.text}


def _known(request: Request, tenant: Tenant) -> Fault:
    identifier = request.path_params["id"]
    if identifier not in tenant.faults:
        raise StripeError(Refusal.NOT_FOUND, param="id", kind="fault", id=identifier)
    return tenant.faults[identifier]


def _fault(sent: Body) -> Fault:
    return Fault(
        id=short_id("fault_"),
        on=On(_choice(sent, "on", tuple(On), On.ALL)),
        kind=_text(sent, "kind"),
        user=_text(sent, "user"),
        effect=Effect(_choice(sent, "effect", tuple(Effect), Effect.STATUS)),
        status=_number(sent, "status", 400, 599) or 500,
        code=_text(sent, "code"),
        times=_number(sent, "times", 1, 1 << 30),
    )


def _text(sent: Body, name: str) -> str | None:
    value = sent.get(name)
    return None if value is None else str(value)


def _number(sent: Body, name: str, least: int, most: int) -> int | None:
    value = sent.get(name)
    if value is not None and not (isinstance(value, int) and least <= value <= most):
        reason = f"{name} must be a whole number from {least} to {most}."
        raise StripeError(Refusal.STATE, param=name, reason=reason)
    return value


def _choice(sent: Body, name: str, choices: tuple[str, ...], usual: str | None = None) -> Any:
    value = sent.get(name, usual)
    if value not in choices:
        listed = " or ".join(choices)
        raise StripeError(Refusal.CHOICE, param=name, choices=listed)
    return value
