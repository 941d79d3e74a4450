"""Run one command in a process group of its own, and never leave any of it behind.

`python keeper.py GRACE_SECONDS COMMAND…`: it ends with the command's exit code. When
its stdin closes (its owner left, even by SIGKILL) or it gets SIGTERM, the whole group
gets SIGTERM and, after the grace, SIGKILL. A byte on stdin is the number of a signal for the
group: what a shell that it ended had started then ends in its own time, and its code counts;
not that of workers, which a server that ends in good order may have killed.
Run by path, on the standard library alone, because it starts before every backend.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

TICK_SECONDS = 0.01
OF_SIGTERM = 1 << (signal.SIGTERM - 1)
"""Its place among the signals of a process, as the system writes them down."""
PR_SET_CHILD_SUBREAPER = 36


class Child(Protocol):
    """What is kept: a Popen, or what a fork server has made."""

    pid: int

    def poll(self) -> int | None:
        """Its exit code, None while it runs."""

    def wait(self) -> int:
        """Its exit code, once it has ended."""


def adopt_orphans() -> None:
    """Grandchildren whose parent died become ours: in containers nobody else reaps them."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def reap(child: Child) -> None:
    """Collect what has ended, the child itself first: its exit code must reach its owner."""
    if child.poll() is None:
        return
    try:
        while os.waitpid(-child.pid, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return


def group_lives(group: int) -> bool:
    """Whether any process of the group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def end_group(child: Child, grace_seconds: float) -> None:
    """SIGTERM to all of the child's group, SIGKILL to what is left after the grace."""
    for wanted in (signal.SIGTERM, signal.SIGKILL):
        deadline = time.monotonic() + grace_seconds
        try:
            os.killpg(child.pid, wanted)
        except (ProcessLookupError, PermissionError):
            return
        while time.monotonic() < deadline:
            reap(child)
            if not group_lives(child.pid):
                return
            time.sleep(TICK_SECONDS)


def heirs_of(child: Child) -> set[int]:
    """Whose end is the child's own when that dies of SIGTERM, where the system tells.

    Those that it has started, and what those started that die of the signal as well: a shell's
    program, and no worker of a server, which catches the signal and ends its workers itself.
    """
    starters, mortal = {}, {child.pid}
    for path in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError):
            pid = int(path.parent.name)
            if os.getpgid(pid) == child.pid:
                told = dict(line.split(":", 1) for line in path.read_text().splitlines())
                starters[pid] = int(told["PPid"])
                if not (int(told["SigCgt"], 16) | int(told["SigIgn"], 16)) & OF_SIGTERM:
                    mortal.add(pid)

    def inherits(pid: int) -> bool:
        starter = starters.get(pid)
        return starter == child.pid or (starter in mortal and inherits(starter))

    return {pid for pid in starters if inherits(pid)}


def obey_owner(child: Child, heirs: set[int]) -> None:
    """Send the child's group the signals that the owner names; return when stdin is closed.

    Before each it is written down whose end will be the child's.
    """
    while wanted := os.read(0, 1):
        heirs |= heirs_of(child)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, wanted[0])


def announce(waited: Callable[[], object], *events: threading.Event) -> None:
    """Set the events once `waited` returns."""
    waited()
    for event in events:
        event.set()


def outlived(child: Child, owner_left: threading.Event, heirs: set[int]) -> int | None:
    """How the last heir of a child ended, which outlived it when it was asked to end.

    None when there was none, or when the owner leaves first.
    """
    status = None
    while group_lives(child.pid) and not owner_left.is_set():
        with contextlib.suppress(ChildProcessError):
            pid, raw = os.waitpid(-child.pid, os.WNOHANG)
            if pid in heirs:
                status = os.waitstatus_to_exitcode(raw)
            if pid:
                continue
        time.sleep(TICK_SECONDS)
    return status


def exit_code(status: int) -> int:
    """What a shell would say: 128 + n for a process that signal n ended."""
    return status if status >= 0 else 128 - status


def keep(start: Callable[[], Child], grace_seconds: float) -> int:
    """Start it, in a group of its own, until it ends or its owner leaves; its exit code."""
    adopt_orphans()
    leave, owner_left = threading.Event(), threading.Event()
    heirs: set[int] = set()

    def told(*_: object) -> None:
        owner_left.set()
        leave.set()

    # Before the child is there, or a signal in between would leave it behind. No SIG_IGN
    # for SIGINT: the child would inherit that.
    signal.signal(signal.SIGTERM, told)
    signal.signal(signal.SIGINT, lambda *_: None)
    child = start()
    for waits in ((lambda: obey_owner(child, heirs), owner_left, leave), (child.wait, leave)):
        threading.Thread(target=announce, args=waits, daemon=True).start()
    leave.wait()
    asked = child.poll() == -signal.SIGTERM
    status = outlived(child, owner_left, heirs) if asked else None
    end_group(child, grace_seconds)
    return exit_code(child.wait() if status is None else status)


def main(arguments: list[str]) -> int:
    """Run the command `arguments[1:]`."""
    grace_seconds, command = float(arguments[0]), arguments[1:]
    quiet = subprocess.DEVNULL
    return keep(
        lambda: subprocess.Popen(command, stdin=quiet, start_new_session=True), grace_seconds
    )


if __name__ == "__main__":
    # os._exit: a daemon thread still reads stdin, which a normal exit would wait for.
    os._exit(main(sys.argv[1:]))
