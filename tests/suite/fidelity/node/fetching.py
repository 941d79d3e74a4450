"""What programs in Node need, fetched by npm; each says so where there is no Node."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

OLDEST = 20
ADVICE = f"node: not to be had here: install Node {OLDEST} or newer, with npm."
CI = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
NOT_HERE, FAILED = 3, 1


def prepared(
    folder: Path | None, source: Path, files: Sequence[str], fetch: Sequence[str] = CI
) -> int:
    """Copy `files` of `source` into the folder and fetch what they need; an exit code.

    Without a folder it only says on standard output which Node is here.
    """
    found = version()
    if found is None or shutil.which("npm") is None:
        print(ADVICE, file=sys.stderr)  # noqa: T201 - a program's own words
        return NOT_HERE
    if folder is None:
        print(found)  # noqa: T201 - for the noxfile
        return 0
    for name in files:
        shutil.copy2(source / name, folder)
    if subprocess.run(fetch, cwd=folder, check=False).returncode != 0:
        print(f"node: failed: {' '.join(fetch)}", file=sys.stderr)  # noqa: T201 - the same
        return FAILED
    return 0


def version() -> int | None:
    """Node's major version, when it is not too old."""
    if shutil.which("node") is None:
        return None
    told = subprocess.run(("node", "--version"), capture_output=True, text=True, check=False)
    match = re.match(r"v(\d+)\.", told.stdout)
    return int(match[1]) if match and int(match[1]) >= OLDEST else None
