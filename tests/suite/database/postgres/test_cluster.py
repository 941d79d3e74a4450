"""A server of our own is there while anybody holds it, and leaves nothing."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from billproof.database.folders import RunFolder
from billproof.database.postgres.cluster import Hold
from billproof.database.postgres.server import Server
from billproof.database.postgres.supervisor import HOLDERS
from billproof.errors import UsageError
from tests.suite.database.remains import is_gone, processes
from tests.suite.database.waiting import wait_until

HOLDING = """
import sys
from pathlib import Path
from billproof.database.folders import RunFolder
from billproof.database.postgres.cluster import Hold
folder = RunFolder(Path(sys.argv[1]))
hold = Hold(folder)
print(hold.sockets, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder() -> Iterator[RunFolder]:
    """A run's folder."""
    made = RunFolder.of(uuid.uuid4().hex)
    yield made
    if made.path.exists():
        made.close()


def test_it_goes_with_the_last_that_lets_go(folder: RunFolder) -> None:
    """And not before; when `close` returns, nothing is left."""
    first, second = Hold(folder), Hold(folder)
    place = first.sockets
    shared = first.sockets == second.sockets

    first.close()
    still = processes(place)
    second.close()

    assert shared
    assert any("postgres" in each for each in still)
    assert is_gone(place)


def test_those_who_come_and_go_at_once_end_nothing(folder: RunFolder) -> None:
    """A process may be killed between two of its lines."""
    hold = Hold(folder)
    for _ in range(50):
        with socket.socket(socket.AF_UNIX) as brief:
            brief.connect(str(hold.sockets / HOLDERS))

    another = Hold(folder)

    assert another.sockets == hold.sockets
    another.close()
    hold.close()


def test_another_is_started_for_who_comes_later(folder: RunFolder) -> None:
    """In the same run."""
    first = Hold(folder)
    first.close()

    second = Hold(folder)

    assert second.sockets != first.sockets
    second.close()
    assert is_gone(second.sockets)


def test_it_goes_when_its_holder_is_killed(folder: RunFolder) -> None:
    """The one that started it, with another still there, and then that."""
    command = (sys.executable, "-c", HOLDING, str(folder.path))
    with (
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as first,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as second,
    ):
        assert first.stdout is not None
        assert second.stdout is not None
        place = Path(first.stdout.readline().decode().strip())
        assert place == Path(second.stdout.readline().decode().strip())
        first.kill()
        first.wait()
        held = Hold(folder)
        assert held.sockets == place
        held.close()
        second.kill()

    wait_until(lambda: is_gone(place))
    folder.close()
    wait_until(lambda: not folder.path.exists())


@pytest.mark.skipif(sys.platform != "linux", reason="the system has no parent-death signal")
def test_it_ends_when_its_supervisor_is_killed(folder: RunFolder) -> None:
    """Nobody else would end it."""
    hold = Hold(folder)

    os.kill(hold._process, signal.SIGKILL)

    wait_until(lambda: not processes(hold.sockets))
    hold.close()
    folder.close()
    wait_until(lambda: not hold.sockets.exists())


def test_what_is_kept_stays_until_somebody_ends_it(folder: RunFolder) -> None:
    """By the line that says how."""
    server = Server(make_url("postgresql+psycopg://"), folder)
    server.create(server.name("x"))
    url, removal = server.keep(server.name("x"), "label")
    place = Path(str(url.query["host"]))
    server.close()
    folder.close()
    kept = processes(place)

    found = re.search(r"`kill (\d+)`", removal)
    assert found
    os.kill(int(found[1]), signal.SIGTERM)

    assert kept
    wait_until(lambda: is_gone(place) and not folder.path.exists())


def test_one_that_cannot_live_in_the_runs_folder_leaves_nothing_either(tmp_path: Path) -> None:
    """Its name is too long for a socket; and should all be killed, the next run sweeps."""
    folder = RunFolder(tmp_path / ("long" * 20))
    hold = Hold(folder)
    place = hold.sockets

    os.kill(hold._process, signal.SIGKILL)
    wait_until(lambda: not processes(place))
    hold.close()
    left = place.exists()
    again = Hold(folder)
    again.close()
    folder.close()

    assert folder.path not in place.parents
    assert left
    assert is_gone(place)
    assert is_gone(again.sockets)


def test_without_programs_it_is_said_what_to_do(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one sentence."""

    def find() -> Path:
        raise UsageError("None here.", "Install it.")

    monkeypatch.setattr("billproof.database.postgres.cluster.find_binaries", find)

    with pytest.raises(UsageError, match="None here"):
        Hold(folder)


@pytest.mark.parametrize(
    ("initdb", "said"),
    [
        ("echo 'initdb: error: no room for it' >&2; exit 1", "no room for it"),
        ("mkdir -p $8", "FATAL: not today"),
    ],
)
def test_one_that_does_not_start_gives_its_reason(
    folder: RunFolder,
    monkeypatch: pytest.MonkeyPatch,
    initdb: str,
    said: str,
) -> None:
    """Its own last words, and nothing is left of it."""
    programs = folder.made("programs")
    for name, script in {"initdb": initdb, "postgres": "echo 'FATAL: not today'; exit 1"}.items():
        (programs / name).write_text(f"#!/bin/sh\n{script}\n")
        (programs / name).chmod(0o755)
    monkeypatch.setattr("billproof.database.postgres.cluster.find_binaries", lambda: programs)

    with pytest.raises(UsageError, match=f"did not start: .*{said}"):
        Hold(folder)

    wait_until(lambda: not list(folder.path.glob("billproof-cluster-*")))
