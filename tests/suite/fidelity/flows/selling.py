"""What is sold, and to whom: products, prices, customers, cards, checkout."""

from __future__ import annotations

import stripe

from tests.suite.fidelity.flows.steps import NOTE, Step, Steps, payer, price

SUCCESS = "https://shop.test/return?session={CHECKOUT_SESSION_ID}"


def catalogue(sdk: stripe.StripeClient) -> Steps:
    """A product with prices: each month, each year, and once."""
    product = sdk.v1.products.create({"name": "Fidelity", "metadata": NOTE})
    yield Step("create a product", product)
    yield Step(
        "change a product",
        sdk.v1.products.update(product.id, {"description": "Words", "active": True}),
    )
    monthly = sdk.v1.prices.create(
        {
            "product": product.id,
            "currency": "eur",
            "unit_amount": 1900,
            "recurring": {"interval": "month"},
        }
    )
    yield Step("create a monthly price", monthly)
    once = sdk.v1.prices.create({"product": product.id, "currency": "jpy", "unit_amount": 450})
    yield Step("create a price that is paid once", once)
    yield Step(
        "change a price", sdk.v1.prices.update(once.id, {"nickname": "Once", "active": False})
    )
    yield Step("list prices", sdk.v1.prices.list({"product": product.id}))


def buyer(sdk: stripe.StripeClient) -> Steps:
    """A customer with an address and a card, from first to last."""
    customer = sdk.v1.customers.create(
        {"email": "ada@shop.test", "metadata": NOTE, "address": {"city": "Bern", "country": "CH"}}
    )
    yield Step("create a customer", customer)
    shipping = {"name": "Ada", "address": {"city": "Bern", "country": "CH"}}
    yield Step(
        "change a customer",
        sdk.v1.customers.update(customer.id, {"name": "Ada", "shipping": shipping}),  # type: ignore[arg-type]  # a dict by hand
    )
    card = sdk.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    yield Step("attach a card", card)
    yield Step("list cards", sdk.v1.customers.payment_methods.list(customer.id))
    yield Step("take a card away", sdk.v1.payment_methods.detach(card.id))
    yield Step("delete a customer", sdk.v1.customers.delete(customer.id))


def shopper(sdk: stripe.StripeClient) -> Steps:
    """Checkout sessions that nobody pays, and a way into the portal."""
    session = session_for(sdk, payer(sdk))
    yield Step("open a checkout session", session)
    yield Step("note on a session", sdk.v1.checkout.sessions.update(session.id, {"metadata": NOTE}))
    yield Step("list a basket", sdk.v1.checkout.sessions.line_items.list(session.id))
    yield Step("expire a session", sdk.v1.checkout.sessions.expire(session.id))


def listener(sdk: stripe.StripeClient) -> Steps:
    """A webhook endpoint that nothing is sent to."""
    made = sdk.v1.webhook_endpoints.create(
        {"url": "https://shop.test/hook", "enabled_events": ["plan.deleted"], "metadata": NOTE}
    )
    yield Step("create an endpoint", made)
    yield Step("switch it off", sdk.v1.webhook_endpoints.update(made.id, {"disabled": True}))
    yield Step("delete an endpoint", sdk.v1.webhook_endpoints.delete(made.id))


def session_for(
    sdk: stripe.StripeClient, customer: stripe.Customer | None
) -> stripe.checkout.Session:
    """An open checkout session, for a known customer or for whoever comes."""
    params: stripe.params.checkout.SessionCreateParams = {
        "mode": "subscription",
        "success_url": SUCCESS,
        "line_items": [{"price": price(sdk).id, "quantity": 1}],
        "client_reference_id": "71",
        "subscription_data": {"metadata": NOTE},
    }
    if customer is not None:
        params["customer"] = customer.id
    return sdk.v1.checkout.sessions.create(params)
