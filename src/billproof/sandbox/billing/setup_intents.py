"""The calls on setup intents, and what its owner's answer does to one."""

from __future__ import annotations

from collections.abc import Mapping

from billproof.sandbox.billing.payment_intents import card_of
from billproof.sandbox.billing.subscription import OVER, Subscription
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.customers import Customer, living
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.identifiers import long_id
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.payment_methods import PaymentMethod, give
from billproof.sandbox.objects.resource import NO_METADATA
from billproof.sandbox.objects.setup_intents import SetupIntent


def create(account: Account, params: Params) -> SetupIntent:
    """A card to be saved; confirmed at once where asked for."""
    named = params.text("customer")
    intent = begin(
        account,
        living(account, named).id if named else None,
        usage=params.text("usage") or "off_session",
        description=params.text("description"),
        metadata=params.metadata(),
    )
    if params.text("payment_method"):
        intent.payment_method = card_of(account, intent.customer, params, None).id
        intent.status = "requires_confirmation"
    return confirm(account, params, intent.id) if params.flag("confirm") else intent


def begin(
    account: Account,
    customer: str | None,
    *,
    usage: str = "off_session",
    description: str | None = None,
    metadata: Mapping[str, str] = NO_METADATA,
) -> SetupIntent:
    """A setup that waits for a card."""
    identifier = long_id("seti_")
    intent = SetupIntent(
        id=identifier,
        created=account.now(customer),
        livemode=account.livemode,
        customer=customer,
        secret=f"{identifier}_secret_{long_id('')}",
        usage=usage,
        description=description,
        metadata=metadata,
    )
    account.emit("setup_intent.created", account.add(intent))
    return intent


def confirm(account: Account, params: Params, identifier: str) -> SetupIntent:
    """Save the card; one that asks for its owner waits for him. A card's refusal is 402."""
    intent = account.get(SetupIntent, identifier)
    if intent.status in {"succeeded", "canceled"}:
        reason = f"This SetupIntent's status is {intent.status}."
        raise StripeError(Refusal.SETUP_STATE, reason=reason)
    method = card_of(account, intent.customer, params, intent.payment_method, Refusal.SETUP_CARD)
    if method.card.refused:
        raise _fail(account, intent, method.card.refused.error())
    intent.payment_method, intent.return_url = method.id, params.text("return_url")
    if method.asks(on_session=True):
        return ask(account, intent)
    return finish(account, intent)


def ask(account: Account, intent: SetupIntent) -> SetupIntent:
    """Its card's owner is to answer his bank."""
    intent.status, intent.next_url = "requires_action", f"{account.origin}/3ds/{intent.id}"
    account.emit("setup_intent.requires_action", intent)
    return intent


def finish(account: Account, intent: SetupIntent) -> SetupIntent:
    """The card is saved, and its customer's."""
    method = account.get(PaymentMethod, intent.payment_method or "")
    method.is_set_up = True
    if intent.customer is not None and method.customer is None:
        give(account, method, intent.customer)
    intent.status, intent.next_url, intent.last_error = "succeeded", None, None
    account.emit("setup_intent.succeeded", intent)
    _let_go(account, intent)
    if intent.form is not None:
        make_default(account, method)
    return intent


def _let_go(account: Account, intent: SetupIntent) -> None:
    """No subscription waits for it any longer; its card is charged by one that keeps cards."""
    for subscription in account.of(intent.customer or "", Subscription):
        if subscription.pending_setup_intent == intent.id:
            with account.updating(subscription, "customer.subscription.updated"):
                subscription.pending_setup_intent = None
                if subscription.keeps_cards and intent.status == "succeeded":
                    subscription.default_payment_method = intent.payment_method


def refuse(account: Account, intent: SetupIntent) -> SetupIntent:
    """Its owner did not agree: it waits for another card."""
    _fail(account, intent, StripeError(Refusal.SETUP_NOT_AUTHENTICATED))
    return intent


def _fail(account: Account, intent: SetupIntent, error: StripeError) -> StripeError:
    intent.status, intent.payment_method, intent.next_url = "requires_payment_method", None, None
    intent.last_error = error.kept(account.mode)
    account.emit("setup_intent.setup_failed", intent)
    error.extra = {**error.extra, "setup_intent": intent.body()}
    return error


def make_default(account: Account, method: PaymentMethod) -> None:
    """Charge a customer by this card from now on, and his subscriptions that had one of their own.

    So does Stripe's portal.
    """
    customer = account.get(Customer, method.customer or "")
    with account.updating(customer, "customer.updated"):
        customer.default_payment_method = method.id
    for subscription in account.of(customer.id, Subscription):
        if subscription.default_payment_method and subscription.status not in OVER:
            with account.updating(subscription, "customer.subscription.updated"):
                subscription.default_payment_method = method.id


def cancel(account: Account, params: Params, identifier: str) -> SetupIntent:
    """Give it up."""
    intent = account.get(SetupIntent, identifier)
    if intent.status in {"succeeded", "canceled"}:
        reason = f"This SetupIntent's status is {intent.status}."
        raise StripeError(Refusal.SETUP_STATE, reason=reason)
    intent.status = "canceled"
    intent.cancellation_reason = params.text("cancellation_reason") or "requested_by_customer"
    account.emit("setup_intent.canceled", intent)
    _let_go(account, intent)
    return intent
