"""The backend that `--cmd` starts: ready or not, and how it ended."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from billproof.errors import CannotTest
from billproof.targets.command import local_values, start_command

if TYPE_CHECKING:
    from collections.abc import Iterator

    from billproof.run.plan import RunPlan
    from billproof.targets.process import BackendProcess

READY_SECONDS = 60.0
LAST_LINES = 10
NO_SQLITE = (
    "Its DATABASE_URL was a file of SQLite; "
    "--database-url postgresql:// starts a PostgreSQL server for it."
)


def last_lines(text: str, count: int = LAST_LINES) -> str:
    """The end of a log, indented."""
    return "\n".join(f"  {line}" for line in text.strip().splitlines()[-count:])


def with_local_values(plan: RunPlan, database_url: str) -> RunPlan:
    """The plan of a command target with a port and this database for its process."""
    values = plan.environ | local_values(database_url)
    target = plan.target.model_copy(update={"base_url": values["PUBLIC_URL"]})
    return plan.model_copy(update={"environ": values, "target": target})


@contextmanager
def backend_command(
    plan: RunPlan, ready_seconds: float = READY_SECONDS
) -> Iterator[BackendProcess]:
    """The backend that `--cmd` starts, ready; CannotTest, with its last words, when it is not."""
    base_url = plan.target.base_url or ""
    process = start_command(plan, plan.environ, base_url, "backend")
    try:
        if not process.wait_ready(ready_seconds):
            raise _not_ready(process, ready_seconds)
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


def _not_ready(process: BackendProcess, seconds: float) -> CannotTest:
    code = process.wait_exit(0)
    log = last_lines(process.log()) or "  (it printed nothing)"
    if code is None:
        reason = f"The backend was not ready after {seconds:.0f} s:"
        reason += f" {process.base_url}/readyz {_told(process.ready_status)}"
    else:
        reason = f"The backend ended with exit code {code} before it was ready."
    return CannotTest("backend-did-not-start", reason, f"Its last lines:\n{log}{_hint(process)}")


def _hint(process: BackendProcess) -> str:
    """For whoever was given a file of SQLite, and speaks of its address as it ends."""
    is_file = process.environ["DATABASE_URL"].startswith("sqlite:")
    return f"\n{NO_SQLITE}" if is_file and "DATABASE_URL" in process.log() else ""


def _told(status: int | None) -> str:
    if status is None:
        return "gives no answer; does it listen on $HOST and $PORT?"
    return f"answers {status}, and never 200."
