"""A running sandbox for the session, and a fresh account for each test."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import ssl
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO

import httpx
import pytest
import stripe

from billproof.sandbox.client import Sandbox
from billproof.sandbox.models import CheckoutSession
from tests.suite.fidelity.exchanges import exchanges, keep
from tests.suite.fidelity.tee import Tee
from tests.suite.sandbox.browsing import guest, started
from tests.suite.sandbox.local import Local

__all__ = ["guest", "started"]  # fixtures from elsewhere

STATE_KEY = "sk_test_kept"
"""Of an account that is kept in a file."""

PLANS = {
    "plans": [
        {"key": "free", "price": None, "amount": 0, "currency": "eur", "interval": None},
        {
            "key": "pro",
            "price": "price_pro",
            "amount": 1900,
            "currency": "eur",
            "interval": "month",
        },
        {
            "key": "team",
            "price": "price_team",
            "amount": 4500,
            "currency": "jpy",
            "interval": "month",
        },
    ]
}
TLS = ssl.create_default_context()  # slow to make, and never used on loopback
SUCCESS = "https://shop.test/return?session={CHECKOUT_SESSION_ID}"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The origin of a sandbox process."""
    plans = tmp_path_factory.mktemp("sandbox") / "plans.json"
    plans.write_text(json.dumps(PLANS))
    with running("--plans", str(plans)) as url:
        yield url


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The origin of a sandbox of the module's own, which must not have had a defect by the end."""
    log = tmp_path_factory.mktemp("watched") / "log.txt"
    with log.open("w") as written, running(log=written) as url:
        yield url
    assert "Traceback" not in log.read_text()


class running:  # noqa: N801 - reads as a phrase: with running(...) as url
    """A sandbox process for as long as the block lasts."""

    def __init__(self, *options: str, log: IO[str] | None = None) -> None:
        self.recording = contextlib.ExitStack()
        # What is broken on purpose is no exchange to compare with anybody's.
        self.tee = None if log else self.recording.enter_context(recorder())
        command = [
            sys.executable,
            "-m",
            "billproof.sandbox",
            "--port",
            "0",
            "--until-eof",
            *(["--advertise", self.tee.url] if self.tee else []),
            *options,
        ]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
        )

    def __enter__(self) -> str:
        """Its origin, when it is ready."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("Sandbox ready at http://127.0.0.1:"), line
        origin = line.split()[-1]
        if self.tee is None:
            return origin
        self.tee.origin = origin
        return self.tee.url

    def __exit__(self, *_: object) -> None:
        """End it as a parent's death does: its standard input closes."""
        self.recording.close()
        self.process.communicate(timeout=10)
        assert self.process.returncode == 0


@contextlib.contextmanager
def recorder() -> Iterator[Tee | None]:
    """A tee, when `SANDBOX_EXCHANGES` names a folder; it gets all that was said.

    `./nox -s stripe_mock` sets it, and holds every exchange of these tests against Stripe's own.
    """
    folder = os.environ.get("SANDBOX_EXCHANGES")
    if folder is None:
        yield None
        return
    with Tee() as tee:
        yield tee
    keep(exchanges(tee.heard), folder)


@pytest.fixture
def key() -> str:
    """A secret key that nobody else has."""
    return f"sk_test_{uuid.uuid4().hex}"


@pytest.fixture
def sandbox(server: str, key: str) -> Iterator[Sandbox]:
    """The levers on the test's own account."""
    with Sandbox(server, key) as client:
        yield client


@pytest.fixture
def sdk(server: str, key: str) -> stripe.StripeClient:
    """The official SDK on the test's own account."""
    return stripe.StripeClient(key, base_addresses={"api": server}, max_network_retries=0)


@pytest.fixture
def http(server: str, key: str) -> Iterator[httpx.Client]:
    """Bare HTTP with the account's key."""
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=server, headers=headers, trust_env=False, verify=TLS) as client:
        yield client


@pytest.fixture
def visitor(server: str) -> Iterator[httpx.Client]:
    """Bare HTTP without a key, as a buyer's browser."""
    with httpx.Client(base_url=server, trust_env=False, verify=TLS) as client:
        yield client


OpenSession = Callable[..., CheckoutSession]


@pytest.fixture
def open_session(sandbox: Sandbox) -> OpenSession:
    """Makes open checkout sessions."""

    def make(price: str = "price_pro", **params: object) -> CheckoutSession:
        lines = [{"price": price, "quantity": 1}]
        usual = {"mode": "subscription", "success_url": SUCCESS, "line_items": lines}
        return sandbox.create_session(**{**usual, **params})

    return make


@dataclass
class Received:
    """One request that the receiver got."""

    signature: str
    body: bytes

    @property
    def type(self) -> str:
        """The event's type."""
        return str(json.loads(self.body)["type"])

    @property
    def id(self) -> str:
        """The event's id."""
        return str(json.loads(self.body)["id"])


@dataclass
class Receiver:
    """A webhook endpoint: answers with `statuses`, the last of them for good."""

    url: str = ""
    statuses: list[int] = field(default_factory=lambda: [200])
    got: queue.Queue[Received] = field(default_factory=queue.Queue)
    meeting: threading.Barrier | None = None
    """Where all who come wait for each other before they are answered."""

    def next(self) -> Received:
        """The next delivery."""
        return self.got.get(timeout=10)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A webhook endpoint on a socket of its own."""
    with listening() as state:
        yield state


@pytest.fixture
def second_receiver() -> Iterator[Receiver]:
    """Another one."""
    with listening() as state:
        yield state


@contextlib.contextmanager
def listening() -> Iterator[Receiver]:
    """A webhook endpoint for as long as the block lasts."""
    state = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = state.statuses[0]
            del state.statuses[: len(state.statuses) > 1]
            state.got.put(Received(self.headers["Stripe-Signature"], body))
            if state.meeting is not None:
                state.meeting.wait(timeout=10)
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{listener.server_port}/hook"
    thread = threading.Thread(target=listener.serve_forever, args=[0.02], daemon=True)
    thread.start()
    yield state
    listener.shutdown()
    listener.server_close()
    thread.join()


def wait_until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait for a condition; fail after a deadline."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, "the condition never came true"
        pause.wait(0.02)


@pytest.fixture(name="stripe")
def account_on_a_clock() -> Local:
    """An account on a clock of its own, in this process."""
    return Local()


@pytest.fixture
def state_file(tmp_path: Path) -> Path:
    """Where a sandbox keeps its state."""
    return tmp_path / "state.sqlite"
