"""No process of a group outlives its owner."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from billproof.targets.program import kept

# A child that ignores SIGTERM, a grandchild, and a word when both are there.
STUBBORN = "trap '' TERM; sleep 60 & echo $! > grandchild; echo $$ > child; echo up; wait; wait"
POLITE = "sleep 60 & echo $! > grandchild; echo $$ > child; echo up; wait"


@contextmanager
def running(command: str, folder: Path, grace: float) -> Generator[subprocess.Popen[str]]:
    """The command under a keeper, once it has said that it is up."""
    with subprocess.Popen(
        kept(["/bin/sh", "-c", command], grace),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=folder,
        text=True,
        start_new_session=True,
    ) as keeper:
        assert keeper.stdout is not None
        assert keeper.stdout.readline() == "up\n"
        yield keeper


def lives(pid: int) -> bool:
    """Whether a process of this id runs (a zombie does not)."""
    try:
        os.kill(pid, 0)
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False


def leave(keeper: subprocess.Popen[str]) -> None:
    """What happens when the owner ends in any way: the pipe closes."""
    assert keeper.stdin is not None
    keeper.stdin.close()


def terminate(keeper: subprocess.Popen[str]) -> None:
    """SIGTERM to the keeper itself."""
    keeper.send_signal(signal.SIGTERM)


@pytest.mark.parametrize("end", [leave, terminate])
@pytest.mark.parametrize(("command", "grace"), [(POLITE, 5.0), (STUBBORN, 0.2)])
def test_the_whole_group_ends(
    command: str, grace: float, end: Callable[[subprocess.Popen[str]], None], tmp_path: Path
) -> None:
    """The child and what it started, whether they obey SIGTERM or not."""
    with running(command, tmp_path, grace) as keeper:
        pids = [int((tmp_path / name).read_text()) for name in ("child", "grandchild")]
        alive = [lives(pid) for pid in pids]
        end(keeper)
        keeper.wait(10)

    assert alive == [True, True]
    assert [lives(pid) for pid in pids] == [False, False]


def test_what_a_command_leaves_behind_ends_with_it(tmp_path: Path) -> None:
    """A start script that goes away takes its server along."""
    with running("sleep 60 & echo $! > grandchild; echo up", tmp_path, 5) as keeper:
        keeper.wait(10)

    assert not lives(int((tmp_path / "grandchild").read_text()))


@pytest.mark.parametrize(("command", "code"), [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", 137)])
def test_the_exit_code_is_the_commands(command: str, code: int) -> None:
    """As a shell would say it, signals too."""
    with subprocess.Popen(kept(["/bin/sh", "-c", command]), stdin=subprocess.PIPE) as keeper:
        assert keeper.wait(10) == code


def test_a_signal_is_passed_on_to_the_group(tmp_path: Path) -> None:
    """Its number is a byte on stdin; the keeper ends with what the command made of it."""
    for wanted in (signal.SIGTERM, signal.SIGKILL):
        with running(POLITE, tmp_path, grace=5) as keeper:
            grandchild = int((tmp_path / "grandchild").read_text())
            assert keeper.stdin is not None
            keeper.stdin.write(chr(wanted))
            keeper.stdin.flush()

            assert keeper.wait(10) == 128 + wanted
            assert not lives(grandchild)


def test_what_a_shell_started_ends_in_its_own_time() -> None:
    """A shell that does not replace itself ends at once; the code is the program's."""
    program = "trap 'sleep 1; echo answered; exit 3' TERM; echo up; while :; do sleep 0.05; done"
    with running(f'sh -c "{program}"; true', Path.cwd(), grace=0.1) as keeper:
        assert keeper.stdin is not None
        keeper.stdin.write(chr(signal.SIGTERM))
        keeper.stdin.flush()

        assert keeper.wait(10) == 3
        assert keeper.stdout is not None
        assert keeper.stdout.read() == "answered\n"


SLOW = "trap 'sleep {seconds}; {end}' TERM; {before}; while :; do sleep 0.05; done"
"""A program that takes its time to end."""


@pytest.mark.parametrize(("end", "code"), [("exit 0", 0), ("exit 3", 3), ("kill -9 $$", 137)])
def test_workers_that_outlive_their_server_do_not_count(
    end: str, code: int, tmp_path: Path
) -> None:
    """As gunicorn's do, which it kills when they are busy for too long, and does not wait for."""
    (tmp_path / "worker").write_text(SLOW.format(seconds=1, end="exit 5", before="echo up"))
    (tmp_path / "server").write_text(SLOW.format(seconds=0.3, end=end, before="sh worker & true"))

    assert told_to_end("sh server; true", tmp_path) == code


def test_a_shell_within_a_shell_does_not_count_either(tmp_path: Path) -> None:
    """A script that starts a script: both end of the signal, and the server in its own time."""
    (tmp_path / "server").write_text(SLOW.format(seconds=0.3, end="exit 3", before="echo up"))
    (tmp_path / "script").write_text("sh server; true")

    assert told_to_end("sh script; true", tmp_path) == 3


def told_to_end(command: str, folder: Path) -> int:
    """The exit code of a command whose owner sends its group SIGTERM."""
    with running(command, folder, grace=0.1) as keeper:
        assert keeper.stdin is not None
        keeper.stdin.write(chr(signal.SIGTERM))
        keeper.stdin.flush()
        return keeper.wait(10)
