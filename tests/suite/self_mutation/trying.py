"""Tests run against a mutated copy of the checkout.

Each run is forked off a process that has imported other people's packages already: a process of
its own needs two seconds for them, and the tests a tenth of one.
"""

from __future__ import annotations

import compileall
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from py_compile import PycInvalidationMode

import pytest

PYTEST = ("-q", "-x", "-W", "error", "--disable-plugin-autoload", "-p", "no:cacheprovider")
PRELOADED = ["pytest", "httpx", "pydantic", "jsonschema", "yaml", "referencing", "rich", "typer"]


class Copy:
    """A copy of the checkout in which one module at a time is another."""

    def __init__(self, folder: Path) -> None:
        """`folder` holds the copy already, and nobody else writes there."""
        self.folder = folder
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(PRELOADED)
        # By content: a mutation may leave a module's size and second as they were.
        how = PycInvalidationMode.CHECKED_HASH
        for part in ("src", "fixtures", "tests"):
            if (folder / part).is_dir():
                compileall.compile_dir(folder / part, quiet=2, invalidation_mode=how)

    def passes(self, tests: Sequence[str], seconds: float) -> bool:
        """Whether the tests are green within this time; what they print is in `output.txt`."""
        run = self._context.Process(target=_run, args=(str(self.folder), list(tests)))
        run.start()
        run.join(seconds)
        if run.exitcode is None and run.pid is not None:
            os.killpg(run.pid, signal.SIGKILL)
            run.join()
        return run.exitcode == 0

    def survives(self, module: str, text: str, tests: Sequence[str], seconds: float) -> bool:
        """Whether they are green although the module has this text."""
        path = self.folder / module
        original = path.read_bytes()
        path.write_text(text, encoding="utf-8")
        try:
            return self.passes(tests, seconds)
        finally:
            path.write_bytes(original)

    def seconds(self, tests: Sequence[str]) -> float:
        """How long the tests take on the code as it is; RuntimeError when they are not green."""
        before = time.monotonic()
        if not self.passes(tests, 600):
            said = (self.folder / "output.txt").read_text(encoding="utf-8", errors="replace")
            raise RuntimeError(f"red without any mutation: {' '.join(tests)}\n{said}")
        return time.monotonic() - before


def _run(folder: str, tests: list[str]) -> None:
    """In a process group of its own, whose end ends all that the tests start."""
    os.setsid()
    os.chdir(folder)
    own = [os.path.join(folder, "src"), folder]  # noqa: PTH118 - as sys.path has them
    sys.path[:0] = own
    os.environ["PYTHONPATH"] = os.pathsep.join(own)
    output = os.open("output.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.exit(pytest.main([*PYTEST, *tests]))
