"""Events that are held."""

from __future__ import annotations

from billproof.sandbox.client import Sandbox
from tests.suite.sandbox.conftest import Receiver

SECRET = "whsec_tests"


def held_story(sandbox: Sandbox, receiver: Receiver) -> list[str]:
    """The ids of a customer's events, none of which has left."""
    sandbox.set_webhook(receiver.url, SECRET, mode="manual")
    customer = sandbox.create_customer().id
    sandbox.subscribe(customer, "price_pro")
    return [event.id for event in sandbox.held(customer=customer)]
