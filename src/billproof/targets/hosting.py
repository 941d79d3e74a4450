"""The process that hosts an app for one worker: orders go to its stdin, answers come back."""

from __future__ import annotations

import json
import os
import selectors
from typing import IO, TYPE_CHECKING

from billproof.errors import CannotTest
from billproof.targets.import_path import import_path
from billproof.targets.listening import listen
from billproof.targets.program import Process, Program, part, python, start

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from billproof.run.plan import RunPlan

START_SECONDS = 60.0
"""So long an app may take to start."""
PARTING_SECONDS = 6.0


def host_command(plan: RunPlan, *more: str) -> list[str]:
    """The command line of a host."""
    return python("billproof.targets.host", plan.target.app or "", *more)


def host_environ(plan: RunPlan) -> dict[str, str]:
    """What a host process inherits: the caller's environment, and where app and machine lie."""
    ambient = {key: value for key, value in plan.ambient.items() if key not in plan.environ}
    return {**ambient, "PYTHONPATH": import_path(plan.target.app_dir or plan.cwd, ambient)}


class Host:
    """Our end of the host process: orders out, answers in."""

    def __init__(self, plan: RunPlan, log_path: Path) -> None:
        self._log_path = log_path
        # The socket is ours, so that the port is known before anything has been loaded.
        with log_path.open("wb") as log, listen() as listener:
            self.port: int = listener.getsockname()[1]
            program = Program(
                argv=host_command(plan, "--fd", str(listener.fileno())),
                environ=host_environ(plan),
                cwd=plan.cwd,
                log=log.fileno(),
                answers=True,
                passed=(listener.fileno(),),
            )
            self._process = start(program, plan.fork.hosts)
        self._orders, self._answers = _pipes(self._process)
        self._buffer = b""
        self._owed = 1
        """Answers to come; the first says whether the app can be imported."""
        self.base_url = f"http://127.0.0.1:{self.port}"

    def swap(self, environ: Mapping[str, str]) -> None:
        """Put a new app on stage; CannotTest when it does not start."""
        self.ask_swap(environ)
        self.wait()

    def ask_swap(self, environ: Mapping[str, str]) -> None:
        """Have a new app put on stage; `wait` says what came of it."""
        self._order({"do": "swap", "environ": dict(environ)})

    def clear(self) -> None:
        """End the app on stage, so that nothing holds its database."""
        self._order({"do": "clear"})
        self.wait()

    def wait(self) -> None:
        """Return when all that was ordered is done; CannotTest at the first that was not."""
        while self._owed:
            answer: dict[str, object] = json.loads(self._line())
            self._owed -= 1
            if not answer["ok"]:
                reason = f"The app did not start: {answer['error']}."
                raise CannotTest("backend-did-not-start", reason)

    def end(self) -> None:
        """Close its stdin, which ends it; after a bound it is killed."""
        part(self._process, PARTING_SECONDS)
        self._answers.close()

    def _order(self, order: dict[str, object]) -> None:
        try:
            self._orders.write(json.dumps(order).encode() + b"\n")
        except BrokenPipeError:
            raise self._died() from None
        self._owed += 1

    def _line(self) -> bytes:
        with selectors.DefaultSelector() as selector:
            selector.register(self._answers, selectors.EVENT_READ)
            while b"\n" not in self._buffer:
                if not selector.select(START_SECONDS):
                    reason = f"The app's host gave no answer for {START_SECONDS:.0f} s."
                    raise CannotTest("backend-hangs", reason)
                chunk = os.read(self._answers.fileno(), 65536)
                if not chunk:
                    raise self._died()
                self._buffer += chunk
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line

    def _died(self) -> CannotTest:
        tail = self._log_path.read_text(errors="replace").strip().splitlines()[-5:]
        return CannotTest("backend-died", "The app's host process ended.", "\n".join(tail))


def _pipes(process: Process) -> tuple[IO[bytes], IO[bytes]]:
    """Its stdin and stdout, which were asked for as pipes."""
    if process.stdin is None or process.stdout is None:
        raise TypeError("the host was started without pipes")
    return process.stdin, process.stdout
