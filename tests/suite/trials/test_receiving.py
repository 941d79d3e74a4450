"""Answers that never end are told, and do not hold a trial."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import httpx
import pytest

from billproof.trials import receiving
from billproof.trials.receiving import receive
from tests.suite.proof.conftest import NULL_SERVER, served

if TYPE_CHECKING:
    from collections.abc import Generator


@pytest.fixture
def client() -> Generator[httpx.Client]:
    """As a trial's own."""
    with closing(httpx.Client(timeout=5, trust_env=False)) as client:
        yield client


def test_a_whole_answer_is_as_it_was_sent(client: httpx.Client) -> None:
    """Status, headers in their order, and the body."""
    with served(str(NULL_SERVER), "418") as origin:
        request = client.build_request("GET", origin)
        answer, plain = receive(client, request, 5), client.get(origin)

    assert answer.status_code == 418
    assert answer.headers.raw[2:] == plain.headers.raw[2:]
    assert answer.json() == {}


def test_a_body_without_end_is_no_answer(client: httpx.Client) -> None:
    """Each piece comes in time; the whole never does."""
    with (
        served(str(NULL_SERVER), "endless") as origin,
        pytest.raises(httpx.ReadTimeout, match=r"does not end: \d+ bytes so far"),
    ):
        receive(client, client.build_request("GET", origin), 0.3)


def test_a_body_that_would_fill_the_memory_is_not_read_on(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Long before the time is over."""
    monkeypatch.setattr(receiving, "MOST_BYTES", 2000)
    with (
        served(str(NULL_SERVER), "endless") as origin,
        pytest.raises(httpx.ReadTimeout, match="does not end: 2048 bytes"),
    ):
        receive(client, client.build_request("GET", origin), 60)
