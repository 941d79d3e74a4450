"""Sees to it that the tests of databases find PostgreSQL's programs, before a session needs them.

In this order: those that billproof itself finds, Debian's package. Standard output is their
folder. Without any: one line that says what to do, and exit code 3.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from billproof.database.postgres.binaries import DEBIAN, find_binaries
from billproof.errors import UsageError
from provide_browser import APT_SECONDS, is_debian_root, run

ADVICE = (
    "no PostgreSQL for the tests of databases: run `apt-get install postgresql`, or put the "
    "folder of initdb and postgres on PATH."
)


def provide(debian: Path, *, may_install: bool) -> Path | None:
    """The folder of its programs; None when there is none and none may be installed."""
    return _found(debian) or (_installed(debian) if may_install else None)


def _found(debian: Path) -> Path | None:
    try:
        return find_binaries(debian)
    except UsageError:
        return None


def _installed(debian: Path) -> Path | None:
    if not shutil.which("apt-get"):
        return None
    say("installing Debian's postgresql")
    quiet = ("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=60")
    run((*quiet, "update"), APT_SECONDS)
    run((*quiet, "install", "-y", "--no-install-recommends", "postgresql"), APT_SECONDS)
    return _found(debian)


def say(text: str) -> None:
    """One line for whoever waits."""
    print(f"postgresql: {text}", file=sys.stderr)


def main(debian: Path, *, may_install: bool) -> int:
    """Provide them, print where they are, and return the exit code."""
    folder = provide(debian, may_install=may_install)
    if folder is None:
        say(ADVICE)
        return 3
    print(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(DEBIAN, may_install=is_debian_root()))
