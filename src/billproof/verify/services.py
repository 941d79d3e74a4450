"""What a run starts around the backend: the sandbox, and the backend itself."""

from __future__ import annotations

import re
import selectors
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from billproof.errors import CannotTest
from billproof.suite import suite_root
from billproof.targets.command import local_values, start_command
from billproof.targets.import_path import import_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from billproof.run.plan import RunPlan
    from billproof.targets.process import BackendProcess

SANDBOX_SECONDS = 20.0
READY_SECONDS = 60.0
LAST_LINES = 10
_URL = re.compile(r"https?://[^\s'\"]+")


def last_lines(text: str, count: int = LAST_LINES) -> str:
    """The end of a log, indented."""
    return "\n".join(f"  {line}" for line in text.strip().splitlines()[-count:])


@contextmanager
def sandbox(plan: RunPlan, *options: str) -> Iterator[str]:
    """The offline Stripe, for as long as the context lasts; gives its URL.

    `options` are those of `billproof sandbox`; without any it takes a free port.
    """
    log_path = plan.scratch / "sandbox.log"
    words = [*(options or ("--port", "0")), "--until-eof"]
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "billproof.sandbox", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env={**plan.ambient, "PYTHONPATH": import_path(suite_root(), plan.ambient)},
            start_new_session=True,
        )
    try:
        yield _url(process, log_path)
    finally:
        _end(process)


def _url(process: subprocess.Popen[bytes], log_path: Path) -> str:
    """The URL in the line that the sandbox prints when it is ready."""
    line = b""
    deadline = time.monotonic() + SANDBOX_SECONDS
    if process.stdout is not None:
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            if selector.select(deadline - time.monotonic()):
                line = process.stdout.readline()
    found = _URL.search(line.decode("utf-8", "replace"))
    if not found:
        log = last_lines(log_path.read_text(errors="replace"))
        raise CannotTest("sandbox-did-not-start", "The sandbox did not start.", f"\n{log}")
    return found.group().rstrip("/")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Close its stdin, which ends it; after a bound it is killed."""
    for pipe in (process.stdin, process.stdout):
        if pipe:
            pipe.close()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def with_local_values(plan: RunPlan) -> RunPlan:
    """The plan of a command target with a port and a database for its process."""
    values = plan.environ | local_values(plan.scratch, "backend")
    target = plan.target.model_copy(update={"base_url": values["PUBLIC_URL"]})
    return plan.model_copy(update={"environ": values, "target": target})


@contextmanager
def backend_command(plan: RunPlan) -> Iterator[BackendProcess]:
    """The backend that `--cmd` starts, ready; CannotTest, with its last words, when it is not."""
    base_url = plan.target.base_url or ""
    process = start_command(plan, plan.environ, base_url, "backend")
    try:
        if not process.wait_ready(READY_SECONDS):
            raise _not_ready(process)
        yield process
    finally:
        process.end()


def how_it_ended(process: BackendProcess) -> str | None:
    """Exit code and last words of a backend that is gone; None while it runs."""
    code = process.wait_exit(0)
    if code is None:
        return None
    head = f"The backend ended with exit code {code} during the run. Its last lines:"
    return f"{head}\n{last_lines(process.log())}"


def _not_ready(process: BackendProcess) -> CannotTest:
    code = process.wait_exit(0)
    log = last_lines(process.log()) or "  (it printed nothing)"
    if code is None:
        reason = f"The backend was not ready after {READY_SECONDS:.0f} s:"
        reason += f" {process.base_url}/readyz never answered 200."
    else:
        reason = f"The backend ended with exit code {code} before it was ready."
    return CannotTest("backend-did-not-start", reason, f"Its last lines:\n{log}")
