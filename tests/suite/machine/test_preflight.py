"""The look before the run."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from billproof.errors import CannotTest, UsageError
from billproof.targets.process import free_port
from billproof.verify.preflight import (
    PLANS,
    SUBSCRIPTION,
    answers,
    check_backend,
    check_sandbox,
    origin,
)

Serve = Callable[[dict[str, Any]], AbstractContextManager[str]]
JSON = {"Content-Type": "application/json"}
PROBLEM = {"Content-Type": "application/problem+json"}
REFUSAL = {**PROBLEM, "WWW-Authenticate": "tma"}


@pytest.mark.parametrize(
    "sign",
    [
        {PLANS: (200, JSON, b'{"plans": []}')},
        {SUBSCRIPTION: (401, REFUSAL, b"{}")},
        {PLANS: (500, JSON, b"{}"), SUBSCRIPTION: (401, REFUSAL, b"{}")},
    ],
)
def test_one_sign_of_the_api_is_enough(server: Serve, sign: dict[str, Any]) -> None:
    """A broken backend is still a backend: the clauses will say what is broken."""
    with server(sign) as url:
        check_backend(url)


@pytest.mark.parametrize(
    "no_sign",
    [
        {},
        {PLANS: (200, JSON, b"{}")},
        {PLANS: (200, JSON, b"not json")},
        {PLANS: (200, JSON, b'{"plans": "many"}')},
        {PLANS: (201, JSON, b"[]")},
        {SUBSCRIPTION: (401, PROBLEM, b"{}")},
        {SUBSCRIPTION: (401, {**JSON, "WWW-Authenticate": "tma"}, b"{}")},
        {SUBSCRIPTION: (403, REFUSAL, b"{}")},
    ],
)
def test_something_else_is_told_from_the_api(server: Serve, no_sign: dict[str, Any]) -> None:
    """One sentence names the address."""
    with server(no_sign) as url, pytest.raises(CannotTest, match=url) as caught:
        check_backend(url)

    assert caught.value.code == "not-our-api"
    assert caught.value.advice.startswith("Name the backend's origin, without a path;")


def test_a_dead_port_is_told() -> None:
    """Nothing answers: the environment is at fault."""
    url = f"http://127.0.0.1:{free_port()}"

    with pytest.raises(CannotTest, match=f"Nothing answers at {url}") as caught:
        check_backend(url)

    assert caught.value.code == "no-answer"
    assert caught.value.advice == "Start it there, or say where it is."
    assert not answers(url)


def test_the_sandbox_is_known_by_its_health(server: Serve) -> None:
    """Whatever else answers there is no sandbox."""
    health = json.dumps({"sandbox": "billproof", "version": "0.1.0"}).encode()
    with server({"/_sandbox/health": (200, JSON, health)}) as url:
        check_sandbox(url)
        assert answers(url)

    other = server({"/_sandbox/health": (200, JSON, b"{}")})
    with other as url, pytest.raises(CannotTest, match="no billproof sandbox"):
        check_sandbox(url)


@pytest.mark.parametrize("url", ["", "localhost:8000", "ftp://h", "http://", "http://h:99999"])
def test_what_is_no_url_is_refused(url: str) -> None:
    """Before anything is asked."""
    with pytest.raises(UsageError, match="is not a URL"):
        origin(url, "The target")


def test_a_trailing_slash_does_not_matter() -> None:
    """Paths are put behind it."""
    assert origin("http://127.0.0.1:8000/", "The target") == "http://127.0.0.1:8000"
