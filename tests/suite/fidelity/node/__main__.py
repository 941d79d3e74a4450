"""Runs the flows of the official Node SDK: `python -m tests.suite.fidelity.node FOLDER`.

With no FOLDER it only says whether Node is here; exit code 3 when it is not.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.suite.sandbox.conftest import running

HERE = Path(__file__).parent
FILES = ("package.json", "package-lock.json", "sandbox.mjs", "flows.test.mjs")
OLDEST = 20
ADVICE = f"node: not to be had here: install Node {OLDEST} or newer, with npm."
CI = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
NOT_HERE = 3


def main(arguments: list[str]) -> int:
    """The exit code of the flows."""
    found = version()
    if found is None or shutil.which("npm") is None:
        print(ADVICE, file=sys.stderr)  # noqa: T201 - a program's own words
        return NOT_HERE
    if not arguments:
        print(found)  # noqa: T201 - for the noxfile
        return 0
    folder = Path(arguments[0])
    for name in FILES:
        shutil.copy2(HERE / name, folder)
    if subprocess.run(CI, cwd=folder, check=False).returncode != 0:
        print(f"node: failed: {' '.join(CI)}", file=sys.stderr)  # noqa: T201 - the same
        return 1
    with running() as url:
        flows = ("node", "--test", "flows.test.mjs")
        told = {**os.environ, "SANDBOX_URL": url}
        return subprocess.run(flows, cwd=folder, env=told, check=False).returncode


def version() -> int | None:
    """Node's major version, when it is not too old."""
    if shutil.which("node") is None:
        return None
    told = subprocess.run(("node", "--version"), capture_output=True, text=True, check=False)
    match = re.match(r"v(\d+)\.", told.stdout)
    return int(match[1]) if match and int(match[1]) >= OLDEST else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
