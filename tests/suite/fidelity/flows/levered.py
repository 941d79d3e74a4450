"""What needs a lever of the sandbox: paying on a page, a bank, a merchant's settings."""

from __future__ import annotations

import contextlib

import stripe

from billproof.sandbox.client import Sandbox
from tests.suite.fidelity.flows.selling import session_for
from tests.suite.fidelity.flows.steps import Step, Steps, payer, price, subscribed


def paid_checkout(sdk: stripe.StripeClient, sandbox: Sandbox) -> Steps:
    """A session that is paid, by a known customer and by a new one."""
    session = session_for(sdk, payer(sdk))
    sandbox.pay(session.id)
    expand = {"expand": ["subscription.latest_invoice", "line_items", "customer"]}
    yield Step("a paid session", sdk.v1.checkout.sessions.retrieve(session.id, expand))  # type: ignore[arg-type]  # a dict by hand
    strange = session_for(sdk, None)
    sandbox.pay(strange.id, email="new@shop.test", name="New")
    yield Step("paid by a stranger", sdk.v1.checkout.sessions.retrieve(strange.id))


def portal(sdk: stripe.StripeClient, sandbox: Sandbox) -> Steps:
    """A way into the portal, as it is set up; the real one asks for more than a test would say."""
    del sandbox
    features: dict[str, object] = {"invoice_history": {"enabled": True}}
    made = sdk.v1.billing_portal.configurations.create({"features": features})  # type: ignore[typeddict-item]  # a dict by hand
    yield Step("set a portal up", made)
    named = sdk.v1.billing_portal.configurations.update(made.id, {"name": "Fidelity"})
    yield Step("name a portal", named)
    session = sdk.v1.billing_portal.sessions.create({"customer": payer(sdk).id})
    yield Step("open the portal", session)


def heard(sdk: stripe.StripeClient, sandbox: Sandbox) -> Steps:
    """An endpoint that no call made."""
    sandbox.set_webhook("http://127.0.0.1:9/hook", "whsec_fidelity", mode="manual")
    yield Step("list endpoints", sdk.v1.webhook_endpoints.list())


def late_payer(sdk: stripe.StripeClient, sandbox: Sandbox) -> Steps:
    """A subscription that rested, and one whose card is refused later."""
    made = subscribed(sdk, payer(sdk))
    sandbox.amend(made.id, status="paused")
    yield Step("wake a subscription", sdk.v1.subscriptions.resume(made.id))
    customer = sdk.v1.customers.create({"email": "late@shop.test"})
    card = sdk.v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer.id})
    yield Step("a card that fails later", card)
    order = {
        "customer": customer.id,
        "items": [{"price": price(sdk).id}],
        "default_payment_method": card.id,
    }
    yield Step("not paid at first", sdk.v1.subscriptions.create(order))  # type: ignore[arg-type]  # a dict by hand


def quarrel(sdk: stripe.StripeClient, sandbox: Sandbox) -> Steps:
    """A payment that its owner denies, and one that he confirms at his bank."""
    customer = sdk.v1.customers.create({"email": "quarrel@shop.test"})
    sdk.v1.payment_methods.attach("pm_card_createDispute", {"customer": customer.id})
    order = {"customer": customer.id, "items": [{"price": price(sdk).id}]}
    denied = {**order, "default_payment_method": _only_card(sdk, customer)}
    yield Step("a payment that is denied", sdk.v1.subscriptions.create(denied))  # type: ignore[arg-type]  # a dict by hand
    dispute = sdk.v1.disputes.list().data[0]
    yield Step("give a dispute up", sdk.v1.disputes.close(dispute.id))
    asked = sdk.v1.payment_methods.attach(
        "pm_card_authenticationRequired", {"customer": customer.id}
    )
    waiting = {**order, "default_payment_method": asked.id}
    yield Step("a payment that is asked about", sdk.v1.subscriptions.create(waiting))  # type: ignore[arg-type]  # a dict by hand
    intent = sdk.v1.payment_intents.list({"customer": customer.id}).data[0]
    yield Step("what is asked", intent)
    with contextlib.suppress(stripe.InvalidRequestError):  # an invoice's payment ends with it
        sdk.v1.payment_intents.cancel(intent.id)
    sandbox.authenticate(intent.id)
    yield Step("what was answered", sdk.v1.payment_intents.retrieve(intent.id))


def _only_card(sdk: stripe.StripeClient, customer: stripe.Customer) -> str:
    return sdk.v1.customers.payment_methods.list(customer.id).data[0].id
