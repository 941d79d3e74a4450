"""The pytest plugin for other people's projects: `def test(stripe_sandbox): …`.

It is loaded into every pytest run where billproof is installed, so it imports nothing that
pytest has not imported already, and starts nothing before a test asks for it.
"""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from billproof.sandbox.client import Sandbox
    from billproof.sandbox.hook import StripeHook

PARTING_SECONDS = 5.0


@pytest.fixture(scope="session")
def stripe_sandbox_options() -> Sequence[str]:
    """Further options of `billproof sandbox`, `--plans FILE` for one; override to give some."""
    return ()


@pytest.fixture(scope="session")
def stripe_sandbox_url(
    stripe_sandbox_options: Sequence[str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The origin of an offline Stripe on a free loopback port; under xdist, each worker's own."""
    log = tmp_path_factory.mktemp("stripe-sandbox") / "sandbox.log"
    process = _started(stripe_sandbox_options, log)
    try:
        yield _origin(process, log)
    finally:
        _end(process)


@pytest.fixture
def stripe_sandbox(stripe_sandbox_url: str) -> Iterator[Sandbox]:
    """A new account: its client, with `url`, `secret_key`, and `env` for the tested program."""
    from billproof.sandbox.client import Sandbox  # noqa: PLC0415 - heavy, and rarely wanted

    with Sandbox(stripe_sandbox_url, f"sk_test_{uuid.uuid4().hex}") as sandbox:
        yield sandbox


@pytest.fixture
def stripe_hook() -> Iterator[StripeHook]:
    """A webhook endpoint: its `url`, `next()` event, and the `statuses` that it answers."""
    from billproof.sandbox.hook import StripeHook  # noqa: PLC0415 - rarely wanted

    with StripeHook().listening() as hook:
        yield hook


def _started(options: Sequence[str], log: Path) -> subprocess.Popen[str]:
    words = ["--port", "0", *options, "--until-eof"]
    with log.open("w") as errors:
        # Ctrl-C is pytest's own: the sandbox ends with its standard input, however pytest ends.
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "billproof.sandbox", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,
        )


def _origin(process: subprocess.Popen[str], log: Path) -> str:
    """Where it says that it is; fails the tests that need it, with its last words, if it ends."""
    line = process.stdout.readline() if process.stdout else ""
    if not line.startswith("Sandbox ready at "):
        said = log.read_text(errors="replace").strip() or "It printed nothing."
        pytest.fail(f"The Stripe sandbox did not start. {said}", pytrace=False)
    return line.split()[-1]


def _end(process: subprocess.Popen[str]) -> None:
    try:
        process.communicate(timeout=PARTING_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
