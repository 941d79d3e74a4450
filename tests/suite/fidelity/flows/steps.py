"""What flows are made of: a step, and what many of them begin with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import stripe

NOTE = {"made_by": "billproof"}


@dataclass(frozen=True)
class Step:
    """One call and what it answered."""

    name: str
    answer: stripe.StripeObject


Steps = Iterator[Step]


def price(sdk: stripe.StripeClient) -> stripe.Price:
    """A monthly price of a product of its own."""
    return sdk.v1.prices.create(
        {
            "currency": "eur",
            "unit_amount": 1900,
            "recurring": {"interval": "month"},
            "product_data": {"name": "Fidelity", "metadata": NOTE},
        }
    )


def payer(sdk: stripe.StripeClient, clock: str | None = None) -> stripe.Customer:
    """A customer with a good card, which is the default; on a test clock when one is named."""
    params: stripe.params.CustomerCreateParams = {"email": "payer@shop.test", "metadata": NOTE}
    if clock is not None:
        params["test_clock"] = clock
    customer = sdk.v1.customers.create(params)
    card = sdk.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    return sdk.v1.customers.update(
        customer.id, {"invoice_settings": {"default_payment_method": card.id}}
    )


def subscribed(sdk: stripe.StripeClient, customer: stripe.Customer) -> stripe.Subscription:
    """A subscription of that customer, paid for."""
    items: list[stripe.params.SubscriptionCreateParamsItem] = [{"price": price(sdk).id}]
    return sdk.v1.subscriptions.create({"customer": customer.id, "items": items})
