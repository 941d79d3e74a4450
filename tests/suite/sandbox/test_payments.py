"""Payment intents, setup intents, refunds, disputes, and the test cards behind them."""

from __future__ import annotations

from typing import Literal

import pytest
import stripe

from billproof.sandbox.client import Sandbox, SandboxRefused
from billproof.sandbox.objects.cards import CARDS, Asks, Card
from billproof.sandbox.objects.errors import StripeError
from tests.suite.sandbox.conftest import OpenSession
from tests.suite.sandbox.local import Local

REFUSED = [card for card in CARDS if card.refused]
ASKING = [card for card in CARDS if card.asks is not Asks.NEVER]


@pytest.fixture
def local() -> Local:
    """An account on a clock of its own."""
    return Local()


def _paid_charge(local: Local) -> dict[str, object]:
    customer = local.customer()
    local.subscribe(customer)
    return dict(local.get("charges", customer=customer)["data"][0])


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.number[-4:])
def test_every_test_card_behaves_at_checkout(
    sandbox: Sandbox, open_session: OpenSession, card: Card
) -> None:
    """It pays, or is declined with the session still open; those that ask want an answer."""
    session = open_session()
    ends_well = not (card.refused or card.fails)

    if ends_well:
        assert sandbox.pay(session.id, card.number).status == "complete"
        return
    with pytest.raises(SandboxRefused) as caught:
        sandbox.pay(session.id, card.number)
    assert caught.value.status == 402
    assert sandbox.session(session.id).status == "open"
    assert sandbox.pay(session.id).status == "complete"


@pytest.mark.parametrize("card", ASKING, ids=lambda card: card.number[-4:])
def test_who_does_not_authenticate_does_not_pay(
    sandbox: Sandbox, open_session: OpenSession, card: Card
) -> None:
    """Nothing has happened, and the session is still open."""
    session = open_session()

    with pytest.raises(SandboxRefused) as caught:
        sandbox.pay(session.id, card.number, authentication="fail")

    assert caught.value.error_code == "payment_intent_authentication_failure"
    assert sandbox.session(session.id).status == "open"


@pytest.mark.parametrize("card", REFUSED, ids=lambda card: card.number[-4:])
def test_a_card_that_is_refused_cannot_be_attached(local: Local, card: Card) -> None:
    """With its own code and decline code; a good one can."""
    assert card.refused is not None
    customer = local.customer()

    with pytest.raises(StripeError) as caught:
        local.post(f"payment_methods/pm_card_{card.names[0]}/attach", customer=customer)

    assert caught.value.status == 402
    assert caught.value.extra["decline_code"] == card.refused.value[1]


def test_a_payment_is_confirmed_by_its_client(sdk: stripe.StripeClient, sandbox: Sandbox) -> None:
    """The way of a page of one's own: incomplete, its secret, confirmed, active."""
    customer = sdk.v1.customers.create({}).id
    made = sdk.v1.subscriptions.create(
        {
            "customer": customer,
            "items": [{"price": "price_pro"}],
            "payment_behavior": "default_incomplete",
            "expand": ["latest_invoice.confirmation_secret", "latest_invoice.payments"],
        }
    )
    invoice = made.latest_invoice
    assert isinstance(invoice, stripe.Invoice)
    assert invoice.confirmation_secret is not None
    assert invoice.payments is not None
    intent = str(invoice.payments.data[0].payment.payment_intent)
    assert invoice.confirmation_secret.client_secret.startswith(f"{intent}_secret_")

    confirmed = sdk.v1.payment_intents.confirm(intent, {"payment_method": "pm_card_visa"})

    assert (confirmed.status, confirmed.amount_received) == ("succeeded", 1900)
    assert sandbox.subscription(made.id).status == "active"
    with pytest.raises(stripe.InvalidRequestError) as caught:
        sdk.v1.payment_intents.confirm(intent, {"payment_method": "pm_card_visa"})
    assert caught.value.code == "payment_intent_unexpected_state"


@pytest.mark.parametrize(("agreed", "status"), [("complete", "active"), ("fail", "incomplete")])
def test_a_payment_waits_for_its_owner(
    sdk: stripe.StripeClient, sandbox: Sandbox, agreed: Literal["complete", "fail"], status: str
) -> None:
    """It names the page of the bank; what he answers there decides."""
    customer = sdk.v1.customers.create({}).id
    card = sdk.v1.payment_methods.attach("pm_card_authenticationRequired", {"customer": customer})
    made = sdk.v1.subscriptions.create(
        {
            "customer": customer,
            "items": [{"price": "price_pro"}],
            "default_payment_method": card.id,
            "expand": ["latest_invoice.payments"],
        }
    )
    assert made.status == "incomplete"
    assert isinstance(made.latest_invoice, stripe.Invoice)
    assert made.latest_invoice.payments is not None
    intent = str(made.latest_invoice.payments.data[0].payment.payment_intent)
    waiting = sdk.v1.payment_intents.retrieve(intent)
    assert (waiting.status, waiting.next_action is None) == ("requires_action", False)

    sandbox.authenticate(intent, agreed)

    assert sandbox.subscription(made.id).status == status
    after = sdk.v1.payment_intents.retrieve(intent)
    assert after.status == ("succeeded" if agreed == "complete" else "requires_payment_method")


def test_a_setup_saves_a_card_for_later(local: Local) -> None:
    """One that asks is set up once its owner has agreed; renewals then pass."""
    customer = local.customer(card=None)

    waiting = local.post(
        "setup_intents",
        customer=customer,
        payment_method="pm_card_authenticationRequired",
        confirm=True,
    )

    assert waiting["status"] == "requires_action"
    good = local.post(
        "setup_intents", customer=customer, payment_method="pm_card_visa", confirm=True
    )
    assert (good["status"], good["usage"]) == ("succeeded", "off_session")
    assert local.types()[-1] == "setup_intent.succeeded"


def test_a_setup_makes_a_card_the_customers(local: Local) -> None:
    """One of nobody is attached by it; another customer's is refused."""
    customer = local.customer(card=None)
    card = local.post("payment_methods", type="card", card={"token": "tok_visa"})["id"]

    done = local.post("setup_intents", customer=customer, payment_method=card, confirm=True)

    assert done["status"] == "succeeded"
    assert local.get(f"payment_methods/{card}")["customer"] == customer
    with pytest.raises(StripeError, match="does not have a payment method"):
        local.post("setup_intents", customer=local.customer(), payment_method=card, confirm=True)


def test_a_payment_without_an_invoice_is_made_and_given_up(local: Local) -> None:
    """Paid at once, or canceled; what is paid cannot be."""
    customer = local.customer(card=None)
    usual = {"amount": 700, "currency": "EUR", "customer": customer}

    paid = local.post("payment_intents", **usual, payment_method="pm_card_visa", confirm=True)
    left = local.post("payment_intents", **usual)

    assert (paid["status"], paid["currency"]) == ("succeeded", "eur")
    assert local.post(f"payment_intents/{left['id']}/cancel")["status"] == "canceled"
    with pytest.raises(StripeError) as caught:
        local.post(f"payment_intents/{paid['id']}/cancel")
    assert caught.value.row.code == "payment_intent_unexpected_state"


def test_an_invoice_by_hand_has_the_currency_of_what_waits(local: Local) -> None:
    """And bills it, once it is opened and paid."""
    customer = local.customer()
    local.post("invoiceitems", customer=customer, amount=250, currency="gbp")

    draft = local.post("invoices", customer=customer, pending_invoice_items_behavior="include")

    assert (draft["currency"], draft["total"], draft["status"]) == ("gbp", 250, "draft")
    paid = local.post(f"invoices/{draft['id']}/pay")
    assert (paid["status"], paid["amount_paid"]) == ("paid", 250)


def test_a_charge_is_given_back_in_parts(local: Local) -> None:
    """Never more than it was; the charge says how much."""
    charge = _paid_charge(local)
    local.post("refunds", charge=charge["id"], amount=900, reason="requested_by_customer")

    with pytest.raises(StripeError, match="greater than unrefunded"):
        local.post("refunds", charge=charge["id"], amount=1001)

    local.post("refunds", payment_intent=charge["payment_intent"])
    after = local.get(f"charges/{charge['id']}", expand=["refunds"])
    assert (after["amount_refunded"], after["refunded"]) == (1900, True)
    assert [each["amount"] for each in after["refunds"]["data"]] == [1000, 900]
    with pytest.raises(StripeError) as caught:
        local.post("refunds", charge=charge["id"])
    assert caught.value.row.code == "charge_already_refunded"


def test_a_dispute_takes_a_charge_back(local: Local) -> None:
    """It is told, answered for a week, and closed as lost."""
    customer = local.customer(card="pm_card_createDispute")
    local.subscribe(customer)
    dispute = local.get("disputes")["data"][0]
    assert (dispute["status"], dispute["reason"]) == ("needs_response", "fraudulent")
    assert local.get(f"charges/{dispute['charge']}")["disputed"] is True

    closed = local.post(f"disputes/{dispute['id']}/close")

    assert closed["status"] == "lost"
    assert local.types()[-1] == "charge.dispute.closed"


def test_a_payment_method_is_made_of_a_token(local: Local) -> None:
    """Attached to nobody at first; taken from its customer, it is nobody's default."""
    made = local.post(
        "payment_methods",
        type="card",
        card={"token": "tok_amex"},
        billing_details={"name": "Ada", "email": "ada@example.com"},
    )
    assert (made["customer"], made["card"]["brand"]) == (None, "amex")
    customer = local.customer(card=None)
    local.post(f"payment_methods/{made['id']}/attach", customer=customer)
    local.post(f"customers/{customer}", invoice_settings={"default_payment_method": made["id"]})

    local.post(f"payment_methods/{made['id']}/detach")

    settings = local.get(f"customers/{customer}")["invoice_settings"]
    assert settings["default_payment_method"] is None
    with pytest.raises(StripeError, match="not attached"):
        local.post(f"payment_methods/{made['id']}/detach")


def test_anothers_card_cannot_be_used(local: Local) -> None:
    """It must be the customer's."""
    theirs = local.post("payment_methods/pm_card_visa/attach", customer=local.customer())
    mine = local.customer()

    with pytest.raises(StripeError, match="does not have a payment method"):
        local.subscribe(mine, default_payment_method=theirs["id"])

    assert local.subscribe(mine)["status"] == "active"
