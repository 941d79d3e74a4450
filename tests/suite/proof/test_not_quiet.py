"""Counters that somebody else moves are told as that, and never as the backend's fault."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import pytest

from billproof.suite import suite_root
from tests.suite.proof.conftest import reference_at

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

EVERY_SECONDS = 0.005
COUNTING = "MET-011"


@contextmanager
def somebody_else(url: str) -> Generator[None]:
    """A client of its own, whose deliveries are refused and counted all the while."""
    gone = threading.Event()

    def deliver() -> None:
        # One client: to make one takes longer than what the clause looks at.
        with httpx.Client(base_url=url) as client:
            while not gone.wait(EVERY_SECONDS):
                client.post("/api/v1/billing/webhooks/stripe", content=b"{}")

    thread = threading.Thread(target=deliver)
    thread.start()
    try:
        yield
    finally:
        gone.set()
        thread.join()


def judged(folder: Path, url: str, sandbox: str) -> tuple[str, str]:
    """The verdict of a clause that counts, and all that was printed."""
    where = [url, "--sandbox", sandbox, "--env-file", str(folder / "backend.env")]
    run = subprocess.run(
        [sys.executable, "-m", "billproof", "verify", *where, "--only", COUNTING, "--no-needs"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode in {0, 1}, run.stdout + run.stderr
    results = json.loads((folder / "billproof-report" / "results.json").read_text())
    (verdict,) = (row["verdict"] for row in results["clauses"] if row["id"] == COUNTING)
    return verdict, run.stdout


@pytest.fixture
def quickly(tmp_path: Path) -> Path:
    """A folder whose billproof.toml lets no settle time hide the others."""
    (tmp_path / "billproof.toml").write_text("settle_seconds = 0\n")
    return tmp_path


def test_a_target_that_others_use_is_told_so(quickly: Path, sandbox_url: str) -> None:
    """It is red, since nothing was proven, and says whose fault it is not; alone it passes."""
    with reference_at(quickly, sandbox_url, suite_root()) as environ:
        url = environ["PUBLIC_URL"]
        with somebody_else(url):
            verdict, told = judged(quickly, url, sandbox_url)
        alone, _ = judged(quickly, url, sandbox_url)

    assert (verdict, alone) == ("not-testable", "pass")
    assert "the target is not quiet" in told
    assert "Judge a backend that nobody else uses." in told
