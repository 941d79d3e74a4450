"""What is left of a run: processes that have to do with its folder."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def processes(place: Path) -> list[str]:
    """Who has to do with a folder: a server and its children, a run and its workers."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command = (each / "cmdline").read_text().replace("\0", " ")
            cwd = (each / "cwd").readlink()
            if str(place) in command or place in (cwd, *cwd.parents):
                found.append(command)
    return found


def is_gone(place: Path) -> bool:
    """Whether neither a file nor a process is left."""
    return not place.exists() and not processes(place)
