"""Servers that answer everything alike: no clause may pass on them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from billproof.mutants.shares import SHARE_VARIABLE, WHOLE, folded, share_of
from tests.suite.proof.conftest import NULL_SERVER, served

SHARE = os.environ.get(SHARE_VARIABLE, WHOLE)
ANSWERS = share_of(["404", "405", "400", "500", "200"], folded(SHARE, 3))
"""All of them, or those whose turn it is."""


def verify(*arguments: str, out: Path) -> subprocess.CompletedProcess[str]:
    """Run `billproof verify` as a user would."""
    command = [sys.executable, "-m", "billproof", "verify", *arguments, "--out", str(out)]
    return subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)


@pytest.mark.parametrize("answer", ANSWERS)
def test_nothing_passes_on_a_null_server(
    answer: str, sandbox_url: str, env_file: Path, tmp_path: Path
) -> None:
    """With preflight and `needs` off, every clause is tried and none passes."""
    with served(str(NULL_SERVER), answer) as origin:
        run = verify(
            *(origin, "--sandbox", sandbox_url, "--env-file", str(env_file)),
            *("--no-preflight", "--no-needs"),
            out=tmp_path / "report",
        )

    results = json.loads((tmp_path / "report" / "results.json").read_text())
    passed = [one["id"] for one in results["clauses"] if one["verdict"] == "pass"]
    tried = [one["id"] for one in results["clauses"] if one["verdict"] == "fail"]
    assert passed == [], run.stdout
    assert not [one["id"] for one in results["clauses"] if one["verdict"] == "error"], run.stdout
    assert len(tried) >= 40, run.stdout + run.stderr


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_null_server_is_told_in_one_line(
    answer: str, sandbox_url: str, env_file: Path, tmp_path: Path
) -> None:
    """With preflight on, one line says that this is not our API; exit code 3."""
    with served(str(NULL_SERVER), answer) as origin:
        run = verify(
            *(origin, "--sandbox", sandbox_url, "--env-file", str(env_file)),
            out=tmp_path / "report",
        )

    assert run.returncode == 3, run.stdout + run.stderr
    told = (run.stdout + run.stderr).strip()
    assert origin in told
    assert len(told.splitlines()) == 1
