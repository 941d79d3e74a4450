"""Counters that somebody else moves are told as that, and never as the backend's fault."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import pytest

from billproof.suite import suite_root
from fixtures.users import User
from tests.suite.proof.conftest import reference_at

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping
    from pathlib import Path

EVERY_SECONDS = 0.005


def deliver(client: httpx.Client, _authorization: bytes, _number: int) -> None:
    """What is refused, and counted as a delivery."""
    client.post("/api/v1/billing/webhooks/stripe", content=b"{}")


def buy(client: httpx.Client, authorization: bytes, number: int) -> None:
    """Another plan each time: a session of its own, which counts."""
    plan = ("basic", "pro")[number % 2]
    client.post(
        "/api/v1/billing/checkout", json={"plan": plan}, headers={b"Authorization": authorization}
    )


@contextmanager
def somebody_else(
    environ: Mapping[str, str], act: Callable[[httpx.Client, bytes, int], None]
) -> Generator[None]:
    """A client of its own, who does what counts all the while."""
    gone = threading.Event()
    user = User(7, "Somebody", "somebody_else", "en")
    authorization = user.credentials().header(environ, time.time())

    def go_on() -> None:
        # One client: to make one takes longer than what the clause looks at.
        with httpx.Client(base_url=environ["PUBLIC_URL"]) as client:
            for number in itertools.count():
                if gone.wait(EVERY_SECONDS):
                    return
                act(client, authorization, number)

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        gone.set()
        thread.join()


def judged(folder: Path, url: str, sandbox: str, counting: str) -> tuple[str, str]:
    """The verdict of a clause that counts, and all that was printed."""
    where = [url, "--sandbox", sandbox, "--env-file", str(folder / "backend.env")]
    run = subprocess.run(
        [sys.executable, "-m", "billproof", "verify", *where, "--only", counting, "--no-needs"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode in {0, 1}, run.stdout + run.stderr
    results = json.loads((folder / "billproof-report" / "results.json").read_text())
    (verdict,) = (row["verdict"] for row in results["clauses"] if row["id"] == counting)
    return verdict, run.stdout


@pytest.fixture
def quickly(tmp_path: Path) -> Path:
    """A folder whose billproof.toml lets no settle time hide the others."""
    (tmp_path / "billproof.toml").write_text("settle_seconds = 0\n")
    return tmp_path


@pytest.mark.parametrize(
    ("counting", "act"),
    [("MET-003", buy), ("MET-011", deliver), ("MET-015", deliver)],
)
def test_a_target_that_others_use_is_told_so(
    quickly: Path,
    sandbox_url: str,
    counting: str,
    act: Callable[[httpx.Client, bytes, int], None],
) -> None:
    """It is red, since nothing was proven, and says whose fault it is not; alone it passes."""
    with reference_at(quickly, sandbox_url, suite_root()) as environ:
        url = environ["PUBLIC_URL"]
        with somebody_else(environ, act):
            verdict, told = judged(quickly, url, sandbox_url, counting)
        alone, _ = judged(quickly, url, sandbox_url, counting)

    assert (verdict, alone) == ("not-testable", "pass")
    assert "the target is not quiet" in told
    assert "Judge a backend that nobody else uses." in told
