"""Killed with SIGKILL between any two steps of a webhook, it converges after redelivery."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_no_moment_to_be_killed_at_loses_an_event(database_url: str) -> None:
    """Each moment in turn; before the effect the repeat has it, after it the repeat is one."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.reference.killing", database_url],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [json.loads(line) for line in told.stdout.splitlines()]

    assert [line["steps"] for line in lines] == [*range(len(lines))]
    assert {(line["status"], line["known"]) for line in lines} == {(200, "past_due")}
    # It was killed on both sides of the commit, and the last one was not killed at all.
    outcomes = [line["outcome"] for line in lines]
    assert outcomes == sorted(outcomes, reverse=True)
    assert outcomes.count("processed") > 10
    assert outcomes.count("duplicate") > 3
