"""Whatever goes wrong is a problem document, and says no more than it should."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing

import httpx
import pytest
import respx

from reference_impl import create_app
from reference_impl.wire.operations import OPERATIONS
from tests.reference.backend import Backend, problem, started
from tests.reference.shapes import begin_checkout

CHECKOUT = "/api/v1/billing/checkout"
GUARDED = {name: one for name, one in OPERATIONS.items() if one.security == "initData"}
PUBLIC = {name: one for name, one in OPERATIONS.items() if one.security is None}


def allowed(answer: httpx.Response) -> Iterable[str]:
    """The methods that the answer names."""
    return sorted(answer.headers["allow"].split(", "))


@pytest.mark.parametrize("authorization", [None, "tma", "tma ", "tma hash=00", "Bearer x", "x"])
@pytest.mark.parametrize("name", GUARDED)
async def test_nobody_is_refused(backend: Backend, name: str, authorization: str | None) -> None:
    """On each operation that is a user's, before anything else of the request is looked at."""
    operation = GUARDED[name]
    headers = {} if authorization is None else {"Authorization": authorization}

    refused = await backend.http.request(
        operation.method, operation.path, headers=headers, content=b"{"
    )

    assert problem(refused) == (401, "unauthenticated")
    assert refused.headers["www-authenticate"] == "tma"
    assert refused.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", PUBLIC)
async def test_the_public_needs_no_name(backend: Backend, name: str) -> None:
    """Plans, probes and pages are for everybody."""
    operation = PUBLIC[name]

    answer = await backend.http.request(operation.method, operation.path)

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "path", ["/", "/openapi.json", "/docs", "/api/v1/billing/plans/", "/api/v1/unknown"]
)
async def test_an_unknown_path_is_not_found(backend: Backend, path: str) -> None:
    """Without a redirect to one that is known."""
    assert problem(await backend.http.get(path)) == (404, "not-found")


@pytest.mark.parametrize(
    ("method", "path", "methods"),
    [
        ("PUT", CHECKOUT, ["POST"]),
        ("GET", "/api/v1/billing/webhooks/stripe", ["POST"]),
        ("PATCH", "/api/v1/devices", ["GET", "POST"]),
        ("POST", "/livez", ["GET"]),
        ("DELETE", "/app/assets/billing.js", ["GET", "HEAD"]),
    ],
)
async def test_an_unknown_method_is_told_the_known_ones(
    backend: Backend, method: str, path: str, methods: list[str]
) -> None:
    """All of them, as RFC 9110 wants it."""
    refused = await backend.http.request(method, path)

    assert problem(refused) == (405, "method-not-allowed")
    assert allowed(refused) == methods


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"{", (400, "malformed-request")),
        (b"\xff", (400, "malformed-request")),
        (b"[]", (422, "validation-failed")),
        (b"null", (422, "validation-failed")),
        (b'{"plan": 7}', (422, "validation-failed")),
        (b'{"plan": null}', (422, "validation-failed")),
        (b'{"plan": "\\ud800"}', (422, "validation-failed")),
        (b'{"plan": "pro", "\\ud800": 1}', (422, "validation-failed")),
        (b'{"plan": "%s"}' % (b"x" * 65), (422, "validation-failed")),
    ],
    ids=[
        *("no JSON", "no text", "a list", "null", "a number", "no plan"),
        *("half a pair", "half a pair for a name", "long"),
    ],
)
async def test_what_is_no_request_is_refused(
    backend: Backend, stripe: respx.MockRouter, body: bytes, expected: tuple[int, str]
) -> None:
    """Before Stripe is asked, and without repeating what was sent; a good one is taken."""
    headers = {"Content-Type": "application/json"}

    refused = await backend.call("POST", "/billing/checkout", content=body, headers=headers)

    assert problem(refused) == expected
    assert "xxx" not in refused.text
    assert not stripe.calls
    await begin_checkout(backend, stripe)


async def test_what_nobody_expected_is_an_internal_error(environ: dict[str, str]) -> None:
    """A problem document like all others; here somebody has dropped a table."""
    async with started(environ, raises=False) as backend:
        with closing(sqlite3.connect(environ["DATABASE_URL"].partition(":")[2])) as connection:
            connection.execute("DROP TABLE subscriptions")
        answer = await backend.call("GET", "/billing/subscription")

    assert problem(answer) == (500, "internal-error")
    assert "subscriptions" not in answer.text


async def test_without_its_database_it_is_alive_and_not_ready(environ: dict[str, str]) -> None:
    """One probe judges the process, the other the database."""
    environ["DATABASE_URL"] = "sqlite:/nowhere/at/all.db"
    transport = httpx.ASGITransport(app=create_app(environ))

    async with httpx.AsyncClient(transport=transport, base_url="http://backend.test") as http:
        alive, ready = await http.get("/livez"), await http.get("/readyz")

    assert (alive.status_code, alive.json()) == (200, {"status": "ok"})
    assert problem(ready) == (503, "not-ready")
    assert "nowhere" not in ready.text


async def test_nothing_but_pages_is_kept(backend: Backend) -> None:
    """Answers and errors alike; a page has no user in it."""
    paths = ("/api/v1/billing/plans", "/api/v1/billing/subscription", "/metrics", "/unknown")

    kept = [(await backend.http.get(path)).headers["cache-control"] for path in paths]
    page = await backend.http.get("/app/billing")

    assert kept == ["no-store"] * 4
    assert page.headers["cache-control"] == "no-cache"


async def test_the_catalogue_is_shown_by_rank(backend: Backend) -> None:
    """As the file has it, but for Stripe's prices."""
    plans = (await backend.http.get("/api/v1/billing/plans")).json()["plans"]

    assert [plan["key"] for plan in plans] == ["free", "basic", "pro", "team"]
    assert plans[3] == {
        "key": "team",
        "amount": 4500,
        "currency": "jpy",
        "interval": "month",
        "trial_days": 14,
        "device_limit": 10,
        "rank": 3,
    }
