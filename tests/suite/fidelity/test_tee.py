"""Nothing that is said is missed, and nothing is changed by being heard."""

from __future__ import annotations

import contextlib
import socket
from urllib.parse import urlsplit

import httpx

from billproof.sandbox.client import Sandbox
from tests.suite.fidelity.exchanges import exchanges
from tests.suite.fidelity.tee import Tee
from tests.suite.sandbox.conftest import TLS


def test_every_call_is_heard(server: str, sandbox: Sandbox) -> None:
    """Kept connections, empty and malformed bodies, wrong methods: as the sandbox's own log."""
    auth = (sandbox.secret_key, "")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    with Tee() as tee:
        tee.origin = server
        with httpx.Client(base_url=tee.url, auth=auth, trust_env=False, verify=TLS) as http:
            http.post("/v1/customers", data={"email": "a@b.test"})
            http.post("/v1/customers")
            http.post("/v1/customers", content=b"\xff=1", headers=form)
            http.get("/v1/customers", params={"limit": "2"})
            http.patch("/v1/customers")
            http.get("/_sandbox/events")

    heard = list(exchanges(tee.heard))
    logged = [(call.method, call.path, call.status) for call in sandbox.calls()]
    assert [(each.method, each.path, each.status) for each in heard] == logged
    assert [each.form for each in heard][:3] == ["email=a%40b.test", "", "\xff=1"]
    assert heard[3].query == "limit=2"
    assert len(heard[3].answer["data"]) == 2


def test_a_dropped_connection_drops_on_both_sides(server: str, sandbox: Sandbox) -> None:
    """A reset reaches the client, and is no exchange."""
    sandbox.fault(effect="reset", times=1)
    auth = (sandbox.secret_key, "")
    with Tee() as tee:
        tee.origin = server
        with (
            httpx.Client(base_url=tee.url, auth=auth, trust_env=False, verify=TLS) as http,
            contextlib.suppress(httpx.TransportError),
        ):
            http.get("/v1/customers")
            raise AssertionError("the reset was swallowed")
        with socket.create_connection(("127.0.0.1", urlsplit(tee.url).port or 0)) as raw:
            raw.sendall(b"nonsense\r\n\r\n")
            assert raw.recv(100).startswith(b"HTTP/1.1 400")

    assert list(exchanges(tee.heard)) == []
