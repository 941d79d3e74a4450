"""CI runs what `./nox -s tests` and `./nox -s verify` run."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import yaml

from tests.suite.conftest import IN_A_FEW, IN_TURNS
from tests.suite.house.tree import ROOT

APART = {"bench", "lock", "self_mutation", "soak", "stripe_live", "tests", "ui"}
"""Sessions that CI has no use for: one measures, one writes, two take as long as one likes, one
needs a user's own key, one is all the others, one is a part of verify."""


def listed(*options: str) -> str:
    """What nox lists."""
    command = (sys.executable, "-m", "nox", "--list", *options)
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_every_session_that_judges_is_asked_for() -> None:
    """A new session is in CI unless it is listed here."""
    asked = {entry["session"] for entry in json.loads(listed("--json", "--tags", "ci"))}

    # Without tags, --json would name the default session alone.
    assert asked == set(re.findall(r"^[*-] (\w+)", listed(), re.MULTILINE)) - APART


def test_what_takes_turns_is_there() -> None:
    """A file that was renamed would take its time on every commit."""
    assert IN_TURNS
    assert IN_A_FEW
    assert [file for file in IN_TURNS | IN_A_FEW if not file.exists()] == []


def test_the_workflow_asks_nox_for_them() -> None:
    """No list of sessions stands in the workflow itself."""
    workflow: dict[str, Any] = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())

    asked = str(workflow["jobs"]["sessions"]["steps"])
    matrix = workflow["jobs"]["session"]["strategy"]["matrix"]
    assert "./nox --list --json --tags ci" in asked
    assert matrix["session"] == "${{ fromJSON(needs.sessions.outputs.names) }}"
