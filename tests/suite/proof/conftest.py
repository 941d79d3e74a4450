"""A sandbox, an environment file and null servers, for judging from outside."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from billproof.suite import suite_root
from billproof.targets.process import BackendProcess, free_port
from billproof.verify.fork_servers import fork_servers
from billproof.verify.proof import Beside

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


@pytest.fixture(scope="session")
def beside(sandbox_url: str) -> Generator[Beside]:
    """A sandbox, and fork servers, for one mutant or variant after the other."""
    # pytest's own folders are too deep for a socket's path.
    with tempfile.TemporaryDirectory() as folder, fork_servers(Path(folder), os.environ) as fork:
        yield Beside(sandbox_url, fork)


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    """An environment file with every name that a run by URL needs."""
    path = tmp_path / "backend.env"
    path.write_text(ENVIRONMENT)
    return path


@contextmanager
def reference_at(folder: Path, sandbox_url: str, source: Path) -> Generator[dict[str, str]]:
    """`python -m reference_impl` of `source`, ready; its values are in `folder`/backend.env too."""
    url = f"http://127.0.0.1:{(port := free_port())}"
    environ = dict(line.split("=", 1) for line in ENVIRONMENT.splitlines())
    environ |= {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "PUBLIC_URL": url,
        "DATABASE_URL": f"sqlite:{folder / 'backend.sqlite'}",
        "STRIPE_API_BASE": sandbox_url,
        "STRIPE_SECRET_KEY": f"sk_test_{folder.name}{port}",
        "BILLING_PLANS": str(suite_root() / "contracts" / "plans.json"),
    }
    (folder / "backend.env").write_text("".join(f"{k}={v}\n" for k, v in environ.items()))
    process = BackendProcess(
        [sys.executable, "-m", "reference_impl"],
        base_url=url,
        environ=environ,
        ambient={**os.environ, "PYTHONPATH": str(source)},
        log_path=folder / "backend.log",
        cwd=folder,
    )
    try:
        assert process.wait_ready(60), process.log()
        yield environ
    finally:
        process.end()
