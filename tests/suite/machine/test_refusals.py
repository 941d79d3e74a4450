"""A capability that is not declared is refused cleanly, or there and noted; all else is wrong."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from billproof.law import load_law
from billproof.run.record import Finding
from billproof.targets.protocol import Backend
from billproof.verdicts.judge import UNCLAIMED
from billproof.verify.refusals import refusals

Serve = Callable[..., AbstractContextManager[str]]
CAPABILITIES = {one.name: one for one in load_law().capabilities}
ENVIRON = {"TELEGRAM_BOT_TOKEN": "7:AA", "METRICS_TOKEN": "m"}
JSON = {"content-type": "application/json; charset=utf-8"}
PROBLEM = {"content-type": "application/problem+json"}
SCHEMES = {"portal": "tma", "checkout": "tma", "devices": "tma", "metrics": "Bearer"}
"""How callers are known; a webhook is signed, and pages are for everybody."""
DEVICES = "/api/v1/devices"
INVOICES = "/api/v1/billing/invoices"
PORTAL = "/api/v1/billing/portal"
WEBHOOK = "/api/v1/billing/webhooks/stripe"


def found(url: str, capability: str = "devices") -> Finding | None:
    """What is said of an undeclared capability of the backend at `url`."""
    told = refusals(Backend(url, ENVIRON), [CAPABILITIES[capability]], 5)
    assert told.keys() == {capability}
    return told[capability]


def problem(kind: str) -> bytes:
    """A problem document of the contract's own."""
    return f'{{"type": "urn:billproof:problem:{kind}"}}'.encode()


@pytest.mark.parametrize("status", [401, 404, 405])
def test_a_clean_refusal_is_one_of_three(server: Serve, status: int) -> None:
    """For nobody and for a signed-in user alike."""
    answers: dict[str, Any] = {DEVICES: (status, {}, b""), f"{DEVICES}/none": (status, {}, b"")}
    with server(answers) as url:
        assert found(url) is None


@pytest.mark.parametrize("status", [200, 204, 403, 422, 500, 501])
def test_what_is_neither_refused_nor_as_the_contract_has_it_is_wrong(
    server: Serve, status: int
) -> None:
    """The operation and the answer are named."""
    with server({DEVICES: (status, {}, b"")}) as url:
        finding = found(url)

    assert finding is not None
    assert finding.what.startswith("GET /api/v1/devices by nobody")
    assert (finding.got, finding.code) == (f"status {status}", "")


def test_each_operation_is_tried(server: Serve) -> None:
    """The last one too, with something in the place of its parameter."""
    with server({f"{DEVICES}/none": (200, {}, b"")}) as url:
        assert "DELETE /api/v1/devices/{device_id}" in str(found(url))


def test_what_answers_a_user_as_the_contract_has_it_is_there(server: Serve) -> None:
    """It is only noted; nobody is refused."""
    with server({INVOICES: (200, JSON, b'{"invoices": []}')}, only="tma") as url:
        finding = found(url, "invoices")

    call = f"GET {INVOICES} by a signed-in user"
    assert finding == Finding(
        what=f"invoices is not declared, but {call} is answered 200", code=UNCLAIMED
    )


@pytest.mark.parametrize(
    ("capability", "path", "answer"),
    [
        ("portal", PORTAL, (409, PROBLEM, problem("no-customer"))),
        ("portal", PORTAL, (201, JSON, b"{}")),
        ("webhooks", WEBHOOK, (400, PROBLEM, problem("invalid-signature"))),
        ("metrics", "/metrics", (200, {"content-type": "text/plain; version=0.0.4"}, b"# HELP")),
        ("ui", "/app/billing", (200, {"content-type": "text/html"}, b"<h1>Billing</h1>")),
    ],
)
def test_each_capability_can_be_seen_to_be_there(
    server: Serve, capability: str, path: str, answer: Any
) -> None:
    """By whoever may call it: a user, Stripe, a scraper, everybody."""
    with server({path: answer}, only=SCHEMES.get(capability, "")) as url:
        finding = found(url, capability)

    assert finding is not None
    assert finding.code == UNCLAIMED


@pytest.mark.parametrize(
    ("capability", "path", "answer"),
    [
        # An unsigned event is never taken, and a plan is always named.
        ("webhooks", WEBHOOK, (200, JSON, b"{}")),
        ("checkout", "/api/v1/billing/checkout", (201, JSON, b"{}")),
        # Somebody else's problem, and one that openapi.yaml does not have there.
        ("portal", PORTAL, (409, PROBLEM, b'{"type": "about:blank"}')),
        ("portal", PORTAL, (403, PROBLEM, problem("no-customer"))),
        ("devices", DEVICES, (200, {"content-type": "text/html"}, b"<h1>Welcome</h1>")),
    ],
)
def test_what_only_looks_as_if_it_were_there_is_wrong(
    server: Serve, capability: str, path: str, answer: Any
) -> None:
    """The contract has no such answer to such a call."""
    with server({path: answer}, only=SCHEMES.get(capability, "")) as url:
        finding = found(url, capability)

    assert finding is not None
    assert finding.code == ""


def test_what_answers_nobody_is_wrong_even_if_users_are_answered_well(server: Serve) -> None:
    """A list of devices without a caller is nobody's."""
    with server({DEVICES: (200, JSON, b'{"devices": []}')}) as url:
        finding = found(url)

    assert finding is not None
    assert (finding.code, "by nobody" in finding.what) == ("", True)
