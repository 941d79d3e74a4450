"""The same backend gets the same verdicts: again, shuffled, in parallel, clause by clause."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from billproof.law import load_law
from billproof.mutants.shares import SHARE_VARIABLE, WHOLE, folded, share_of
from billproof.suite import suite_root
from tests.suite.proof.conftest import reference_at

if TYPE_CHECKING:
    from collections.abc import Generator

CLAUSES = [clause for clause in load_law().clauses if clause.capability != "ui"]
OBSERVABLE = [clause.id for clause in CLAUSES if not clause.needs_start]


@dataclass(frozen=True)
class Running:
    """A reference backend that keeps its database from run to run."""

    url: str
    sandbox: str
    folder: Path

    def verify(self, *arguments: str) -> dict[str, Any]:
        """Judge it by URL, from a folder whose billproof.toml says how fast it settles."""
        out = self.folder / "report"
        command = [sys.executable, "-m", "billproof", "verify", self.url]
        command += ["--sandbox", self.sandbox, "--env-file", str(self.folder / "backend.env")]
        run = subprocess.run(
            [*command, *arguments, "--out", str(out)],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert run.returncode in {0, 1}, run.stdout + run.stderr
        results: dict[str, Any] = json.loads((out / "results.json").read_text())
        return results


def verdicts(results: dict[str, Any]) -> dict[str, tuple[str, list[str], list[str]]]:
    """What must be stable: id, verdict, tests and checks."""
    rows = results["clauses"]
    return {row["id"]: (row["verdict"], row["tests"], row["checks"]) for row in rows}


@pytest.fixture(scope="module")
def running(sandbox_url: str, tmp_path_factory: pytest.TempPathFactory) -> Generator[Running]:
    """One reference backend for all tests of this module; nobody cleans it."""
    folder = tmp_path_factory.mktemp("dirty")
    (folder / "billproof.toml").write_text("settle_seconds = 0\n")
    with reference_at(folder, sandbox_url, suite_root()) as environ:
        yield Running(environ["PUBLIC_URL"], sandbox_url, folder)


KINDS = ["AUT-*,WIR-*", "CHK-*", "SUB-*", "WHK-*", "INV-*,DEV-*", "MET-*,POR-*,ANS-*"]
SHARE = os.environ.get(SHARE_VARIABLE, WHOLE)
WHAT = () if SHARE == WHOLE else ("--only", *share_of(KINDS, folded(SHARE, len(KINDS))))
"""All clauses, or those whose turn it is."""
ALONE = folded(SHARE if SHARE != WHOLE else "1/20", 20)


def test_a_second_run_on_the_same_dirty_backend_says_the_same(running: Running) -> None:
    """Every verdict, test and check, though users and order are new and one worker is gone."""
    first = verdicts(running.verify("--seed", "1", "-n", "2", *WHAT))
    second = verdicts(running.verify("--seed", "2", "-n", "1", "--shuffle", *WHAT))

    assert first == second
    assert {first[clause][0] for clause in OBSERVABLE if clause in first} == {"pass"}


# Every twentieth, others on another commit: 3 s a clause, and the mutants' runs have each alone.
@pytest.mark.parametrize("clause", share_of(OBSERVABLE, ALONE))
def test_a_clause_alone_gets_the_verdict_of_the_full_run(running: Running, clause: str) -> None:
    """`--only` runs what the clause needs and says the same of it."""
    results = running.verify("--only", clause, "-n", "1")

    assert verdicts(results)[clause][0] == "pass"
    assert results["summary"]["conforms"] is None
