"""The calls on refunds and disputes."""

from __future__ import annotations

from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.charges import Charge, Dispute, Refund
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.identifiers import long_id
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.payment_intents import PaymentIntent


def create(account: Account, params: Params) -> Refund:
    """Give back all of a charge that is left, or `amount` of it."""
    charge = _charge(account, params)
    left = charge.amount - charge.refunded
    amount = params.integer("amount")
    amount = left if amount is None else amount
    if amount < 1 and left:
        raise StripeError(Refusal.POSITIVE, param="amount")
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
        metadata=params.metadata(),
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
    charge = account.find(Charge, intent.latest_charge)
    if charge is None or charge.decline is not None:
        reason = f"This PaymentIntent ({named}) does not have a successful charge to refund."
        raise StripeError(Refusal.STATE, param="payment_intent", reason=reason)
    return charge


def close_dispute(account: Account, _params: Params, identifier: str) -> Dispute:
    """Accept that it is lost."""
    return settle_dispute(account, account.get(Dispute, identifier), "lost")


def settle_dispute(account: Account, dispute: Dispute, status: str) -> Dispute:
    """The bank has decided: `won` or `lost`."""
    if dispute.status in {"won", "lost"}:
        raise StripeError(Refusal.STATE, reason=f"This dispute is {dispute.status} already.")
    dispute.status = status
    account.emit("charge.dispute.closed", dispute)
    if status == "won":
        account.emit("charge.dispute.funds_reinstated", dispute)
    return dispute
