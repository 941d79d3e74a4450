"""A PostgreSQL server in a folder of its own, made for a while and for speed.

Our supervisor imports this, so it needs nothing but Python's own library.
"""

from __future__ import annotations

import ctypes
import locale
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

START_SECONDS = 60.0
STOP_SECONDS = 10.0
PR_SET_PDEATHSIG = 1
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "64MB",
    "min_wal_size": "2MB",
    "checkpoint_timeout": "1h",
    # DROP DATABASE looks through all of them.
    "shared_buffers": "32MB",
    # In the data's folder: another place would outlive a cluster that was killed.
    "dynamic_shared_memory_type": "mmap",
    "max_connections": "300",
    "max_prepared_transactions": "50",
    # The recycling vacuums what it has emptied; nobody else is to appear in a database.
    "autovacuum": "off",
    "jit": "off",
}


class StartError(Exception):
    """The cluster did not start; the message is its own reason."""


class Postmaster:
    """The server, from its making to the end of its data."""

    def __init__(self, folder: Path, binaries: Path) -> None:
        self.folder = folder
        self._data, self._log = folder / "data", folder / "log"
        self._binaries = binaries
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Make it and start it; StartError when it does not get ready."""
        locale_name = "C.UTF-8" if _has_locale("C.UTF-8") else "C"
        made = self._popen(
            *("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8"),
            *(f"--locale={locale_name}", "--no-sync", "--wal-segsize=1", "-D", str(self._data)),
        )
        if made.wait() != 0:
            raise StartError(self._last_words())
        settings = {**SETTINGS, "unix_socket_directories": str(self.folder)}
        options = [word for name in settings for word in ("-c", f"{name}={settings[name]}")]
        self._server = self._popen("postgres", "-D", str(self._data), *options)
        self._wait_until_ready(self._server)

    def _popen(self, program: str, *words: str) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen(
                (str(self._binaries / program), *words),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                # When we are killed, nobody else would end it.
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - this process has one thread
                env={**os.environ, "LC_ALL": "C", "LANGUAGE": ""},
                **unprivileged(),
            )

    def _wait_until_ready(self, server: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._is_ready():
            if server.poll() is not None or time.monotonic() > deadline:
                raise StartError(self._last_words())
            time.sleep(0.01)

    def _is_ready(self) -> bool:
        """The eighth line of its own file says so (`PM_STATUS_READY` in its miscinit.c)."""
        with suppress(FileNotFoundError):
            lines = (self._data / "postmaster.pid").read_text().splitlines()
            return lines[7:] != [] and lines[7].strip() == "ready"
        return False

    def _last_words(self) -> str:
        lines = self._log.read_text(errors="replace").strip().splitlines()
        told = [line for line in lines if "ERROR" in line or "FATAL" in line or "error:" in line]
        return (told or lines or ["it ended without a word"])[-1]

    def stop(self) -> None:
        """End it at once: its data is not wanted any more."""
        if self._server is not None:
            self._server.send_signal(signal.SIGQUIT)
            try:
                self._server.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._server.kill()
                self._server.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def unprivileged() -> dict[str, Any]:
    """Who runs the server when we are root, whom it refuses."""
    if os.geteuid() != 0:
        return {}
    names = {each.pw_name: each for each in pwd.getpwall()}
    user = names.get("postgres") or names["nobody"]
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _has_locale(name: str) -> bool:
    try:
        locale.setlocale(locale.LC_CTYPE, name)
    except locale.Error:
        return False
    return True


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)
