"""A look before the run: a dead port is one line, not two hundred red clauses."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from billproof.errors import CannotTest, UsageError
from billproof.trials.receiving import receive

if TYPE_CHECKING:
    from collections.abc import Callable

PLANS = "/api/v1/billing/plans"
SUBSCRIPTION = "/api/v1/billing/subscription"
TIMEOUT_SECONDS = 10.0


def origin(url: str, what: str) -> str:
    """The origin that `url` names; UsageError when it names none."""
    try:
        parts = urlsplit(url)
        known = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        known = False
    if not known:
        raise UsageError(f"{what} {url!r} is not a URL.", "It looks like http://127.0.0.1:8000.")
    return url.rstrip("/")


def check_backend(base_url: str) -> None:
    """CannotTest unless something answers there that has a sign of the contract's API."""
    with _client(base_url) as client:
        if not (_ask(client, PLANS, _lists_plans) or _ask(client, SUBSCRIPTION, _wants_user)):
            raise CannotTest(
                "not-our-api",
                f"{base_url} answers, but nothing there looks like the billing API:"
                f" neither {PLANS} nor {SUBSCRIPTION} does as the contract says.",
                "Name the backend's origin, without a path; --no-preflight judges it all the same.",
            )


def check_sandbox(base_url: str) -> None:
    """CannotTest unless the Stripe sandbox answers there."""
    with _client(base_url) as client:
        if not _ask(client, "/_sandbox/health", _is_sandbox):
            raise CannotTest(
                "not-a-sandbox",
                f"{base_url} answers, but it is no billproof sandbox.",
                "Start one with `billproof sandbox`.",
            )


def answers(base_url: str) -> bool:
    """Whether anything answers there at all."""
    try:
        with _client(base_url) as client, client.stream("GET", "/livez"):
            return True
    except httpx.HTTPError:
        return False


def _client(base_url: str) -> httpx.Client:
    return httpx.Client(base_url=base_url, timeout=TIMEOUT_SECONDS, trust_env=False)


def _ask(client: httpx.Client, path: str, sign: Callable[[httpx.Response], bool]) -> bool:
    try:
        response = receive(client, client.build_request("GET", path), TIMEOUT_SECONDS)
    except httpx.HTTPError as problem:
        where = str(client.base_url).rstrip("/")
        advice = "Start it there, or say where it is."
        raise CannotTest("no-answer", f"{_silence(problem, where)}.", advice) from None
    try:
        return sign(response)
    except ValueError:
        return False


def _silence(problem: httpx.HTTPError, where: str) -> str:
    """In what way `where` gives no answer: each is mended elsewhere."""
    reason = str(problem) or type(problem).__name__
    within = f"no answer is there within {TIMEOUT_SECONDS:.0f} s"
    if isinstance(problem, httpx.ReadTimeout):
        return f"{where} takes connections, but {within}: {reason}"
    if isinstance(problem, httpx.ReadError | httpx.RemoteProtocolError):
        return f"{where} takes connections, but answers no HTTP: {reason}"
    return f"Nothing answers at {where}: {reason}"


def _lists_plans(response: httpx.Response) -> bool:
    document = response.json() if response.is_success else None
    return isinstance(document, dict) and isinstance(document.get("plans"), list)


def _wants_user(response: httpx.Response) -> bool:
    problem = response.headers.get("content-type", "").startswith("application/problem+json")
    return (
        response.status_code == httpx.codes.UNAUTHORIZED
        and problem
        and ("www-authenticate" in response.headers)
    )


def _is_sandbox(response: httpx.Response) -> bool:
    document = response.json() if response.is_success else None
    return isinstance(document, dict) and document.get("sandbox") == "billproof"
