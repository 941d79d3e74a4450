"""Ctrl-C and the like: one line, an exit code, and no process left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from billproof.reports.reading import read_results
from billproof.trials import becomes
from billproof.verdicts.verdict import Verdict

MARK = "BILLPROOF_TEST_MARK"
NEVER_READY = "touch asked; exec sleep 600"


def marked(mark: str) -> list[str]:
    """The command lines of all processes that inherited the mark."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={mark}".encode() in (process / "environ").read_bytes().split(b"\0"):
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


def verifying(
    folder: Path, *arguments: str, **environ: str
) -> AbstractContextManager[subprocess.Popen[str]]:
    """`billproof verify`, at the moment when the backend has been asked for the first time."""
    return running(folder, folder / "asked", "verify", *arguments, **environ)


@contextmanager
def running(
    folder: Path, sign: Path | None, *arguments: str, **environ: str
) -> Generator[subprocess.Popen[str]]:
    """A command, at once or at the moment when this file is there."""
    with subprocess.Popen(
        [sys.executable, "-m", "billproof", *arguments],
        cwd=folder,
        env={**os.environ, MARK: str(folder), **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            if sign:
                becomes(lambda: sign.exists() or process.poll() is not None, bool, within=60)
                assert sign.exists(), f"exit code {process.poll()}"
            yield process
        finally:
            process.kill()


def gone(folder: Path) -> list[str]:
    """What is left of the marked processes, after a moment for orphans to end."""
    return becomes(lambda: marked(str(folder)), lambda left: not left, within=20)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_start_leaves_nothing_behind(number: signal.Signals, tmp_path: Path) -> None:
    """While the backend is still starting."""
    with verifying(tmp_path, "--cmd", NEVER_READY) as process:
        assert any("sleep 600" in line for line in marked(str(tmp_path)))
        process.send_signal(number)
        printed, complained = process.communicate(timeout=30)

    assert process.returncode == 130, complained
    assert (printed, complained) == ("", "Interrupted; nothing was left running.\n")
    assert marked(str(tmp_path)) == []


def test_an_interrupted_run_leaves_nothing_behind(tmp_path: Path, tiny_command: str) -> None:
    """While trials wait for answers: pytest, its workers, the backend and the sandbox end."""
    command = ("--cmd", tiny_command, "--only", "AUT-*", "-n", "2")
    with verifying(tmp_path, *command, TINY="hangs") as process:
        assert sum("pytest" in line for line in marked(str(tmp_path))) >= 2
        process.send_signal(signal.SIGINT)
        _, complained = process.communicate(timeout=30)

    assert process.returncode == 130, complained
    assert complained == "Interrupted; nothing was left running.\n"
    assert marked(str(tmp_path)) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_keeps_what_it_saw(
    number: signal.Signals, tmp_path: Path, tiny_command: str
) -> None:
    """Somebody has seen enough, or CI cancels: the report tells all that was seen until then."""
    command = ("--cmd", tiny_command, "--only", "AUT-*", "-n", "1", "--no-needs", "--no-preflight")
    with running(tmp_path, None, "verify", *command, TMPDIR=str(tmp_path)) as process:
        assert becomes(lambda: _written(tmp_path), bool, within=60)
        process.send_signal(number)
        printed, complained = process.communicate(timeout=60)

    assert (process.returncode, complained) == (130, "Interrupted; nothing was left running.\n")
    assert marked(str(tmp_path)) == []
    results = read_results(tmp_path / "billproof-report")
    seen = sum(bool(clause.tests) for clause in results.clauses)
    assert 0 < seen < len(results.clauses)
    not_run = Verdict.NOT_RUN
    assert all(clause.verdict is not_run for clause in results.clauses if not clause.tests)
    [fault] = results.summary.faults
    assert fault.reason == f"Interrupted: {seen} of {len(results.clauses)} clauses were looked at."
    assert fault.reason in printed
    assert (results.summary.exit_code, results.summary.conforms) == (3, None)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_clause_that_was_interrupted_has_not_passed(
    number: signal.Signals, tmp_path: Path
) -> None:
    """The trials of it that were over found nothing, and the others may have."""
    words = ("verify", "--only", "ENV-001", "--no-needs", "-n", "1")
    with running(tmp_path, None, *words, TMPDIR=str(tmp_path)) as process:
        assert becomes(lambda: _written(tmp_path), bool, within=60)
        process.send_signal(number)
        process.communicate(timeout=60)

    [clause] = read_results(tmp_path / "billproof-report").clauses
    assert (clause.verdict, clause.finding) == (Verdict.NOT_RUN, None)
    assert clause.tests


def test_a_repetition_that_was_interrupted_takes_nothing_back(tmp_path: Path) -> None:
    """What the first has seen whole has passed, however far the second came."""
    words = ("verify", "--only", "ENV-017", "--no-needs", "-n", "1", "--repeat", "2")
    with running(tmp_path, None, *words, TMPDIR=str(tmp_path)) as process:
        assert becomes(lambda: _written(tmp_path, "run-1"), bool, within=120)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)

    assert process.returncode == 130
    [clause] = read_results(tmp_path / "billproof-report").clauses
    assert clause.verdict is Verdict.PASS


def test_an_interrupted_run_of_pages_leaves_no_trace_behind(tmp_path: Path) -> None:
    """A browser writes down what it does until its trial is over; this one never is."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    words = ("verify", "--only", "APP-001", "--no-needs")
    with running(tmp_path, None, *words, TMPDIR=str(scratch)) as process:
        assert becomes(lambda: [*scratch.rglob("*.trace")], bool, within=60)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)

    assert process.returncode == 130
    assert [*scratch.glob("billproof-*"), *scratch.glob("playwright-tracing-*")] == []


def _written(folder: Path, repetition: str = "run-0") -> bool:
    """Whether a trial of the run that has its scratch there is over."""
    files = folder.glob(f"billproof-*/{repetition}/**/records.jsonl")
    return any(file.stat().st_size for file in files)


def test_a_killed_run_leaves_nothing_behind_either(tmp_path: Path, tiny_command: str) -> None:
    """SIGKILL cannot be caught: what was started ends because its owner is gone."""
    command = ("--cmd", tiny_command, "--only", "AUT-*", "-n", "2")
    with verifying(tmp_path, *command, TINY="hangs") as process:
        assert sum("pytest" in line for line in marked(str(tmp_path))) >= 2
        process.kill()

    assert gone(tmp_path) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_campaign_leaves_nothing_behind(
    number: signal.Signals, tmp_path: Path
) -> None:
    """While one mutant is proven and another waits; what was proven is kept."""
    slow, quick = "whk-035-logged-and-done", "ans-001-the-frameworks-404"
    words = ("mutants", "--only", f"{slow},{quick}", "-n", "2", "--results", "proofs.jsonl")
    with running(tmp_path, tmp_path / "proofs.jsonl", *words) as process:
        assert any("fork_server" in line for line in marked(str(tmp_path)))
        process.send_signal(number)
        process.communicate(timeout=30)

    assert gone(tmp_path) == []
    [kept] = (tmp_path / "proofs.jsonl").read_text().splitlines()
    assert f'"mutant":"{quick}","fate":"killed"' in kept
    assert '"trials":["tests/api/' in kept
