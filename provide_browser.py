"""Sees to it that the page trials find a browser, before a session needs it.

In this order: the one that `BILLPROOF_BROWSER` names, Playwright's own, the system's,
Debian's package. Standard output is the executable to use, blank for Playwright's own.
Without any: one line that says what to do, and exit code 3.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OWN = ("chrome-headless-shell", "headless_shell")
SYSTEM = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
PLAYWRIGHT = (sys.executable, "-m", "playwright", "install", "--only-shell", "chromium")
SILENCE_SECONDS = 20
APT_SECONDS = 240
ADVICE = (
    "no browser for the page trials: run `playwright install chromium`, install Debian's "
    "chromium-headless-shell, or set BILLPROOF_BROWSER to a Chromium."
)


@dataclass(frozen=True)
class Browser:
    """A browser that starts; no `executable` means Playwright's own."""

    executable: str = ""


@dataclass(frozen=True)
class Source:
    """Where browsers come from on this machine.

    `memory` is a file that is there once a download has failed: the next run does
    not wait for another failure while the system has a browser.
    """

    memory: Path
    may_install: bool

    def provide(self) -> Browser | None:
        """The first that starts, in the order of this module; None when there is none."""
        if named := os.environ.get("BILLPROOF_BROWSER"):
            return Browser(named) if starts(named) else None
        if starts_own():
            return Browser()
        if self.memory.exists() and (found := find_system()):
            return found
        if self._download():
            return Browser()
        return find_system() or self._install()

    def _download(self) -> bool:
        say("asking Playwright for its browser")
        if talks_until_done(PLAYWRIGHT) and starts_own():
            return True
        say("Playwright's browser is not to be had here")
        self.memory.parent.mkdir(parents=True, exist_ok=True)
        self.memory.touch()
        return False

    def _install(self) -> Browser | None:
        if not self.may_install or not shutil.which("apt-get"):
            return None
        say("installing Debian's chromium-headless-shell")
        quiet = ("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=60")
        run((*quiet, "update"), APT_SECONDS)
        run(
            (*quiet, "install", "-y", "--no-install-recommends", "chromium-headless-shell"),
            APT_SECONDS,
        )
        return find_system()


def find_system() -> Browser | None:
    """The first of the system's browsers that starts."""
    paths = (shutil.which(name) for name in SYSTEM)
    return next((Browser(path) for path in paths if path and starts(path)), None)


def starts_own() -> bool:
    """Whether Playwright's own is complete and its libraries are here."""
    return any(starts(str(path)) for path in own_executables())


def own_executables() -> Iterator[Path]:
    """Where the pinned Playwright keeps its headless browser, if it is there."""
    _, told = run((*PLAYWRIGHT, "--dry-run"), SILENCE_SECONDS)
    for line in told.splitlines():
        label, _, folder = line.strip().partition(":")
        if label == "Install location":
            yield from (path for name in OWN for path in Path(folder.strip()).rglob(name))


def starts(executable: str) -> bool:
    """Whether it says its version: a lacking library shows here, not in the middle of a run."""
    succeeded, _ = run((executable, "--version"), SILENCE_SECONDS)
    return succeeded


def run(command: tuple[str, ...], seconds: float) -> tuple[bool, str]:
    """Whether `command` succeeded within `seconds`, and what it wrote."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=False,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return False, ""
    return done.returncode == 0, done.stdout.decode(errors="replace")


def talks_until_done(command: tuple[str, ...], silence_seconds: float = SILENCE_SECONDS) -> bool:
    """Whether `command` succeeded without ever being silent for so long; else it is ended.

    A slow download shows progress and may go on; a network that swallows it does not.
    """
    # A group of its own: Playwright's download is a grandchild, and must end too.
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as process:
        try:
            while _hears(process, silence_seconds):
                pass
            return process.wait() == 0
        finally:
            _end(process)


def _hears(process: subprocess.Popen[bytes], silence_seconds: float) -> bool:
    watch = threading.Timer(silence_seconds, _end, [process])
    watch.start()
    try:
        return bool(process.stdout and os.read(process.stdout.fileno(), 65536))
    finally:
        watch.cancel()


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)


def say(text: str) -> None:
    """One line for whoever waits."""
    print(f"browser: {text}", file=sys.stderr)


def is_debian_root() -> bool:
    """Whether Debian's packages may be installed by us."""
    return Path("/etc/debian_version").exists() and os.geteuid() == 0


def main(memory: Path, *, may_install: bool) -> int:
    """Provide one, print it, and return the exit code."""
    browser = Source(memory, may_install).provide()
    if browser is None:
        say(ADVICE)
        return 3
    print(browser.executable)
    return 0


if __name__ == "__main__":
    sys.exit(
        main(Path(__file__).parent / ".nox" / "no-browser-download", may_install=is_debian_root())
    )
