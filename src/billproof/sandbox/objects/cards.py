"""The test cards: what each is refused for, and when it asks for its owner.

Source: Stripe's page "Testing", with the numbers and the ready-made payment methods and tokens.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from billproof.sandbox.objects.errors import Refusal, StripeError


class Asks(Enum):
    """When a card wants 3D Secure."""

    NEVER = "never"
    ONCE = "once"
    """Whenever its owner is there, and without him until it has been set up."""
    ALWAYS = "always"


class Decline(Enum):
    """Why a bank says no: the refusal, and Stripe's `decline_code`."""

    GENERIC = (Refusal.DECLINED, "generic_decline")
    FUNDS = (Refusal.FUNDS, "insufficient_funds")
    LOST = (Refusal.DECLINED, "lost_card")
    STOLEN = (Refusal.DECLINED, "stolen_card")
    EXPIRED = (Refusal.EXPIRED_CARD, "expired_card")
    CVC = (Refusal.INCORRECT_CVC, "incorrect_cvc")
    PROCESSING = (Refusal.PROCESSING, "processing_error")

    def error(self) -> StripeError:
        """The 402 that a call answers."""
        refusal, code = self.value
        return StripeError(refusal, extra={"decline_code": code})


@dataclass(frozen=True, slots=True)
class Card:
    """One test number, and how it behaves."""

    number: str
    says: str
    """What happens, in the words of a list of test cards."""
    names: tuple[str, ...] = ()
    """Behind `pm_card_` and `tok_`."""
    brand: str = "visa"
    refused: Decline | None = None
    """It cannot even be attached."""
    fails: Decline | None = None
    """It can be attached, and its charges fail."""
    asks: Asks = Asks.NEVER
    is_set_up: bool = False
    disputed: bool = False
    """Its charges succeed, and are disputed as fraudulent."""


CARDS = (
    Card("4242424242424242", "succeeds", ("visa",)),
    Card("4000056655665556", "succeeds (debit)", ("visa_debit",)),
    Card("5555555555554444", "succeeds", ("mastercard",), "mastercard"),
    Card("378282246310005", "succeeds", ("amex",), "amex"),
    Card("6011111111111117", "succeeds", ("discover",), "discover"),
    Card(
        "4000000000000002",
        "is declined",
        ("chargeDeclined", "visa_chargeDeclined"),
        refused=Decline.GENERIC,
    ),
    Card(
        "4000000000009995",
        "has no funds",
        ("chargeDeclinedInsufficientFunds", "visa_chargeDeclinedInsufficientFunds"),
        refused=Decline.FUNDS,
    ),
    Card(
        "4000000000009987",
        "was lost",
        ("visa_chargeDeclinedLostCard",),
        refused=Decline.LOST,
    ),
    Card(
        "4000000000009979",
        "was stolen",
        ("visa_chargeDeclinedStolenCard",),
        refused=Decline.STOLEN,
    ),
    Card(
        "4000000000000069",
        "has expired",
        ("chargeDeclinedExpiredCard",),
        refused=Decline.EXPIRED,
    ),
    Card(
        "4000000000000127",
        "has another code",
        ("chargeDeclinedIncorrectCvc",),
        refused=Decline.CVC,
    ),
    Card(
        "4000000000000119",
        "cannot be processed",
        ("chargeDeclinedProcessingError",),
        refused=Decline.PROCESSING,
    ),
    Card(
        "4000000000000341",
        "can be saved, then fails",
        ("chargeCustomerFail",),
        fails=Decline.GENERIC,
    ),
    Card(
        "4000002500003155",
        "asks for authentication until it is set up",
        ("authenticationRequired",),
        asks=Asks.ONCE,
    ),
    Card(
        "4000002760003184",
        "always asks for authentication",
        ("authenticationRequiredOnSetup",),
        asks=Asks.ALWAYS,
    ),
    Card(
        "4000003800000446",
        "is set up: asks only when you are there",
        ("authenticationRequiredSetupForOffSession",),
        asks=Asks.ONCE,
        is_set_up=True,
    ),
    Card(
        "4000008260003178",
        "asks for authentication, then has no funds",
        ("authenticationRequiredChargeDeclinedInsufficientFunds",),
        fails=Decline.FUNDS,
        asks=Asks.ALWAYS,
    ),
    Card(
        "4000000000003220",
        "must be authenticated",
        ("threeDSecure2Required",),
        asks=Asks.ONCE,
    ),
    Card(
        "4000008400001629",
        "asks for authentication, then is declined",
        ("threeDSecureRequiredChargeDeclined",),
        fails=Decline.GENERIC,
        asks=Asks.ONCE,
    ),
    Card(
        "4000000000000259",
        "succeeds, then is disputed",
        ("createDispute",),
        disputed=True,
    ),
)
"""All that are known; any other number is refused."""
BY_NUMBER = {card.number: card for card in CARDS}
BY_NAME = {
    prefix + name: card for card in CARDS for name in card.names for prefix in ("pm_card_", "tok_")
}
"""Stripe's ready-made payment methods and tokens for test code."""


def known(number: str) -> Card:
    """The card of a number; 402 when it is no test card."""
    card = BY_NUMBER.get("".join(number.split()))
    if card is None:
        raise StripeError(Refusal.CARD_NUMBER, param="number")
    return card


def accept(number: str) -> Card:
    """The card of a number when it can be attached; else the decline as Stripe words it."""
    card = known(number)
    if card.refused:
        raise card.refused.error()
    return card
