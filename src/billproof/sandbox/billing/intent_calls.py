"""The calls on payment intents, setup intents, refunds and disputes."""

from __future__ import annotations

from billproof.sandbox.billing import charging, collection
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.charges import Charge, Dispute, Refund
from billproof.sandbox.objects.customers import Customer, living
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.identifiers import long_id
from billproof.sandbox.objects.invoice import Invoice
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.payment_intents import PAYABLE, PaymentIntent
from billproof.sandbox.objects.payment_methods import PaymentMethod, wanted
from billproof.sandbox.objects.setup_intents import SetupIntent


def confirm_payment(account: Account, params: Params, identifier: str) -> PaymentIntent:
    """Pay it with the named card; a decline is 402, a wish for authentication its answer."""
    intent = account.get(PaymentIntent, identifier)
    _require_payable(intent)
    method = _card(account, intent.customer, params, intent.payment_method)
    intent.return_url = params.text("return_url")
    on_session = params.flag("off_session") is not True
    invoice = account.find(Invoice, intent.invoice)
    if invoice is not None:
        error = collection.collect(account, invoice, method, on_session=on_session)
    else:
        error = charging.confirm(account, intent, method, on_session=on_session)
    if error is not None and error.refusal is not Refusal.AUTHENTICATION:
        raise error
    return intent


def cancel_payment(account: Account, params: Params, identifier: str) -> PaymentIntent:
    """Give it up; one of an invoice is given up with its invoice."""
    intent = account.get(PaymentIntent, identifier)
    _require_payable(intent)
    if intent.invoice:
        reason = "You cannot cancel the payment of an invoice; void the invoice instead."
        raise StripeError(Refusal.STATE, reason=reason)
    charging.give_up(account, intent, params.text("cancellation_reason") or "requested_by_customer")
    return intent


def update_payment(account: Account, params: Params, identifier: str) -> PaymentIntent:
    """Change its notes."""
    intent = account.get(PaymentIntent, identifier)
    intent.metadata = params.merged("metadata", intent.metadata)
    if "description" in params:
        intent.description = params.text("description")
    return intent


def _require_payable(intent: PaymentIntent) -> None:
    if intent.status not in PAYABLE:
        reason = f"This PaymentIntent's status is {intent.status}; it must be payable."
        raise StripeError(Refusal.INTENT_STATE, reason=reason)


def _card(
    account: Account, customer: str | None, params: Params, current: str | None
) -> PaymentMethod:
    named = params.text("payment_method") or current
    if named is None:
        reason = "You cannot confirm this without a payment method."
        raise StripeError(Refusal.STATE, param="payment_method", reason=reason)
    if customer is None:
        return account.referred(PaymentMethod, named, "payment_method")
    return wanted(account, account.get(Customer, customer), named, "payment_method")


def create_setup(account: Account, params: Params) -> SetupIntent:
    """A card to be saved; confirmed at once where asked for."""
    named = params.text("customer")
    customer = living(account, named) if named else None
    identifier = long_id("seti_")
    intent = SetupIntent(
        id=identifier,
        created=account.now(named),
        livemode=account.livemode,
        customer=customer.id if customer else None,
        secret=f"{identifier}_secret_{long_id('')}",
        usage=params.text("usage") or "off_session",
        description=params.text("description"),
        metadata=params.merged("metadata", {}),
    )
    account.emit("setup_intent.created", account.add(intent))
    if params.text("payment_method"):
        intent.payment_method = _card(account, intent.customer, params, None).id
        intent.status = "requires_confirmation"
    return confirm_setup(account, params, identifier) if params.flag("confirm") else intent


def confirm_setup(account: Account, params: Params, identifier: str) -> SetupIntent:
    """Save the card; one that asks for its owner waits for him."""
    intent = account.get(SetupIntent, identifier)
    if intent.status in {"succeeded", "canceled"}:
        reason = f"This SetupIntent's status is {intent.status}."
        raise StripeError(Refusal.SETUP_STATE, reason=reason)
    method = _card(account, intent.customer, params, intent.payment_method)
    intent.payment_method, intent.return_url = method.id, params.text("return_url")
    if method.asks(on_session=True):
        intent.status, intent.next_url = "requires_action", f"{account.origin}/3ds/{intent.id}"
        account.emit("setup_intent.requires_action", intent)
        return intent
    return finish_setup(account, intent)


def finish_setup(account: Account, intent: SetupIntent) -> SetupIntent:
    """The card is saved."""
    account.get(PaymentMethod, intent.payment_method or "").is_set_up = True
    intent.status, intent.next_url = "succeeded", None
    account.emit("setup_intent.succeeded", intent)
    return intent


def refuse_setup(account: Account, intent: SetupIntent) -> SetupIntent:
    """Its owner did not agree: it waits for another card."""
    error = StripeError(Refusal.SETUP_NOT_AUTHENTICATED)
    intent.status, intent.payment_method, intent.next_url = "requires_payment_method", None, None
    intent.last_error = error.body("", account.mode)["error"]
    account.emit("setup_intent.setup_failed", intent)
    return intent


def cancel_setup(account: Account, params: Params, identifier: str) -> SetupIntent:
    """Give it up."""
    intent = account.get(SetupIntent, identifier)
    if intent.status in {"succeeded", "canceled"}:
        reason = f"This SetupIntent's status is {intent.status}."
        raise StripeError(Refusal.SETUP_STATE, reason=reason)
    intent.status = "canceled"
    intent.cancellation_reason = params.text("cancellation_reason") or "requested_by_customer"
    account.emit("setup_intent.canceled", intent)
    return intent


def refund(account: Account, params: Params) -> Refund:
    """Give back all of a charge that is left, or `amount` of it."""
    charge = _charge(account, params)
    left = charge.amount - charge.refunded
    amount = params.integer("amount")
    amount = left if amount is None else amount
    if charge.decline is not None or not 0 < amount <= left:
        reason = f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})."
        if not left:
            raise StripeError(Refusal.REFUNDED, id=charge.id)
        raise StripeError(Refusal.STATE, param="amount", reason=reason)
    found = Refund(
        id=long_id("re_"),
        created=account.now(charge.customer),
        livemode=account.livemode,
        customer=charge.customer,
        amount=amount,
        currency=charge.currency,
        charge=charge.id,
        payment_intent=charge.payment_intent,
        reason=params.text("reason"),
        metadata=params.merged("metadata", {}),
    )
    before = charge.body()
    charge.refunded += amount
    account.emit("refund.created", account.add(found))
    account.emit("charge.refunded", charge, before)
    return found


def _charge(account: Account, params: Params) -> Charge:
    params.only_one_of("charge", "payment_intent")
    named = params.text("payment_intent")
    if named is None:
        return account.referred(Charge, params.required("charge"), "charge")
    intent = account.referred(PaymentIntent, named, "payment_intent")
    return account.referred(Charge, intent.latest_charge or "", "payment_intent")


def close_dispute(account: Account, _params: Params, identifier: str) -> Dispute:
    """Accept that it is lost."""
    return settle_dispute(account, account.get(Dispute, identifier), "lost")


def settle_dispute(account: Account, dispute: Dispute, status: str) -> Dispute:
    """The bank has decided: `won` or `lost`."""
    if dispute.status in {"won", "lost"}:
        raise StripeError(Refusal.STATE, reason=f"This dispute is {dispute.status} already.")
    dispute.status = status
    account.emit("charge.dispute.closed", dispute)
    return dispute
