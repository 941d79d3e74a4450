"""Invoices and payments, from a draft to a refund."""

from __future__ import annotations

import stripe

from tests.suite.fidelity.flows.steps import NOTE, Step, Steps, payer, price, subscribed


def debtor(sdk: stripe.StripeClient) -> Steps:
    """Invoices that are open: paid, taken back, given up."""
    customer, monthly = payer(sdk), price(sdk)
    opened = [_incomplete(sdk, customer, monthly) for _ in range(3)]
    yield Step("subscribe without payment", opened[0])
    paid, void, lost = (str(each.latest_invoice) for each in opened)
    yield Step("pay an invoice", sdk.v1.invoices.pay(paid))
    yield Step("void an invoice", sdk.v1.invoices.void_invoice(void))
    yield Step("give an invoice up", sdk.v1.invoices.mark_uncollectible(lost))
    yield Step("look at an invoice", sdk.v1.invoices.retrieve(lost))


def drafts(sdk: stripe.StripeClient) -> Steps:
    """Invoices by hand, over what waits."""
    customer = payer(sdk)
    first, second = (_waiting(sdk, customer, amount) for amount in (500, 700))
    yield Step("something to be billed", first)
    yield Step("change it", sdk.v1.invoice_items.update(first.id, {"amount": 600}))
    yield Step("forget the other", sdk.v1.invoice_items.delete(second.id))
    draft = sdk.v1.invoices.create(
        {"customer": customer.id, "currency": "eur", "pending_invoice_items_behavior": "include"}
    )
    yield Step("draft an invoice", draft)
    yield Step("note on a draft", sdk.v1.invoices.update(draft.id, {"metadata": NOTE}))
    yield Step("finalize a draft", sdk.v1.invoices.finalize_invoice(draft.id))
    thrown = sdk.v1.invoices.create({"customer": customer.id})
    yield Step("throw a draft away", sdk.v1.invoices.delete(thrown.id))
    _waiting(sdk, customer, 900)
    sent = sdk.v1.invoices.create(
        {
            "customer": customer.id,
            "currency": "eur",
            "collection_method": "send_invoice",
            "days_until_due": 7,
            "pending_invoice_items_behavior": "include",
        }
    )
    yield Step("send an invoice", sdk.v1.invoices.send_invoice(sent.id))
    ahead = {"customer": customer.id, "subscription_details": {"items": [{"price": price(sdk).id}]}}
    yield Step("preview an invoice", sdk.v1.invoices.create_preview(ahead))  # type: ignore[arg-type]  # a dict by hand


def payments(sdk: stripe.StripeClient) -> Steps:
    """What was paid is looked at, and given back."""
    made = subscribed(sdk, payer(sdk))
    customer = str(made.customer)
    intent = sdk.v1.payment_intents.list({"customer": customer}).data[0]
    yield Step("note on a payment", sdk.v1.payment_intents.update(intent.id, {"metadata": NOTE}))
    yield Step("list charges", sdk.v1.charges.list({"customer": customer}))
    paid = {"invoice": str(made.latest_invoice)}
    yield Step("list payments", sdk.v1.invoice_payments.list(paid))  # type: ignore[arg-type]  # a dict by hand
    refund = sdk.v1.refunds.create({"payment_intent": intent.id, "amount": 100})
    yield Step("give back a part", refund)
    yield Step("cancel now", sdk.v1.subscriptions.cancel(made.id))


def cards(sdk: stripe.StripeClient) -> Steps:
    """Cards that are saved for later."""
    customer = sdk.v1.customers.create({"metadata": NOTE})
    card = sdk.v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}})
    yield Step("a card of nobody", card)
    yield Step("note on a card", sdk.v1.payment_methods.update(card.id, {"metadata": NOTE}))
    sdk.v1.payment_methods.attach(card.id, {"customer": customer.id})
    order: stripe.params.SetupIntentCreateParams = {"customer": customer.id}
    intent = sdk.v1.setup_intents.create(order)
    yield Step("begin to save a card", intent)
    confirmed = sdk.v1.setup_intents.confirm(intent.id, {"payment_method": card.id})
    yield Step("save a card", confirmed)
    other = sdk.v1.setup_intents.create(order)
    yield Step("save none", sdk.v1.setup_intents.cancel(other.id))


def _waiting(
    sdk: stripe.StripeClient, customer: stripe.Customer, amount: int
) -> stripe.InvoiceItem:
    return sdk.v1.invoice_items.create(
        {"customer": customer.id, "amount": amount, "currency": "eur", "description": "Setup"}
    )


def _incomplete(
    sdk: stripe.StripeClient, customer: stripe.Customer, monthly: stripe.Price
) -> stripe.Subscription:
    return sdk.v1.subscriptions.create(
        {
            "customer": customer.id,
            "items": [{"price": monthly.id}],
            "payment_behavior": "default_incomplete",
        }
    )
