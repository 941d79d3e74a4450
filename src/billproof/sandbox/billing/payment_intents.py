"""The calls on payment intents."""

from __future__ import annotations

from billproof.sandbox.billing import charging, collection
from billproof.sandbox.billing.order_lines import bounded
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.currencies import currency_of, fitting
from billproof.sandbox.objects.customers import living
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.invoice import Invoice
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.payment_intents import PAYABLE, PaymentIntent
from billproof.sandbox.objects.payment_methods import PaymentMethod, presented


def create(account: Account, params: Params) -> PaymentIntent:
    """One without an invoice; confirmed at once where asked for."""
    named, currency = params.text("customer"), currency_of(params)
    amount = fitting(_amount(params), currency, "amount")
    intent = charging.begin(
        account,
        living(account, named).id if named else None,
        amount,
        currency,
        params.text("description"),
    )
    intent.metadata = params.metadata()
    intent.setup_future_usage = params.text("setup_future_usage")
    if params.text("payment_method"):
        intent.payment_method = card_of(account, intent.customer, params, None).id
        intent.status = "requires_confirmation"
    return confirm(account, params, intent.id) if params.flag("confirm") else intent


def confirm(account: Account, params: Params, identifier: str) -> PaymentIntent:
    """Pay it with the named card; a decline is 402, a wish for authentication its answer."""
    intent = account.get(PaymentIntent, identifier)
    _require_payable(intent)
    method = card_of(account, intent.customer, params, intent.payment_method)
    intent.return_url = params.text("return_url")
    on_session = params.flag("off_session") is not True
    invoice = account.find(Invoice, intent.invoice)
    if invoice is not None:
        error = collection.collect(account, invoice, method, on_session=on_session)
    else:
        error = charging.confirm(account, intent, method, on_session=on_session)
    if error is not None and not (on_session and error.refusal is Refusal.AUTHENTICATION):
        raise error
    return intent


def cancel(account: Account, params: Params, identifier: str) -> PaymentIntent:
    """Give it up; one of an invoice is given up with its invoice."""
    intent = account.get(PaymentIntent, identifier)
    _require_payable(intent)
    if intent.invoice:
        reason = "You cannot cancel the payment of an invoice; void the invoice instead."
        raise StripeError(Refusal.STATE, reason=reason)
    charging.give_up(account, intent, params.text("cancellation_reason") or "requested_by_customer")
    return intent


def update(account: Account, params: Params, identifier: str) -> PaymentIntent:
    """Change its notes, and what is not paid yet: its card, and what no invoice says."""
    intent = account.get(PaymentIntent, identifier)
    if {"amount", "currency", "customer", "payment_method"} & params.names():
        _require_payable(intent)
    _change_terms(account, intent, params)
    if params.text("payment_method"):
        intent.payment_method = card_of(account, intent.customer, params, None).id
        intent.status = "requires_confirmation"
    intent.metadata = params.metadata(intent.metadata)
    if "description" in params:
        intent.description = params.text("description")
    return intent


def _change_terms(account: Account, intent: PaymentIntent, params: Params) -> None:
    changed = {"amount", "currency", "customer"} & params.names()
    if changed and intent.invoice:
        reason = f"The {min(changed)} of an invoice's payment is the invoice's."
        raise StripeError(Refusal.STATE, param=min(changed), reason=reason)
    customer = params.text("customer")
    if customer and customer != intent.customer:
        intent.customer = living(account, customer).id
        account.adopt(intent)
    if "setup_future_usage" in params:
        intent.setup_future_usage = params.text("setup_future_usage")
    if {"amount", "currency"} & changed:
        intent.currency = currency_of(params) if "currency" in params else intent.currency
        amount = _amount(params) if "amount" in params else intent.amount
        intent.amount = fitting(amount, intent.currency, "amount")


def _amount(params: Params) -> int:
    amount = params.integer("amount")
    if amount is None or amount <= 0:
        raise StripeError(Refusal.POSITIVE, param="amount")
    return bounded(amount, "amount")


def _require_payable(intent: PaymentIntent) -> None:
    if intent.status not in PAYABLE:
        reason = f"This PaymentIntent's status is {intent.status}; it must be payable."
        raise StripeError(Refusal.INTENT_STATE, reason=reason)


def card_of(
    account: Account,
    customer: str | None,
    params: Params,
    current: str | None,
    missing: Refusal = Refusal.INTENT_CARD,
) -> PaymentMethod:
    """The card that a call names for an intent, or the one it has; `missing` when there is none."""
    named = params.text("payment_method") or current
    if named is None:
        raise StripeError(missing)
    return presented(account, customer, named, "payment_method")
