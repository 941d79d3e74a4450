"""Holds the double of Telegram against what pages use: `python -m tests.suite.telegram FOLDER`.

Those are Telegram's own script and two public SDKs, fetched by npm and never kept here:

- https://telegram.org/js/telegram-web-app.js, as @twa-dev/sdk copies it (`src/`, for Bot API 8.0;
  that package is under MIT, Telegram says nothing of its script's licence);
- @telegram-apps/sdk and @tma.js/sdk, both under MIT, in their builds for a plain <script>.

With no FOLDER it only says whether Node is here; exit code 3 when it is not.
What follows FOLDER is how pytest is started.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.suite.fidelity.node.__main__ import ADVICE, CI, NOT_HERE, version

HERE = Path(__file__).parent
FILES = ("package.json", "package-lock.json")
# The copy of Telegram's script comes with bindings for React, which nobody loads here.
FETCH = (*CI, "--legacy-peer-deps")


def main(arguments: list[str]) -> int:
    """The exit code of the tests."""
    found = version()
    if found is None or shutil.which("npm") is None:
        print(ADVICE, file=sys.stderr)  # noqa: T201 - a program's own words
        return NOT_HERE
    if not arguments:
        print(found)  # noqa: T201 - for the noxfile
        return 0
    folder, pytest = Path(arguments[0]).resolve(), arguments[1:]
    for name in FILES:
        shutil.copy2(HERE / name, folder)
    if subprocess.run(FETCH, cwd=folder, check=False).returncode != 0:
        print(f"node: failed: {' '.join(FETCH)}", file=sys.stderr)  # noqa: T201 - the same
        return 1
    told = {**os.environ, "TELEGRAM_SDKS": str(folder / "node_modules")}
    return subprocess.run((*pytest, str(HERE)), env=told, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
