"""An ASGI app, hosted by one child process per worker; each test gets it anew."""

from __future__ import annotations

import secrets
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from billproof.database.template import Template, remove, sqlite_url
from billproof.errors import CannotTest
from billproof.targets.hosting import START_SECONDS, Host, host_command, host_environ
from billproof.targets.process import POLL_SECONDS, BackendProcess, free_port, listens
from billproof.targets.protocol import Backend, Launched

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from billproof.run.plan import RunPlan


class AppTarget:
    """The host process, the template database, and the app of the current test."""

    can_launch = True

    def __init__(self, plan: RunPlan, worker: str) -> None:
        self._plan = plan
        self._worker = worker
        self._folder = plan.scratch / f"app-{worker}"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._host: Host | None = None
        self._first: Path | None = None
        self._template: Template | None = None
        self._database: Path | None = None
        self._serial = 0
        self._environ: Mapping[str, str] = plan.environ

    def prepare(self) -> None:
        """Have the app load and migrate a first database; `fresh()` waits for it."""
        # What goes wrong is told to the test that needs it.
        with suppress(CannotTest):
            self._begin()

    def fresh(self) -> Backend:
        """A new app on a new copy of the database, with an account of its own at Stripe."""
        host = self._begin()
        if self._template is None:
            self._await_sandbox()
            self._template = self._make_template(host)
        used, self._database = self._database, self._next_database()
        self._template.copy_to(self._database)
        self._environ = self._values(host, self._database)
        host.swap(self._environ)
        if used:
            remove(used)
        return Backend(host.base_url, self._environ)

    @contextmanager
    def launch(self, workers: int = 1, /, **changes: str | None) -> Iterator[Launched]:
        """One more process that serves the app by itself, as a deployment would.

        Never forked: two of a fork server share their seed of hashes and their addresses, and what
        must outlive a restart may hang on either.
        """
        port = changes.get("PORT") or str(free_port())
        own = {
            **self._environ,
            "PORT": port,
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "DATABASE_URL": sqlite_url(self._next_database()),
        }
        values = {name: value for name, value in (own | changes).items() if value is not None}
        process = BackendProcess(
            host_command(self._plan, "--serve", str(workers)),
            base_url=f"http://127.0.0.1:{port}",
            environ=values,
            ambient=host_environ(self._plan),
            log_path=self._folder / f"launch-{self._serial}.log",
            cwd=self._plan.cwd,
        )
        try:
            yield process
        finally:
            process.end()

    def close(self) -> None:
        """End the host process."""
        if self._host:
            self._host.end()

    def _await_sandbox(self) -> None:
        """It starts beside us: by now it is there, or it never will be."""
        deadline = time.monotonic() + START_SECONDS
        while self._plan.sandbox_url and not listens(self._plan.sandbox_url):
            if time.monotonic() > deadline:
                reason = f"The sandbox at {self._plan.sandbox_url} does not answer."
                advice = "Judge again; `billproof doctor` says what is missing here."
                raise CannotTest("sandbox-died", reason, advice)
            time.sleep(POLL_SECONDS)

    def _begin(self) -> Host:
        """The host, which has been told to put a first app on stage; nothing is waited for."""
        if self._host is None:
            self._host = Host(self._plan, self._folder / "host.log")
        if self._first is None:
            self._first = self._next_database()
            self._host.ask_swap(self._values(self._host, self._first))
        return self._host

    def _make_template(self, host: Host) -> Template:
        """Keep the file of the database that the app has migrated by itself."""
        path, self._first = self._first or self._next_database(), None
        try:
            host.wait()
        except CannotTest:
            # It may be gone: the next test has a new one.
            host.end()
            self._host = None
            raise
        host.clear()
        return Template.seal(path)

    def _next_database(self) -> Path:
        self._serial += 1
        return self._folder / f"{self._serial}.sqlite"

    def _values(self, host: Host, database: Path) -> dict[str, str]:
        return {
            **self._plan.environ,
            "HOST": "127.0.0.1",
            "PORT": str(host.port),
            "PUBLIC_URL": host.base_url,
            "DATABASE_URL": sqlite_url(database),
            "STRIPE_SECRET_KEY": f"sk_test_{self._plan.run_id}{secrets.token_hex(8)}",
        }
