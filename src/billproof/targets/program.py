"""One program that we start: by itself, or by a fork server that has its libraries loaded."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from billproof.targets.fork_child import Order
from billproof.targets.forked import Forked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KEEPER = Path(__file__).with_name("keeper.py")
GRACE_SECONDS = 5.0
PYTHON = (sys.executable, "-P", "-m")
"""Python without the current folder on its path: a stray json.py there must not matter."""
LONGEST_PATH = 100
"""In bytes, of a socket: systems take a little more."""

Process = subprocess.Popen[bytes] | Forked


@dataclass(frozen=True)
class Program:
    """What is started, and with what."""

    argv: Sequence[str]
    environ: Mapping[str, str]
    cwd: Path
    log: int
    """File descriptor of its stderr, and of its stdout too unless that is for us."""
    answers: bool = False
    """Whether its stdout is a pipe to us."""
    passed: tuple[int, ...] = ()
    """Further file descriptors that it inherits."""
    grace_seconds: float | None = None
    """With a number it runs under a keeper, and its group ends with its owner."""


def python(module: str, *arguments: str) -> list[str]:
    """The command line of a module."""
    return [*PYTHON, module, *arguments]


def kept(argv: Sequence[str], grace_seconds: float = GRACE_SECONDS) -> list[str]:
    """The command line that runs `argv` under the keeper."""
    return [sys.executable, "-I", "-S", str(KEEPER), str(grace_seconds), *argv]


def start(program: Program, server: Path | None = None) -> Process:
    """Start it, by the fork server where there is one and it is a module of Python's."""
    if server is not None and tuple(program.argv[:3]) == PYTHON:
        try:
            return _forked(program, server)
        except (FileNotFoundError, ConnectionError):
            # Not ready yet, or gone: a start by itself only takes longer.
            pass
    argv, grace = program.argv, program.grace_seconds
    return subprocess.Popen(
        argv if grace is None else kept(argv, grace),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE if program.answers else program.log,
        stderr=program.log,
        env=program.environ,
        cwd=program.cwd,
        pass_fds=program.passed,
        start_new_session=True,
        bufsize=0,
    )


def part(process: Process, seconds: float) -> None:
    """Close its stdin, which ends it; after `seconds` it is killed."""
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _forked(program: Program, server: Path) -> Forked:
    order = Order(
        words=[*program.argv[3:]],
        environ=dict(program.environ),
        cwd=str(program.cwd.absolute()),
        numbers=[0, 1, 2, *program.passed],
        grace_seconds=program.grace_seconds,
    )
    return Forked(server, order, answers=program.answers, log=program.log)
