"""Servers that treat everything alike: no clause may pass on them, but for a reason."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from billproof.law import load_law
from billproof.mutants.shares import SHARE_VARIABLE, WHOLE, folded, share_of
from tests.suite.proof.conftest import NULL_SERVER, served

SHARE = os.environ.get(SHARE_VARIABLE, WHOLE)
QUICK = ("404", "405", "400", "401", "500", "200", "valid", "redirect", "reset", "garbage")
SLOW = ("hang", "endless")
"""Each clause waits for them as long as the contract has every caller wait."""
NONE_OF_OURS = [mode for mode in (*QUICK, *SLOW) if mode != "valid"]
"""Those in which not even a first look finds our API."""
PARTS, PARTS_SLOW = 8, 48
"""A whole run on one of them takes minutes, on a slow one an hour."""
CLAUSES = [clause.id for clause in load_law().clauses]


@dataclass(frozen=True)
class Case:
    """One kind of server, and the clauses that look at it."""

    mode: str
    clauses: tuple[str, ...]

    def __str__(self) -> str:
        """Its name in a report of tests."""
        return f"{self.mode}-{self.clauses[0]}"


def cases(modes: Sequence[str], parts: int) -> list[Case]:
    """All of them, or the one whose turn it is."""
    shares = [tuple(share_of(CLAUSES, f"{part}/{parts}")) for part in range(1, parts + 1)]
    found = [Case(mode, share) for share in shares for mode in modes]
    return share_of(found, folded(SHARE, len(found)))


CASES = cases(QUICK, PARTS) + cases(SLOW, PARTS_SLOW)
PASSES = yaml.safe_load((NULL_SERVER.parent / "passes.yaml").read_text(encoding="utf-8"))


def expected(case: Case) -> set[str]:
    """The clauses that pass there, each for a reason that is written down."""
    rows = [row for row in PASSES if case.mode in row["modes"]]
    named = {clause for row in rows for clause in row["clauses"]}
    return named.intersection(case.clauses)


def verify(*arguments: str, out: Path) -> subprocess.CompletedProcess[str]:
    """Run `billproof verify` as a user would."""
    command = [sys.executable, "-m", "billproof", "verify", *arguments, "--out", str(out)]
    return subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_nothing_passes_on_a_null_server_without_a_reason(
    case: Case, sandbox_url: str, env_file: Path, tmp_path: Path
) -> None:
    """With preflight and `needs` off, every clause is tried; what passes is exactly the list."""
    with served(str(NULL_SERVER), case.mode) as origin:
        run = verify(
            *(origin, "--sandbox", sandbox_url, "--env-file", str(env_file)),
            *("--no-preflight", "--no-needs"),
            *(word for clause in case.clauses for word in ("--only", clause)),
            out=tmp_path / "report",
        )

    results = json.loads((tmp_path / "report" / "results.json").read_text())
    verdicts = {one["id"]: one["verdict"] for one in results["clauses"]}
    assert {key for key, verdict in verdicts.items() if verdict == "pass"} == expected(case)
    faults = {"error", "not-testable", "not-run"}.intersection(verdicts.values())
    assert not faults, run.stdout + run.stderr
    tried = [verdict for verdict in verdicts.values() if verdict in {"fail", "warn"}]
    # The others need a backend that is started, or have no page to look at.
    assert len(tried) >= len(case.clauses) // 2, run.stdout + run.stderr


@pytest.mark.parametrize("mode", share_of(NONE_OF_OURS, folded(SHARE, 4)))
def test_a_null_server_is_told_in_one_line(
    mode: str, sandbox_url: str, env_file: Path, tmp_path: Path
) -> None:
    """With preflight on, one line says that this is not our API; exit code 3."""
    with served(str(NULL_SERVER), mode) as origin:
        run = verify(
            *(origin, "--sandbox", sandbox_url, "--env-file", str(env_file)),
            out=tmp_path / "report",
        )

    assert run.returncode == 3, run.stdout + run.stderr
    told = (run.stdout + run.stderr).strip()
    assert origin in told
    assert len(told.splitlines()) == 1


def test_every_pass_that_is_listed_has_a_clause_and_a_reason() -> None:
    """A list with what is gone would excuse what comes."""
    assert PASSES
    for row in PASSES:
        assert row.keys() == {"modes", "clauses", "reason"}
        assert {*row["modes"]} <= {*QUICK, *SLOW}
        assert {*row["clauses"]} <= {*CLAUSES}
        assert row["reason"].endswith(".")
