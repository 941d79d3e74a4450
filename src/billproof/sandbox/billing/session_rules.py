"""What Stripe refuses when a checkout session is made."""

from __future__ import annotations

from urllib.parse import urlsplit

from billproof.sandbox.billing.checkout_session import PLACEHOLDER
from billproof.sandbox.billing.order_lines import refuse_discounts
from billproof.sandbox.billing.periods import DAY
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.customers import EMAIL
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.params import Params

SHORTEST, LONGEST = 30 * 60, DAY
LONGEST_REFERENCE = 200
LATENESS = 60
"""Seconds by which `expires_at` may miss its bounds: the caller's clock and the way here."""


def check(params: Params) -> None:
    """What needs nothing but the call to be refused."""
    if params.required("mode") != "subscription":
        reason = "The billproof sandbox sells subscriptions only: mode must be `subscription`."
        raise StripeError(Refusal.STATE, param="mode", reason=reason)
    params.only_one_of("customer", "customer_email")
    if "customer_creation" in params:
        reason = "`customer_creation` can only be used in `payment` mode."
        raise StripeError(Refusal.STATE, param="customer_creation", reason=reason)
    if "payment_intent_data" in params:
        reason = "You can not pass `payment_intent_data` in `subscription` mode."
        raise StripeError(Refusal.STATE, param="payment_intent_data", reason=reason)
    refuse_discounts(params)
    if "customer_update" in params and "customer" not in params:
        reason = "`customer_update` can only be used with `customer`."
        raise StripeError(Refusal.STATE, param="customer_update", reason=reason)
    params.required("success_url")
    for name in ("success_url", "cancel_url"):
        _check_url(params, name)
    reference = params.text("client_reference_id") or ""
    if len(reference) > LONGEST_REFERENCE:
        raise StripeError(
            Refusal.TOO_LONG,
            param="client_reference_id",
            value=reference[:40] + "...",
            limit=str(LONGEST_REFERENCE),
        )
    email = params.text("customer_email")
    if email is not None and not EMAIL.match(email):
        raise StripeError(Refusal.EMAIL, param="customer_email", value=email)


def _check_url(params: Params, name: str) -> None:
    url = params.text(name)
    if url is None:
        return
    try:
        parts = urlsplit(url.replace(PLACEHOLDER, "x"))
        fits = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        fits = False
    if not fits:
        raise StripeError(Refusal.URL, param=name)


def expiry(account: Account, params: Params, customer: str | None) -> int:
    """When a session ends that nobody pays."""
    wanted = params.integer("expires_at")
    now = account.now(customer)
    if wanted is None:
        return now + LONGEST
    if wanted < now + SHORTEST - LATENESS:
        reason = (
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation."
        )
        raise StripeError(Refusal.STATE, param="expires_at", reason=reason)
    if wanted > now + LONGEST + LATENESS:
        reason = (
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation."
        )
        raise StripeError(Refusal.STATE, param="expires_at", reason=reason)
    return wanted
