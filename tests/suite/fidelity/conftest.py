"""A sandbox whose every word is kept, and all that the flows said to it."""

from __future__ import annotations

import os

import httpx
import pytest
import stripe

from billproof.sandbox.client import Sandbox
from tests.suite.fidelity.exchanges import Exchange, exchanges
from tests.suite.fidelity.flows import LEVERED, PLAIN
from tests.suite.fidelity.reading import Reader
from tests.suite.fidelity.tee import Tee
from tests.suite.sandbox.conftest import TLS, http, key, receiver, sandbox, sdk, server

__all__ = ["http", "key", "receiver", "sandbox", "sdk", "server"]
KEY = "sk_test_fidelity"
collect_ignore = [] if "SANDBOX_HEARD" in os.environ else ["stripe_mock"]
"""`./nox -s stripe_mock` runs those: they need a running stripe-mock, and all that was said."""


@pytest.fixture(scope="session")
def spoken(server: str) -> list[Exchange]:
    """Every exchange of every flow, and of reading all that they left behind."""
    with Tee() as tee:
        tee.origin = server
        _speak(tee.url)
    return list(exchanges(tee.heard))


def _speak(url: str) -> None:
    client = stripe.StripeClient(KEY, base_addresses={"api": url}, max_network_retries=0)
    headers = {"Authorization": f"Bearer {KEY}"}
    with (
        Sandbox(url, KEY) as levers,
        httpx.Client(base_url=url, headers=headers, trust_env=False, verify=TLS) as http,
    ):
        steps = [step for flow in PLAIN for step in flow(client)]
        steps += [step for flow in LEVERED for step in flow(client, levers)]
        reader = Reader(http)
        reader.know([step.answer.to_dict() for step in steps])
        reader.read()
