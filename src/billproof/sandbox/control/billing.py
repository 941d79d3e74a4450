"""Levers on billing: the owner at his bank, a customer's time, the merchant's settings."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from starlette.requests import Request

from billproof.sandbox.billing import charging, collection, intent_calls
from billproof.sandbox.objects.charges import Charge, Dispute
from billproof.sandbox.objects.customers import Customer, living
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.payment_intents import PaymentIntent
from billproof.sandbox.objects.resource import Body
from billproof.sandbox.objects.settings import AfterRetries
from billproof.sandbox.objects.setup_intents import SetupIntent
from billproof.sandbox.tenants.tenants import Tenant

FARTHEST_SECONDS = 20 * 366 * 86_400
LONGEST_DELAY = 72 * 3600


async def authenticate(request: Request, tenant: Tenant, sent: Body) -> Body:
    """The owner answers his bank: `complete`, or `fail`."""
    account, identifier = tenant.account, request.path_params["id"]
    agreed = _choice(sent, "outcome", ("complete", "fail")) == "complete"
    intent = account.find(SetupIntent, identifier) or account.get(PaymentIntent, identifier)
    if intent.status != "requires_action":
        reason = f"Nobody is asked: the status of {identifier} is {intent.status}."
        raise StripeError(Refusal.STATE, reason=reason)
    if isinstance(intent, PaymentIntent):
        collection.authenticate(account, intent, agreed=agreed)
    elif agreed:
        intent_calls.finish_setup(account, intent)
    else:
        intent_calls.refuse_setup(account, intent)
    return intent.body()


async def set_time(request: Request, tenant: Tenant, sent: Body) -> Body:
    """Have a customer live `offset` seconds ahead of real time; never back."""
    customer: Customer = living(tenant.account, request.path_params["id"])
    if customer.test_clock:
        reason = f"The customer is on the test clock {customer.test_clock}; advance that."
        raise StripeError(Refusal.STATE, reason=reason)
    timeline = tenant.account.timeline
    before = timeline.life(customer.id).offset
    offset = _number(sent, "offset", before, FARTHEST_SECONDS)
    timeline.run_ahead(customer.id, offset)
    tenant.catch_up()
    return {"customer": customer.id, "offset": offset, "now": tenant.account.now(customer.id)}


async def show_settings(_request: Request, tenant: Tenant, _sent: Body) -> Body:
    """The merchant's settings."""
    return asdict(tenant.account.settings)


async def change_settings(_request: Request, tenant: Tenant, sent: Body) -> Body:
    """When failed payments are tried again, and what follows the last attempt."""
    now = tenant.account.settings
    if "retry_days" in sent:
        now = replace(now, retry_days=_days(sent["retry_days"]))
    if "after_retries" in sent:
        now = replace(
            now, after_retries=AfterRetries(_choice(sent, "after_retries", tuple(AfterRetries)))
        )
    if "finalization_delay" in sent:
        delay = _number(sent, "finalization_delay", 0, LONGEST_DELAY)
        now = replace(now, finalization_delay=delay)
    tenant.account.settings = now
    return asdict(now)


def _days(given: Any) -> tuple[int, ...]:
    fits = isinstance(given, list) and len(given) <= 8  # noqa: PLR2004 - Stripe's own limit
    if not fits or not all(type(day) is int and 1 <= day <= 60 for day in given):  # noqa: PLR2004
        reason = "retry_days must be a list of at most eight whole numbers from 1 to 60."
        raise StripeError(Refusal.STATE, param="retry_days", reason=reason)
    return tuple(given)


async def dispute(request: Request, tenant: Tenant, sent: Body) -> Body:
    """The payer's bank takes a charge back."""
    charge = tenant.account.get(Charge, request.path_params["id"])
    if charge.disputed or charge.decline:
        raise StripeError(Refusal.STATE, reason="Only a charge that stands can be disputed.")
    reason = str(sent.get("reason", "fraudulent"))
    return charging.dispute(tenant.account, charge, reason).body()


async def settle(request: Request, tenant: Tenant, sent: Body) -> Body:
    """The bank decides a dispute: `won` or `lost`."""
    found = tenant.account.get(Dispute, request.path_params["id"])
    status = _choice(sent, "status", ("won", "lost"))
    return intent_calls.settle_dispute(tenant.account, found, status).body()


def _choice(sent: Body, name: str, choices: tuple[str, ...]) -> str:
    value = sent.get(name)
    if value not in choices:
        raise StripeError(Refusal.CHOICE, param=name, choices=" or ".join(choices))
    return str(value)


def _number(sent: Body, name: str, least: int, most: int) -> int:
    value = sent.get(name)
    if type(value) is not int or not least <= value <= most:
        reason = f"{name} must be a whole number from {least} to {most}."
        raise StripeError(Refusal.STATE, param=name, reason=reason)
    return value


ROWS = (
    ("POST", "/payment_intents/{id}/authenticate", authenticate),
    ("POST", "/setup_intents/{id}/authenticate", authenticate),
    ("PUT", "/customers/{id}/clock", set_time),
    ("GET", "/settings", show_settings),
    ("PUT", "/settings", change_settings),
    ("POST", "/charges/{id}/dispute", dispute),
    ("POST", "/disputes/{id}/settle", settle),
)
