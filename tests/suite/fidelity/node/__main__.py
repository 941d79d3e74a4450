"""Runs the flows of the official Node SDK: `python -m tests.suite.fidelity.node FOLDER`.

With no FOLDER it only says whether Node is here; exit code 3 when it is not.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.suite.fidelity.node.fetching import prepared
from tests.suite.sandbox.conftest import running

HERE = Path(__file__).parent
FILES = ("package.json", "package-lock.json", "sandbox.mjs", "flows.test.mjs")


def main(arguments: list[str]) -> int:
    """The exit code of the flows."""
    folder = Path(arguments[0]) if arguments else None
    code = prepared(folder, HERE, FILES)
    if code or folder is None:
        return code
    with running() as url:
        flows = ("node", "--test", "flows.test.mjs")
        told = {**os.environ, "SANDBOX_URL": url}
        return subprocess.run(flows, cwd=folder, env=told, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
