"""The sandbox of a run: a process that gets ready while other things start."""

from __future__ import annotations

import subprocess
import time
from types import TracebackType
from typing import Self

from billproof.errors import CannotTest
from billproof.run.plan import RunPlan
from billproof.suite import suite_root
from billproof.targets.import_path import import_path
from billproof.targets.process import free_port, listens
from billproof.targets.program import part, python

READY_SECONDS = 20.0
PARTING_SECONDS = 5.0
LOOK_EVERY_SECONDS = 0.02


class SandboxProcess:
    """The offline Stripe, for as long as the context lasts; its origin is known at once."""

    def __init__(self, plan: RunPlan, *wiring: str, port: int = 0) -> None:
        """`wiring` are options of `billproof sandbox`; port 0 is a free one."""
        port = port or free_port()
        self.origin = f"http://127.0.0.1:{port}"
        self._log_path = plan.scratch / "sandbox.log"
        words = ["--port", str(port), "--until-eof", *wiring]
        with self._log_path.open("wb") as log:
            self._process = subprocess.Popen(
                python("billproof.sandbox", *words),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**plan.ambient, "PYTHONPATH": import_path(suite_root(), plan.ambient)},
                start_new_session=True,
            )

    def __enter__(self) -> Self:
        """It is on its way; `wait_ready` says when it is there."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it."""
        part(self._process, PARTING_SECONDS)

    def wait_ready(self) -> str:
        """Its origin, once it answers there; CannotTest, with its last words, when it does not."""
        deadline = time.monotonic() + READY_SECONDS
        while not listens(self.origin):
            if self.ended() or time.monotonic() > deadline:
                raise CannotTest("sandbox-did-not-start", self._reason("did not start"))
            time.sleep(LOOK_EVERY_SECONDS)
        return self.origin

    def ended(self) -> str | None:
        """Why it is gone; None while it runs."""
        return self._reason("ended") if self._process.poll() is not None else None

    def _reason(self, what: str) -> str:
        lines = self._log_path.read_text(errors="replace").strip().splitlines()[-10:]
        said = "\n".join(f"  {line}" for line in lines) or "  (it printed nothing)"
        return f"The sandbox {what}. Its last lines:\n{said}"
