"""What `./nox -s stripe_mock` gives: a running stripe-mock, its document, and what was said."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.suite.fidelity import exchanges
from tests.suite.fidelity.document import Document
from tests.suite.fidelity.exchanges import Exchange
from tests.suite.fidelity.stripe_mock.providing import NO_DOCUMENT
from tests.suite.sandbox.conftest import TLS


@pytest.fixture(scope="session")
def heard() -> list[Exchange]:
    """Every exchange of the sandbox's tests, and of the flows."""
    return exchanges.read(Path(os.environ["SANDBOX_HEARD"]))


@pytest.fixture(scope="session")
def document() -> Document:
    """Stripe's OpenAPI document, as stripe-mock embeds it."""
    path = os.environ["STRIPE_MOCK_DOCUMENT"]
    assert path, NO_DOCUMENT
    return Document(Path(path))


@pytest.fixture(scope="session")
def mock() -> Iterator[httpx.Client]:
    """The running stripe-mock."""
    url = os.environ["STRIPE_MOCK_URL"]
    with httpx.Client(base_url=url, trust_env=False, verify=TLS, timeout=30) as client:
        yield client


@pytest.fixture(scope="session")
def prober(server: str) -> Iterator[httpx.Client]:
    """Bare HTTP to a sandbox."""
    auth = ("sk_test_probe", "")
    with httpx.Client(base_url=server, auth=auth, trust_env=False, verify=TLS) as client:
        yield client
