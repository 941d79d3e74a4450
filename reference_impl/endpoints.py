"""The operations by name, each a thin shell around its module."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Header, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BeforeValidator
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from reference_impl import checkout, devices, invoices, portal, subscriptions, webhooks
from reference_impl.binding import Handler
from reference_impl.pages import page
from reference_impl.problems import Problem
from reference_impl.service import Service
from reference_impl.wire import models


async def caller(request: Request) -> int:
    """The id of the Telegram user whom the guard has let in."""
    # Async, though nothing is awaited: FastAPI would have a thread call it.
    return int(request.state.user_id)


def in_digits(text: object) -> object:
    """A number as JSON writes it; Python itself reads 1_0 as ten."""
    if isinstance(text, str) and not re.fullmatch("[0-9]+", text):
        raise ValueError("not an integer")
    return text


Caller = Annotated[int, Depends(caller)]
IdempotencyKey = Annotated[str | None, Header(min_length=1, max_length=255)]
Limit = Annotated[int, Query(ge=1, le=100), BeforeValidator(in_digits)]
Cursor = Annotated[str | None, Query(min_length=1, max_length=512)]
SessionId = Annotated[str | None, Query(max_length=255)]

EXPOSITION = "text/plain; version=0.0.4; charset=utf-8"


def handlers(service: Service) -> dict[str, Handler]:
    """A handler for each operationId of the contract."""
    return {**_billing(service), **_devices(service), **_operation(service), **_pages()}


def _billing(service: Service) -> dict[str, Handler]:
    async def list_plans() -> models.PlanList:
        return await subscriptions.list_plans(service)

    async def get_subscription(user: Caller) -> models.Subscription:
        return await subscriptions.get_subscription(service, user)

    async def create_checkout(
        user: Caller, wanted: models.CheckoutRequest, idempotency_key: IdempotencyKey = None
    ) -> models.Checkout:
        return await checkout.create_checkout(service, user, wanted.plan, idempotency_key)

    async def create_portal(user: Caller) -> models.Portal:
        return await portal.create_portal(service, user)

    async def list_invoices(
        user: Caller, limit: Limit = 20, cursor: Cursor = None
    ) -> models.InvoiceList:
        return await invoices.list_invoices(service, user, limit, cursor)

    async def receive(request: Request) -> models.WebhookReceipt:
        signature = request.headers.get("stripe-signature", "")
        return await webhooks.receive_stripe_webhook(service, await request.body(), signature)

    return {
        "listPlans": list_plans,
        "getSubscription": get_subscription,
        "createCheckout": create_checkout,
        "createPortal": create_portal,
        "listInvoices": list_invoices,
        "receiveStripeWebhook": receive,
    }


def _devices(service: Service) -> dict[str, Handler]:
    async def list_devices(user: Caller) -> models.DeviceList:
        return await devices.list_devices(service, user)

    async def register_device(
        user: Caller, wanted: models.DeviceRegistration
    ) -> models.NewDevice | Response:
        device = await devices.register_device(service, user, wanted)
        if isinstance(device, models.KnownDevice):
            return JSONResponse(device.model_dump(mode="json"), 200)
        return device

    async def revoke_device(user: Caller, device_id: str) -> Response:
        await devices.revoke_device(service, user, device_id)
        return Response(status_code=204)

    return {
        "listDevices": list_devices,
        "registerDevice": register_device,
        "revokeDevice": revoke_device,
    }


def _operation(service: Service) -> dict[str, Handler]:
    async def livez() -> models.Health:
        return models.Health(status="ok")

    async def readyz() -> models.Health:
        try:
            async with service.store.read() as session:
                await session.execute(text("SELECT 1"))
        except SQLAlchemyError as problem:
            raise Problem(503, "not-ready") from problem
        return models.Health(status="ok")

    async def metrics() -> Response:
        return Response(await service.metrics.exposition(), media_type=EXPOSITION)

    return {"getLivez": livez, "getReadyz": readyz, "getMetrics": metrics}


def _pages() -> dict[str, Handler]:
    async def billing() -> Response:
        return page("billing.html")

    async def back(session_id: SessionId = None) -> Response:  # noqa: ARG001 - proves nothing
        return page("return.html")

    return {"showBillingPage": billing, "showReturnPage": back}
