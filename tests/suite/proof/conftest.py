"""A sandbox, an environment file and null servers, for judging from outside."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

NULL_SERVER = Path(__file__).parents[1] / "null_servers" / "null_server.py"

ENVIRONMENT = """\
PUBLIC_URL=http://127.0.0.1:9
STRIPE_API_BASE=http://127.0.0.1:9
STRIPE_SECRET_KEY=sk_test_nullserver
STRIPE_WEBHOOK_SECRET=whsec_one,whsec_two
TELEGRAM_BOT_TOKEN=7000000001:AAnullservernullservernullservernu
METRICS_TOKEN=metrics-of-nobody
"""


@contextmanager
def served(*command: str) -> Generator[str]:
    """Start a server that prints its origin in one line; end it by closing its stdin."""
    with subprocess.Popen(
        [sys.executable, *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()[-1]
        finally:
            process.stdin.close()
            process.wait(timeout=15)


@pytest.fixture(scope="session")
def sandbox_url() -> Generator[str]:
    """A sandbox that runs beside the server under test."""
    with served("-m", "billproof.sandbox", "--port", "0", "--until-eof") as origin:
        yield origin


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    """An environment file with every name that a run by URL needs."""
    path = tmp_path / "backend.env"
    path.write_text(ENVIRONMENT)
    return path
