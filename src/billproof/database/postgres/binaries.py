"""Where the programs of PostgreSQL are on this machine."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from billproof.errors import UsageError

NEEDED = ("initdb", "postgres")
DEBIAN = Path("/usr/lib/postgresql")


def find_binaries(debian: Path = DEBIAN) -> Path:
    """The folder of initdb and postgres: PATH's, pg_config's, or Debian's newest.

    UsageError when there is none.
    """
    for folder in (*_on_path(), *_of_pg_config(), *_of_debian(debian)):
        if all(shutil.which(name, path=str(folder)) for name in NEEDED):
            return folder
    raise UsageError(
        "There is no PostgreSQL on this machine to start one of our own.",
        "Run `apt-get install postgresql`, or name a server: a URL with its host.",
    )


def _on_path() -> Iterator[Path]:
    if found := shutil.which("postgres"):
        # It may be a link; initdb looks for its neighbours beside the file itself.
        yield Path(found).resolve().parent


def _of_pg_config() -> Iterator[Path]:
    if found := shutil.which("pg_config"):
        told = subprocess.run([found, "--bindir"], capture_output=True, text=True, check=False)
        yield Path(told.stdout.strip())


def _of_debian(root: Path) -> list[Path]:
    return sorted(root.glob("*/bin"), key=_version, reverse=True)


def _version(folder: Path) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", folder.parent.name)]
