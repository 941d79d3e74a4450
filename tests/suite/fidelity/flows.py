"""What a backend does with Stripe, through the official SDK, one flow for each noun.

A flow yields what each of its calls answered. Those in `PLAIN` need nothing but Stripe and
run on the real one too; those in `LEVERED` move the sandbox by its levers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import stripe

from billproof.sandbox.client import Sandbox

SUCCESS = "https://shop.test/return?session={CHECKOUT_SESSION_ID}"
NOTE = {"made_by": "billproof"}


@dataclass(frozen=True)
class Step:
    """One call and what it answered."""

    name: str
    answer: stripe.StripeObject


Steps = Iterator[Step]


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


def subscriber(sdk: stripe.StripeClient) -> Steps:
    """A subscription that is paid by card, changed, and cancelled twice over."""
    customer, price = _payer(sdk), _price(sdk)
    made = sdk.v1.subscriptions.create(
        {"customer": customer.id, "items": [{"price": price.id}], "metadata": NOTE}
    )
    yield Step("subscribe", made)
    yield Step("add a quantity", sdk.v1.subscriptions.update(made.id, {"items": _twice(made)}))
    yield Step(
        "cancel at the period's end",
        sdk.v1.subscriptions.update(made.id, {"cancel_at_period_end": True}),
    )
    yield Step(
        "pause collection",
        sdk.v1.subscriptions.update(made.id, {"pause_collection": {"behavior": "void"}}),
    )
    yield Step("list invoices", sdk.v1.invoices.list({"customer": customer.id}))
    expand = ["latest_invoice", "default_payment_method", "items.data.price.product"]
    yield Step("expand", sdk.v1.subscriptions.retrieve(made.id, {"expand": expand}))
    yield Step("cancel now", sdk.v1.subscriptions.cancel(made.id))


def trial(sdk: stripe.StripeClient) -> Steps:
    """A subscription that begins with a free trial."""
    customer, price = _payer(sdk), _price(sdk)
    made = sdk.v1.subscriptions.create(
        {"customer": customer.id, "items": [{"price": price.id}], "trial_period_days": 7}
    )
    yield Step("begin a trial", made)
    yield Step("end a trial", sdk.v1.subscriptions.update(made.id, {"trial_end": "now"}))
    yield Step("cancel now", sdk.v1.subscriptions.cancel(made.id))


def debtor(sdk: stripe.StripeClient) -> Steps:
    """Invoices that are open: paid, taken back, given up."""
    customer, price = _payer(sdk), _price(sdk)
    opened = [_incomplete(sdk, customer, price) for _ in range(3)]
    yield Step("subscribe without payment", opened[0])
    paid, void, lost = (str(each.latest_invoice) for each in opened)
    yield Step("pay an invoice", sdk.v1.invoices.pay(paid))
    yield Step("void an invoice", sdk.v1.invoices.void_invoice(void))
    yield Step("give an invoice up", sdk.v1.invoices.mark_uncollectible(lost))
    yield Step("look at an invoice", sdk.v1.invoices.retrieve(lost))


def shopper(sdk: stripe.StripeClient) -> Steps:
    """Checkout sessions that nobody pays, and a way into the portal."""
    customer, price = _payer(sdk), _price(sdk)
    session = _session(sdk, customer, price)
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


def paid_checkout(sdk: stripe.StripeClient, sandbox: Sandbox) -> Steps:
    """A session that is paid, by a known customer and by a new one."""
    session = _session(sdk, _payer(sdk), _price(sdk))
    sandbox.pay(session.id)
    expand = {"expand": ["subscription.latest_invoice", "line_items", "customer"]}
    yield Step("a paid session", sdk.v1.checkout.sessions.retrieve(session.id, expand))  # type: ignore[arg-type]  # a dict by hand
    strange = _session(sdk, None, _price(sdk))
    sandbox.pay(strange.id, email="new@shop.test", name="New")
    yield Step("paid by a stranger", sdk.v1.checkout.sessions.retrieve(strange.id))


def portal(sdk: stripe.StripeClient, sandbox: Sandbox) -> Steps:
    """A way into the portal; the real one asks for a configuration first."""
    del sandbox
    made = sdk.v1.billing_portal.sessions.create({"customer": _payer(sdk).id})
    yield Step("open the portal", made)


def heard(sdk: stripe.StripeClient, sandbox: Sandbox) -> Steps:
    """An endpoint that no call made."""
    sandbox.set_webhook("http://127.0.0.1:9/hook", "whsec_fidelity", mode="manual")
    yield Step("list endpoints", sdk.v1.webhook_endpoints.list())


def late_payer(sdk: stripe.StripeClient, sandbox: Sandbox) -> Steps:
    """A subscription that rested, and one whose card is refused later."""
    made = _subscribed(sdk)
    sandbox.amend(made.id, status="paused")
    yield Step("wake a subscription", sdk.v1.subscriptions.resume(made.id))
    customer = sdk.v1.customers.create({"email": "late@shop.test"})
    card = sdk.v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer.id})
    yield Step("a card that fails later", card)
    order = {
        "customer": customer.id,
        "items": [{"price": _price(sdk).id}],
        "default_payment_method": card.id,
    }
    yield Step("not paid at first", sdk.v1.subscriptions.create(order))  # type: ignore[arg-type]  # a dict by hand


PLAIN: tuple[Callable[[stripe.StripeClient], Steps], ...] = (
    catalogue,
    buyer,
    subscriber,
    trial,
    debtor,
    shopper,
    listener,
)
LEVERED: tuple[Callable[[stripe.StripeClient, Sandbox], Steps], ...] = (
    paid_checkout,
    portal,
    heard,
    late_payer,
)


def _price(sdk: stripe.StripeClient) -> stripe.Price:
    return sdk.v1.prices.create(
        {
            "currency": "eur",
            "unit_amount": 1900,
            "recurring": {"interval": "month"},
            "product_data": {"name": "Fidelity", "metadata": NOTE},
        }
    )


def _payer(sdk: stripe.StripeClient) -> stripe.Customer:
    """A customer with a good card, which is the default."""
    customer = sdk.v1.customers.create({"email": "payer@shop.test", "metadata": NOTE})
    card = sdk.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    return sdk.v1.customers.update(
        customer.id, {"invoice_settings": {"default_payment_method": card.id}}
    )


def _subscribed(sdk: stripe.StripeClient) -> stripe.Subscription:
    items = [{"price": _price(sdk).id}]
    return sdk.v1.subscriptions.create({"customer": _payer(sdk).id, "items": items})  # type: ignore[arg-type]  # a dict by hand


def _incomplete(
    sdk: stripe.StripeClient, customer: stripe.Customer, price: stripe.Price
) -> stripe.Subscription:
    return sdk.v1.subscriptions.create(
        {
            "customer": customer.id,
            "items": [{"price": price.id}],
            "payment_behavior": "default_incomplete",
        }
    )


def _twice(made: stripe.Subscription) -> list[stripe.params.SubscriptionUpdateParamsItem]:
    return [{"id": made["items"].data[0].id, "quantity": 2}]


def _session(
    sdk: stripe.StripeClient, customer: stripe.Customer | None, price: stripe.Price
) -> stripe.checkout.Session:
    params: stripe.params.checkout.SessionCreateParams = {
        "mode": "subscription",
        "success_url": SUCCESS,
        "line_items": [{"price": price.id, "quantity": 1}],
        "client_reference_id": "71",
        "subscription_data": {"metadata": NOTE},
    }
    if customer is not None:
        params["customer"] = customer.id
    return sdk.v1.checkout.sessions.create(params)
