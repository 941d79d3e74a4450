"""The sandbox of a run: a process that gets ready while other things start."""

from __future__ import annotations

import time

from billproof.errors import CannotTest
from billproof.run.plan import RunPlan
from billproof.targets.process import free_port, listens
from billproof.verify.companion import Companion

READY_SECONDS = 20.0
LOOK_EVERY_SECONDS = 0.02


class SandboxProcess(Companion):
    """The offline Stripe, for as long as the context lasts; its origin is known at once."""

    def __init__(self, plan: RunPlan, *wiring: str, port: int = 0) -> None:
        """`wiring` are options of `billproof sandbox`; port 0 is a free one."""
        port = port or free_port()
        self.origin = f"http://127.0.0.1:{port}"
        self._log_path = plan.scratch / "sandbox.log"
        words = ("--port", str(port), "--until-eof", *wiring)
        super().__init__(plan.ambient, self._log_path, "billproof.sandbox", *words)

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
        return None if self.lives() else self._reason("ended")

    def _reason(self, what: str) -> str:
        lines = self._log_path.read_text(errors="replace").strip().splitlines()[-10:]
        said = "\n".join(f"  {line}" for line in lines) or "  (it printed nothing)"
        return f"The sandbox {what}. Its last lines:\n{said}"
