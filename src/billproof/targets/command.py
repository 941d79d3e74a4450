"""A backend that a command starts, and one that somebody else has started."""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from typing import TYPE_CHECKING

from billproof.errors import NotObservableHere
from billproof.targets.databases import Databases
from billproof.targets.process import BackendProcess, free_port
from billproof.targets.protocol import Backend, Launched

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager

    from billproof.run.plan import RunPlan


def local_values(database_url: str, port: str | None = None) -> dict[str, str]:
    """Where one process listens and keeps its data: on a free port, or on this one."""
    port = port or str(free_port())
    return {
        "HOST": "127.0.0.1",
        "PORT": port,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "DATABASE_URL": database_url,
    }


def start_command(
    plan: RunPlan, environ: Mapping[str, str], base_url: str, name: str
) -> BackendProcess:
    """Run the plan's command with these values; its log is `NAME.log` in the run's scratch."""
    ambient = {key: value for key, value in plan.ambient.items() if key not in plan.environ}
    return BackendProcess(
        ["/bin/sh", "-c", plan.target.command or ""],
        base_url=base_url,
        environ=environ,
        ambient=ambient,
        log_path=plan.scratch / f"{name}.log",
        cwd=plan.cwd,
    )


class CommandTarget:
    """The one process that the run started, and further ones for trials that need a start."""

    can_launch = True

    def __init__(self, plan: RunPlan, worker: str) -> None:
        self._plan = plan
        self._names = (f"launch-{worker}-{n}" for n in itertools.count(1))
        self._databases = Databases(plan)

    def prepare(self) -> None:
        """The run has started it."""

    def fresh(self) -> Backend:
        """The same backend each time: every test makes users of its own."""
        return Backend(self._plan.target.base_url or "", self._plan.environ)

    @contextmanager
    def launch(self, workers: int = 1, /, **changes: str | None) -> Iterator[Launched]:  # noqa: ARG002 - the command's own affair
        """Run the command once more, with its own port and database."""
        name = next(self._names)
        url = changes.get("DATABASE_URL") or self._databases.make(name)
        local = local_values(url, changes.get("PORT"))
        own = {**self._plan.environ, **local, **changes}
        values = {key: value for key, value in own.items() if value is not None}
        process = start_command(self._plan, values, f"http://127.0.0.1:{local['PORT']}", name)
        try:
            yield process
        finally:
            process.end()

    def close(self) -> None:
        """Remove the databases; the run itself ends the process that it started."""
        self._databases.close()


class UrlTarget:
    """A backend that runs already; nothing is known of how it is started."""

    can_launch = False

    def __init__(self, plan: RunPlan) -> None:
        self._plan = plan

    def prepare(self) -> None:
        """It runs."""

    def fresh(self) -> Backend:
        """The same backend each time: every test makes users of its own."""
        return Backend(self._plan.target.base_url or "", self._plan.environ)

    def launch(
        self, _workers: int = 1, /, **_changes: str | None
    ) -> AbstractContextManager[Launched]:
        """Not possible here."""
        reason = "A backend given by URL cannot be started by the suite."
        raise NotObservableHere("needs-start", reason, "Use --cmd to see it.")

    def close(self) -> None:
        """Nothing was started."""
