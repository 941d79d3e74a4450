"""A customer's new card, as the portal takes it: set up by its bank, then the one that pays."""

from __future__ import annotations

from billproof.sandbox.billing import setup_intents
from billproof.sandbox.objects import payment_methods
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.cards import Card
from billproof.sandbox.objects.customers import Customer
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.payment_methods import PaymentMethod
from billproof.sandbox.objects.setup_intents import SetupIntent


def intent_of(account: Account, customer: Customer, form: str) -> SetupIntent:
    """The setup intent of a form; the same one however often the form is sent."""
    for intent in account.of(customer.id, SetupIntent):
        if intent.form == form:
            return account.get(SetupIntent, intent.id)
    intent = setup_intents.create(account, Params({"customer": customer.id}))
    intent.form = form
    return intent


def asks_about(account: Account, intent: SetupIntent, card: Card) -> bool:
    """Whether the bank's question about this very card is still open."""
    method = account.find(PaymentMethod, intent.payment_method)
    return intent.status == "requires_action" and method is not None and method.card is card


def set_up(  # noqa: PLR0913, PLR0917 - what stands on a card
    account: Account,
    intent: SetupIntent,
    card: Card,
    name: str,
    expires: tuple[int, int],
    return_url: str,
) -> None:
    """Have a card saved; StripeError when it is refused, then the customer has what he had."""
    customer = account.get(Customer, intent.customer or "")
    method = payment_methods.store(account, None, card, name, expires)
    method.email = customer.email
    said = {"payment_method": method.id, "return_url": return_url}
    setup_intents.confirm(account, Params(said), intent.id)
