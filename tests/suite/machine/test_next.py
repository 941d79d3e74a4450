"""`billproof next`: how far up the ladder a backend is, and the first clause it does not meet."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from billproof.law import load_law
from billproof.trials.pace import pause
from billproof.verify.climb import climb
from billproof.verify.options import parse
from billproof.verify.progress import Silent

Billproof = Callable[..., subprocess.CompletedProcess[str]]
SELECTED = ("--only", "AUT-001", "--only", "AUT-004", "--only", "AUT-006", "-n", "1")
DEFECT = "aut-004-never-expires"
DEADLINE_SECONDS = 8.0
EMPTY = """
async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})

def create_app(environ):
    return app
"""


def test_at_the_top_nothing_is_left(billproof: Billproof) -> None:
    """And the exit code says so."""
    run = billproof("next", *SELECTED)

    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.splitlines()[-1] == "3 of 3 met; nothing is left."


def test_the_first_clause_that_is_not_met_is_shown(billproof: Billproof) -> None:
    """With its text, what was expected and got, and why it is there."""
    run = billproof("next", *SELECTED, "--mutant", DEFECT)

    assert run.returncode == 1, run.stdout + run.stderr
    assert run.stdout.splitlines()[-1] == "2 of 3 met, next: AUT-004"
    for part in ("AUT-004 fail  Init data is accepted", "expected:", "curl:", "why:"):
        assert part in run.stdout
    assert "AUT-006 " not in run.stdout


def test_the_ladder_begins_at_its_foot(billproof: Billproof, tmp_path: Path) -> None:
    """On an app that has nothing yet, the first step alone is tried."""
    (tmp_path / "empty.py").write_text(EMPTY)

    run = billproof("next", "--app", "empty:create_app", *SELECTED, "--json")

    assert run.returncode == 1, run.stdout + run.stderr
    document = json.loads(run.stdout)
    assert (document["met"], document["of"]) == (0, 3)
    assert document["next"]["id"] == "AUT-001"
    assert document["result"]["verdict"] == "fail"
    report = json.loads((tmp_path / "billproof-report" / "results.json").read_text())
    assert [clause["id"] for clause in report["clauses"]] == ["AUT-001"]


class Lingering(Silent):
    """Takes its time behind the first step."""

    def end(self) -> None:
        """Longer than all steps together may take."""
        pause(DEADLINE_SECONDS)


def test_all_steps_share_one_deadline(tmp_path: Path) -> None:
    """What one has taken the next one has no more."""
    options = parse({"only": ("AUT-001", "AUT-004"), "deadline_seconds": DEADLINE_SECONDS})
    folder = tmp_path / "report"

    found = climb(options.model_copy(update={"out": folder}), load_law(), Lingering())

    assert found.exit_code == 3
    assert "deadline of 8 s is over" in found.step[0].summary.faults[0].reason


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (("--only", "NOPE-001"), "NOPE-001"),
        (("http://127.0.0.1:9", "--cmd", "true"), "One target at a time"),
        (("--cmd", "true", "--database-url", "sqlite://"), "--database-url begins with"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    billproof: Billproof, asked: tuple[str, ...], reason: str
) -> None:
    """As `verify` does."""
    run = billproof("next", *asked)

    assert run.returncode == 2
    assert reason in run.stderr
