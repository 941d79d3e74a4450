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
import subprocess
import sys
from pathlib import Path

from tests.suite.fidelity.node.fetching import CI, prepared

HERE = Path(__file__).parent
FILES = ("package.json", "package-lock.json")
HELD = ("test_official_script.py", "test_plain_browser.py", "test_transport.py")
"""What looks at them; all else here is tried without them, by the suite's own session."""
# The copy of Telegram's script comes with bindings for React, which nobody loads here.
FETCH = (*CI, "--legacy-peer-deps")


def main(arguments: list[str]) -> int:
    """The exit code of the tests."""
    folder = Path(arguments[0]).resolve() if arguments else None
    code = prepared(folder, HERE, FILES, FETCH)
    if code or folder is None:
        return code
    told = {**os.environ, "TELEGRAM_SDKS": str(folder / "node_modules")}
    tests = (str(HERE / name) for name in HELD)
    command = (*arguments[1:], "-p", "xdist", "-n", "auto", "--dist", "worksteal", *tests)
    return subprocess.run(command, env=told, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
