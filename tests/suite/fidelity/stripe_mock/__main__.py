"""Holds the sandbox against stripe-mock: `python -m tests.suite.fidelity.stripe_mock FOLDER`.

With no FOLDER it only says where stripe-mock would come from; exit code 3 when from nowhere.
What follows FOLDER is how pytest is started.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.suite.fidelity.stripe_mock import providing

SAID_BY = ("tests/suite/sandbox", "tests/suite/fidelity")
MADE_UP = "--ignore=tests/suite/sandbox/test_fuzz.py"
"""What a fuzzer makes up needs no oracle: any refusal will do, so long as it is one."""
JUDGED_BY = "tests/suite/fidelity/stripe_mock"
NOT_HERE = 3


def main(arguments: list[str]) -> int:
    """The exit code of the first tests that fail."""
    found = providing.source()
    if found is None:
        providing.say(providing.ADVICE)
        return NOT_HERE
    if not arguments:
        print(found)  # noqa: T201 - for the noxfile
        return 0
    scratch, pytest = Path(arguments[0]).resolve(), arguments[1:]
    try:
        with providing.running(found, scratch) as url:
            return _record(scratch, pytest) or _judge(scratch, pytest, url)
    except subprocess.CalledProcessError as error:
        providing.say(f"failed, in words of its own: {' '.join(error.cmd)}")
        return 1


def _record(scratch: Path, pytest: list[str]) -> int:
    """Run the sandbox's own tests, and keep all that is said in them."""
    shutil.rmtree(scratch / "heard", ignore_errors=True)
    (scratch / "heard").mkdir(parents=True)
    said = {**os.environ, "SANDBOX_EXCHANGES": str(scratch / "heard")}
    command = (*pytest, "-q", "-p", "xdist", "-n", "auto", "--dist", "worksteal", MADE_UP, *SAID_BY)
    return subprocess.run(command, env=said, check=False).returncode


def _judge(scratch: Path, pytest: list[str], url: str) -> int:
    document = providing.document()
    if document is None:
        providing.say(providing.NO_DOCUMENT)
    given = {
        "SANDBOX_HEARD": str(scratch / "heard"),
        "STRIPE_MOCK_URL": url,
        "STRIPE_MOCK_DOCUMENT": str(document or ""),
    }
    return subprocess.run((*pytest, JUDGED_BY), env={**os.environ, **given}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
