"""A command line loads what it needs, and no more: a shell waits for each import."""

from __future__ import annotations

import subprocess
import sys

import pytest

TRIED = """
import sys
from billproof.cli.entry import run
run([{words}])
print(*(name for name in sys.modules if name.startswith("billproof.cli.commands.")))
"""


def loaded(*words: str) -> set[str]:
    """The commands whose modules such a command line has loaded, in a process of its own."""
    code = TRIED.format(words=", ".join(map(repr, words)))
    run = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True
    )
    return {name.rpartition(".")[2] for name in run.stdout.splitlines()[-1].split()}


@pytest.mark.parametrize("command", ["sandbox", "sign", "doctor"])
def test_a_command_does_not_load_the_others(command: str) -> None:
    """The sandbox is up sooner without a browser's library."""
    assert loaded(command, "--help") == {command}


def test_what_is_no_command_is_looked_for_among_all() -> None:
    """A slip of the pen gets the list of them."""
    assert {"sandbox", "sign", "verify"} <= loaded("sandbx")
