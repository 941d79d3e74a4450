"""CI runs what `./nox -s tests` and `./nox -s verify` run."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import yaml

from tests.suite.house.tree import ROOT

APART = {"lock", "tests", "ui"}
"""Sessions that CI has no use for: one writes, one is all the others, one is a part of verify."""


def sessions(*options: str) -> set[str]:
    """The names that nox lists."""
    command = (sys.executable, "-m", "nox", "--list", "--json", *options)
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    return {entry["session"] for entry in json.loads(listed)}


def test_every_session_that_judges_is_asked_for() -> None:
    """A new session is in CI unless it is listed here."""
    assert sessions("--tags", "ci") == sessions() - APART


def test_the_workflow_asks_nox_for_them() -> None:
    """No list of sessions stands in the workflow itself."""
    workflow: dict[str, Any] = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())

    asked = str(workflow["jobs"]["sessions"]["steps"])
    matrix = workflow["jobs"]["session"]["strategy"]["matrix"]
    assert "./nox --list --json --tags ci" in asked
    assert matrix["session"] == "${{ fromJSON(needs.sessions.outputs.names) }}"
