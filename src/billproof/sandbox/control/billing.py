"""Levers on billing: buyers and their banks, the truth, time, the merchant's settings."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, replace

from starlette.requests import Request

from billproof.sandbox.billing import charging, checkout, collection, refunds, setup_intents
from billproof.sandbox.billing.checkout_session import Session
from billproof.sandbox.control.levers import TEXT, Lever, choice, number
from billproof.sandbox.objects.charges import Charge, Dispute
from billproof.sandbox.objects.customers import Customer, living
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.payment_intents import PaymentIntent
from billproof.sandbox.objects.resource import Body
from billproof.sandbox.objects.settings import AfterRetries
from billproof.sandbox.objects.setup_intents import SetupIntent
from billproof.sandbox.tenants.tenants import Tenant

FARTHEST_SECONDS = 20 * 366 * 86_400
STEP_SECONDS = 31 * 86_400
LONGEST_DELAY = 72 * 3600
GOOD_CARD = "4242424242424242"


async def _pay(request: Request, tenant: Tenant, sent: Body) -> Body:
    session = tenant.account.get(Session, request.path_params["id"])
    agreed = sent.get("authentication", "complete") == "complete"
    buyer = checkout.Buyer(
        sent.get("card", GOOD_CARD), sent.get("email"), sent.get("name"), authenticated=agreed
    )
    checkout.pay(tenant.account, session, buyer)
    return session.body()


async def _authenticate(request: Request, tenant: Tenant, sent: Body) -> Body:
    """The owner answers his bank: `complete`, or `fail`."""
    account, identifier = tenant.account, request.path_params["id"]
    agreed = sent["outcome"] == "complete"
    intent = account.find(SetupIntent, identifier) or account.get(PaymentIntent, identifier)
    if intent.status != "requires_action":
        reason = f"Nobody is asked: the status of {identifier} is {intent.status}."
        raise StripeError(Refusal.STATE, reason=reason)
    if isinstance(intent, PaymentIntent):
        collection.authenticate(account, intent, agreed=agreed)
    elif agreed:
        setup_intents.finish(account, intent)
    else:
        setup_intents.refuse(account, intent)
    return intent.body()


async def _set_time(request: Request, tenant: Tenant, sent: Body) -> Body:
    """Have a customer live `offset` seconds ahead of real time; never back."""
    customer = tenant.account.get(Customer, request.path_params["id"])
    living(tenant.account, customer.id)
    if customer.test_clock:
        reason = f"The customer is on the test clock {customer.test_clock}; advance that."
        raise StripeError(Refusal.STATE, reason=reason)
    timeline = tenant.account.timeline
    before, offset = timeline.life(customer.id).offset, sent["offset"]
    if offset < before:
        reason = f"Time goes forward only: the customer is {before} seconds ahead already."
        raise StripeError(Refusal.STATE, param="offset", reason=reason)
    await _live_through(tenant, customer.id, before, offset)
    return {"customer": customer.id, "offset": offset, "now": tenant.account.now(customer.id)}


async def _live_through(tenant: Tenant, customer: str, before: int, offset: int) -> None:
    """Let a customer's months pass one by one: years of them must not hold up everybody else."""
    timeline = tenant.account.timeline
    for step in (*range(before + STEP_SECONDS, offset, STEP_SECONDS), offset):
        # Another call may have gone ahead meanwhile.
        timeline.run_ahead(customer, max(step, timeline.life(customer).offset))
        tenant.catch_up()
        await asyncio.sleep(0)


async def _show_settings(_request: Request, tenant: Tenant, _sent: Body) -> Body:
    """The merchant's settings."""
    return asdict(tenant.account.settings)


async def _change_settings(_request: Request, tenant: Tenant, sent: Body) -> Body:
    """When failed payments are tried again, and what follows the last attempt."""
    changes = dict(sent)
    if "retry_days" in changes:
        changes["retry_days"] = tuple(changes["retry_days"])
    if "after_retries" in changes:
        changes["after_retries"] = AfterRetries(changes["after_retries"])
    tenant.account.settings = replace(tenant.account.settings, **changes)
    return asdict(tenant.account.settings)


async def _dispute(request: Request, tenant: Tenant, sent: Body) -> Body:
    """The payer's bank takes a charge back."""
    charge = tenant.account.get(Charge, request.path_params["id"])
    if charge.disputed or charge.decline:
        raise StripeError(Refusal.STATE, reason="Only a charge that stands can be disputed.")
    return charging.dispute(tenant.account, charge, sent.get("reason", "fraudulent")).body()


async def _settle(request: Request, tenant: Tenant, sent: Body) -> Body:
    """The bank decides a dispute: `won` or `lost`."""
    found = tenant.account.get(Dispute, request.path_params["id"])
    return refunds.settle_dispute(tenant.account, found, sent["status"]).body()


ANSWER = {"outcome": choice("complete", "fail")}
ASKED = "Answer the bank's question about a payment that waits for it"
LEVERS = (
    Lever(
        "POST",
        "/checkout/sessions/{id}/pay",
        _pay,
        "Pay a session as its page does",
        "Object",
        takes={
            "card": TEXT,
            "email": TEXT,
            "name": TEXT,
            "authentication": choice("complete", "fail"),
        },
    ),
    Lever(
        "POST",
        "/payment_intents/{id}/authenticate",
        _authenticate,
        ASKED,
        "Object",
        takes=ANSWER,
        required=("outcome",),
    ),
    Lever(
        "POST",
        "/setup_intents/{id}/authenticate",
        _authenticate,
        ASKED,
        "Object",
        takes=ANSWER,
        required=("outcome",),
    ),
    Lever(
        "PUT",
        "/customers/{id}/clock",
        _set_time,
        "Have a customer live so many seconds ahead of real time",
        "Time",
        takes={"offset": number(0, FARTHEST_SECONDS)},
        required=("offset",),
    ),
    Lever("GET", "/settings", _show_settings, "The merchant's settings", "Settings"),
    Lever(
        "PUT",
        "/settings",
        _change_settings,
        "When failed payments are tried again, and what follows the last attempt",
        "Settings",
        takes={
            "retry_days": {"type": "array", "maxItems": 8, "items": number(1, 60)},
            "after_retries": choice(*AfterRetries),
            "finalization_delay": number(0, LONGEST_DELAY),
            "upcoming_days": number(
                0, 45, description="How long before a renewal `invoice.upcoming` is sent."
            ),
        },
    ),
    Lever(
        "POST",
        "/charges/{id}/dispute",
        _dispute,
        "The payer's bank takes a charge back",
        "Object",
        takes={"reason": TEXT},
    ),
    Lever(
        "POST",
        "/disputes/{id}/settle",
        _settle,
        "The bank decides a dispute",
        "Object",
        takes={"status": choice("won", "lost")},
        required=("status",),
    ),
)
