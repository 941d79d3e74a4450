"""A subscription that keeps the card which paid for it, and one that has yet to be given a card."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from billproof.sandbox.client import Sandbox
from billproof.sandbox.objects.errors import StripeError
from tests.suite.sandbox.local import DAY, START, Local
from tests.suite.sandbox.test_confirming import awaiting, typed

KEEPS = {"payment_settings": {"save_default_payment_method": "on_subscription"}}


@pytest.fixture
def local() -> Local:
    """An account on a clock of its own."""
    return Local()


def _subscription(local: Local, made: dict[str, Any]) -> dict[str, Any]:
    return local.get(f"subscriptions/{made['id']}")


@pytest.mark.parametrize("settings", [KEEPS, {}], ids=["on_subscription", "off"])
def test_the_card_that_paid_is_kept_on_the_subscription(
    local: Local, settings: dict[str, Any]
) -> None:
    """Told with the event that makes it active; the customer gets no default card by that."""
    customer, card, keeps = local.customer(card=None), typed(local), settings is KEEPS
    made, payment = awaiting(local, customer, **settings)
    told = local.told()

    local.post(f"payment_intents/{payment}/confirm", payment_method=card)

    after = _subscription(local, made)
    assert (after["status"], after["default_payment_method"]) == ("active", card if keeps else None)
    assert local.types(told).count("customer.subscription.updated") == 1
    last = local.get("events", type="customer.subscription.updated")["data"][0]["data"]
    assert ("default_payment_method" in last["previous_attributes"]) is keeps
    owner = local.get(f"customers/{customer}")
    assert owner["invoice_settings"]["default_payment_method"] is None


def test_a_kept_card_pays_the_renewal(local: Local) -> None:
    """Nothing else has to be set."""
    clock = local.clock()
    made, payment = awaiting(local, local.customer(card=None, test_clock=clock), **KEEPS)
    local.post(f"payment_intents/{payment}/confirm", payment_method=typed(local))

    local.advance(clock, START + 32 * DAY)

    assert _subscription(local, made)["status"] == "active"
    assert len(local.get("invoices", subscription=made["id"], status="paid")["data"]) == 2


def test_payment_settings_are_shown_and_changed_one_by_one(
    sdk: stripe.StripeClient, sandbox: Sandbox
) -> None:
    """What an update does not name stays; an empty list of methods unsets it."""
    made = sandbox.subscribe(
        sandbox.create_customer().id,
        "price_pro",
        payment_settings={
            "payment_method_types": ["card"],
            "payment_method_options": {"card": {"request_three_d_secure": "any"}},
        },
    )

    changed = sdk.v1.subscriptions.update(
        made.id,
        {
            "payment_settings": {
                "payment_method_types": "",
                "save_default_payment_method": "on_subscription",
            }
        },
    ).payment_settings

    assert changed is not None
    assert changed.save_default_payment_method == "on_subscription"
    assert changed.payment_method_types is None
    options = changed.payment_method_options
    assert options is not None
    assert options.card is not None
    assert (options.card.request_three_d_secure, options.konbini) == ("any", None)


def test_a_payment_that_waits_for_its_client_has_the_card_that_there_is(local: Local) -> None:
    """It is confirmed without naming one."""
    _, payment = awaiting(local, local.customer())
    assert local.get(f"payment_intents/{payment}")["status"] == "requires_confirmation"

    assert local.post(f"payment_intents/{payment}/confirm")["status"] == "succeeded"


def test_a_trial_that_waits_for_a_card_has_a_setup(
    sdk: stripe.StripeClient, sandbox: Sandbox
) -> None:
    """Its secret is the client's; what is set up becomes the subscription's own card."""
    made = sdk.v1.subscriptions.create(
        {
            "customer": sdk.v1.customers.create({}).id,
            "items": [{"price": "price_pro"}],
            "trial_period_days": 7,
            "payment_behavior": "default_incomplete",
            "expand": ["pending_setup_intent"],
            "payment_settings": {"save_default_payment_method": "on_subscription"},
        }
    )
    setup = made.pending_setup_intent
    assert isinstance(setup, stripe.SetupIntent)
    assert (made.status, setup.status) == ("trialing", "requires_payment_method")
    assert setup.client_secret

    sdk.v1.setup_intents.confirm(setup.id, {"payment_method": "pm_card_visa"})

    after = sdk.v1.subscriptions.retrieve(made.id)
    assert after.pending_setup_intent is None
    assert after.default_payment_method is not None
    types = [event.type for event in sandbox.events()]
    assert types[-3:] == [
        "payment_method.attached",
        "setup_intent.succeeded",
        "customer.subscription.updated",
    ]


def test_a_trials_card_that_would_ask_later_asks_now(local: Local) -> None:
    """One that would not ask is left alone; a setup that is given up is waited for no more."""
    calm = local.subscribe(local.customer(), trial_period_days=7)
    asking = local.customer(card="pm_card_authenticationRequired")

    made = local.subscribe(asking, trial_period_days=7, expand=["pending_setup_intent"])

    assert calm["pending_setup_intent"] is None
    setup = made["pending_setup_intent"]
    assert (setup["status"], made["status"]) == ("requires_action", "trialing")
    local.post(f"setup_intents/{setup['id']}/cancel")
    assert _subscription(local, made)["pending_setup_intent"] is None
    with pytest.raises(StripeError):
        local.post(f"setup_intents/{setup['id']}/confirm")
