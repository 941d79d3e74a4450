"""A program that a fork server starts is the same as one that starts by itself."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from billproof.targets.forked import Forked
from billproof.targets.program import Process, Program, part, python, start
from billproof.verify.fork_servers import HOSTS, ForkServer, possible

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

TELLS = """
import json, os, socket, sys, time
loaded = [name for name in ("sqlalchemy", "reference_impl", "tells") if name in sys.modules]
print(json.dumps({
    "argv": sys.argv[1:], "cwd": os.getcwd(), "environ": dict(os.environ), "path": sys.path,
    "loaded": loaded, "name": __name__, "said": sys.stdin.readline(),
    "fds": len(os.listdir("/proc/self/fd")), "group": os.getpgid(0) == os.getpid(),
    "hour": time.localtime(0).tm_hour,
}))
print("to the log", file=sys.stderr)
sys.exit(7)
"""

pytestmark = pytest.mark.skipif(not possible(Path("fork")), reason="nothing can be forked here")


@pytest.fixture(scope="module")
def forking() -> Generator[Path]:
    """The socket of a fork server that has the libraries of the reference."""
    # pytest's own folders are too deep for a socket's path.
    with (
        tempfile.TemporaryDirectory() as folder,
        ForkServer(Path(folder), os.environ, *HOSTS) as server,
    ):
        server.wait_ready()
        yield server.socket


@pytest.fixture(params=["forked", "alone"])
def server(request: pytest.FixtureRequest, forking: Path) -> Path | None:
    """Both ways to start."""
    return forking if request.param == "forked" else None


@pytest.fixture
def log(tmp_path: Path) -> Generator[int]:
    """A file descriptor of the log."""
    with (tmp_path / "log").open("wb") as file:
        yield file.fileno()


def environ_of(folder: Path, **values: str) -> dict[str, str]:
    """Little more than where the modules are."""
    return {"PYTHONPATH": f"{folder}{os.pathsep}{os.pathsep.join(sys.path)}", **values}


def program(folder: Path, text: str, log: int, **values: str) -> Program:
    """The text as a module of `folder`, with an answer on stdout."""
    (folder / "tells.py").write_text(text)
    argv = python("tells", "--one", "two words")
    return Program(argv, environ_of(folder, **values), folder, log, answers=True)


@contextmanager
def started(program: Program, server: Path | None = None) -> Generator[Process]:
    """The program, for as long as the context lasts."""
    process = start(program, server)
    try:
        yield process
    finally:
        part(process, 10)
        if process.stdout:
            process.stdout.close()


def answer_of(process: Process, said: bytes = b"hello\n") -> Mapping[str, object]:
    """What it prints once it has been spoken to."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(said)
    process.stdin.close()
    with process.stdout as pipe:
        told: dict[str, object] = json.loads(pipe.read())
    return told


SEEN_WHEN_IT_LISTENS = """
import os, socket, sys
from billproof.targets.fork_server import serve

class Watched(socket.socket):
    def listen(self, *number):
        print(os.path.exists(sys.argv[1]))
        super().listen(*number)

socket.socket = Watched
serve(sys.argv[1])
print(os.path.exists(sys.argv[1]))
"""


def test_it_is_seen_once_it_listens() -> None:
    """Whoever comes between would be refused, and start his process by himself."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-c", SEEN_WHEN_IT_LISTENS, str(Path(folder) / "fork")],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
        )

    assert done.stdout.split() == ["False", "True"]


def test_it_has_what_it_was_given_and_nothing_else(
    server: Path | None, tmp_path: Path, log: int
) -> None:
    """Arguments, environment, folder, import path, pipes, log and exit code."""
    with started(program(tmp_path, TELLS, log, TZ="XXX-5"), server) as process:
        told = answer_of(process)

    assert isinstance(process, Forked if server else subprocess.Popen)
    assert process.returncode == 7
    assert told["argv"] == ["--one", "two words"]
    assert (told["cwd"], told["name"], told["said"]) == (str(tmp_path), "__main__", "hello\n")
    environ = told["environ"]
    assert isinstance(environ, dict)
    assert {**environ_of(tmp_path, TZ="XXX-5"), "LC_CTYPE": "C.UTF-8"} == {
        **environ,
        "LC_CTYPE": "C.UTF-8",
    }
    assert isinstance(told["path"], list)
    assert told["path"][0] == str(tmp_path)
    assert (told["group"], told["hour"]) == (True, 5)
    assert told["fds"] == 4  # the three, and the folder that is being listed
    assert (tmp_path / "log").read_text() == "to the log\n"


def test_libraries_are_there_and_what_is_judged_is_not(
    forking: Path, tmp_path: Path, log: int
) -> None:
    """A host must load the app anew, for it may be a mutant's."""
    telling = program(tmp_path, TELLS, log)
    with started(telling, forking) as one, started(telling) as other:
        forked, alone = answer_of(one), answer_of(other)

    assert (forked["loaded"], alone["loaded"]) == (["sqlalchemy"], [])


def test_a_file_descriptor_keeps_its_number(server: Path | None, tmp_path: Path, log: int) -> None:
    """A listening socket is passed on by its number."""
    text = "import socket, sys\nprint(socket.socket(fileno=int(sys.argv[1])).getsockname()[1])"
    (tmp_path / "listens.py").write_text(text)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        number = listener.fileno()
        argv = python("listens", str(number))
        passing = Program(argv, environ_of(tmp_path), tmp_path, log, answers=True, passed=(number,))
        with started(passing, server) as process:
            assert answer_of(process, b"") == listener.getsockname()[1]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("pass", 0),
        ("import sys; sys.exit('a last word')", 1),
        ("raise ValueError('unseen')", 1),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL),
        ("import atexit, os; atexit.register(os._exit, 9)", 9),
    ],
)
def test_its_end_is_told_as_it_was(
    text: str, code: int, server: Path | None, tmp_path: Path, log: int
) -> None:
    """By whichever way it leaves."""
    with started(program(tmp_path, text, log), server) as process:
        pass

    assert process.returncode == code


STAYS = "import sys, time\nprint('up', file=sys.stderr, flush=True)\ntime.sleep(60)"


def test_who_does_not_go_is_killed(server: Path | None, tmp_path: Path, log: int) -> None:
    """Its stdin is closed, it does not care."""
    with started(program(tmp_path, STAYS, log), server) as process:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0)
        part(process, 0.1)

    assert process.returncode == -signal.SIGKILL


CHILDREN = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    open("grandchild", "w").write(str(os.getpid()))
    os.write(2, b"up")
time.sleep(60)
"""


@pytest.mark.parametrize("kill", [False, True])
def test_under_a_keeper_the_whole_group_ends(
    kill: bool,  # noqa: FBT001 - a parameter of pytest
    server: Path | None,
    tmp_path: Path,
    log: int,
) -> None:
    """When its owner leaves, or says so; SIGTERM may be ignored."""
    (tmp_path / "tells.py").write_text(CHILDREN)
    stubborn = Program(python("tells"), environ_of(tmp_path), tmp_path, log, grace_seconds=0.2)
    with started(stubborn, server) as process:
        while (tmp_path / "log").read_text() != "up":
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(0.01)
        grandchild = int((tmp_path / "grandchild").read_text())
        assert process.stdin is not None
        if kill:
            process.stdin.write(bytes([signal.SIGKILL]))
            process.wait(10)

    assert process.returncode == 128 + signal.SIGKILL
    assert not Path(f"/proc/{grandchild}").exists()


def test_without_a_server_it_starts_by_itself(tmp_path: Path, log: int) -> None:
    """Not ready yet, or gone: only a matter of time."""
    with tempfile.TemporaryDirectory() as folder:
        gone = Path(folder) / "gone"
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(gone))
        for place in (gone, Path(folder) / "never"):
            with started(program(tmp_path, TELLS, log), place) as process:
                assert isinstance(process, subprocess.Popen)
                assert answer_of(process)["said"] == "hello\n"


def test_a_library_that_starts_a_thread_is_not_forked(tmp_path: Path) -> None:
    """What such a thread holds nobody would ever give back."""
    text = "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()"
    (tmp_path / "threads.py").write_text(text)
    ambient = {**os.environ, "PYTHONPATH": str(tmp_path)}
    with (
        tempfile.TemporaryDirectory() as folder,
        ForkServer(Path(folder), ambient, "threads") as server,
    ):
        server.wait_ready()
        assert not server.socket.exists()
