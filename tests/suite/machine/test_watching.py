"""`verify --watch`: again after each change, what failed first."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from billproof.cli.watching import changes_below, keep_judging
from billproof.errors import CannotTest
from billproof.trials import becomes
from billproof.verify.options import Options

MOST_WRITES = 600
"""A minute of them."""
APP = """
async def app(scope, receive, send):
    status = 200 if scope["path"] == "/livez" else {status}
    await send({{"type": "http.response.start", "status": status, "headers": []}})
    await send({{"type": "http.response.body", "body": b""}})

def create_app(environ):
    return app
"""


class Reader:
    """What a process prints, line by line, without waiting for it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.lines: list[str] = []
        self._process = process
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.lines.append(line.rstrip("\n"))

    def count(self, beginning: str) -> int:
        """How many lines begin so."""
        return sum(line.startswith(beginning) for line in self.lines)


def test_a_change_has_the_backend_judged_again(tmp_path: Path) -> None:
    """Until Ctrl-C; the exit code is that of the last run."""
    backend = tmp_path / "mine.py"
    backend.write_text(APP.format(status=404))
    words = ("verify", "--app", "mine:create_app", "--only", "AUT-001", "--watch")
    with subprocess.Popen(
        [sys.executable, "-m", "billproof", *words, "--no-preflight", "-n", "1"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            said = Reader(process)
            judged = "What was selected does not pass."
            assert becomes(lambda: said.count(judged), lambda n: n == 1, within=60) == 1
            # Another change while nobody looked yet would be lost: it is made until it is seen.
            becomes(changed(backend, said), bool, within=60)
            assert becomes(lambda: said.count(judged), lambda n: n >= 2, within=60) >= 2
            process.send_signal(signal.SIGINT)
            assert process.wait(30) in {1, 130}
        finally:
            process.kill()


def test_a_run_that_is_interrupted_ends_the_watch() -> None:
    """Ctrl-C amid the trials is meant for both, and no change is waited for."""
    with pytest.raises(KeyboardInterrupt):
        keep_judging(Options(), lambda _: 130, iter([{"mine.py"}]))


def test_what_cannot_start_is_told_and_waited_for(capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is half written is mended by the next change."""
    problems = [CannotTest("no-app", "The app did not start: SyntaxError.")]

    def judge(_options: Options) -> int:
        if problems:
            raise problems.pop()
        return 0

    assert keep_judging(Options(out=Path("no-report")), judge, iter([{"mine.py"}])) == 0
    assert "SyntaxError" in capsys.readouterr().err


def changed(backend: Path, said: Reader) -> Callable[[], bool]:
    """Change the file once more, unless that was seen."""

    def change() -> bool:
        seen = said.count("mine.py changed") > 0
        if not seen:
            backend.write_text(APP.format(status=404) + "# again\n")
        return seen

    return change


def test_what_runs_write_is_no_change(tmp_path: Path) -> None:
    """Reports, databases and logs, and what is printed into a file; else there would be no end."""
    report = tmp_path / "billproof-report"
    report.mkdir()
    seen = threading.Event()
    with (tmp_path / "printed.txt").open("w") as printed:
        writer = threading.Thread(target=write_until, args=[seen, tmp_path])
        writer.start()
        try:
            heap = next(changes_below(tmp_path, report, [printed.fileno()]))
        finally:
            seen.set()
            writer.join()

    assert heap == {"server.js"}


def write_until(seen: threading.Event, folder: Path) -> None:
    """Again and again: what is written before somebody watches is not seen. The last matters."""
    for _ in range(MOST_WRITES):
        for name in ("billproof-report/results.json", "dev.sqlite", "server.log", "printed.txt"):
            (folder / name).write_text("x")
        (folder / "server.js").write_text("x")
        if seen.wait(0.1):
            break
