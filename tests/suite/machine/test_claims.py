"""A backend claims a version of the contract: what came later is told, and not scored."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.suite.house.tree import ROOT

LATER = """
  - id: SUB-999
    level: MUST
    capability: core
    since: "1.1"
    text: A subscription is answered in verse.
    why: Prose is read by nobody.
    hint: Write it in verse.
"""
"""No trial judges it: where it is scored, the run says so."""
NOTE = "Not scored, for contract 1.0 is claimed: SUB-999."
Judged = tuple[subprocess.CompletedProcess[str], dict[str, Any]]
Judge = Callable[..., Judged]


@pytest.fixture(scope="module")
def later_suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The suite of a day to come, whose contract has a clause more."""
    root = tmp_path_factory.mktemp("suite")
    for name in ("src/billproof", "contracts"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("openapi.yaml", "pytest.ini", "fixtures", "reference_impl", "tests"):
        (root / name).symlink_to(ROOT / name)
    with (root / "contracts/clauses/sub.yaml").open("a", encoding="utf-8") as file:
        file.write(LATER)
    return root


@pytest.fixture
def judge(billproof: Callable[..., Any], later_suite: Path, tmp_path: Path) -> Judge:
    """Judge the reference by the later suite, with these settings."""

    def run(settings: str, *words: str) -> Judged:
        (tmp_path / "billproof.toml").write_text(settings)
        path = os.pathsep.join([str(later_suite / "src"), str(later_suite)])
        named = ("--only", "SUB-001,SUB-999", "-n", "1")
        done = billproof(*(words or ("verify", "--no-needs")), *named, PYTHONPATH=path)
        file = tmp_path / "billproof-report/results.json"
        return done, json.loads(file.read_text()) if file.exists() else {}

    return run


def verdicts(results: dict[str, Any]) -> dict[str, str]:
    """By clause."""
    return {clause["id"]: clause["verdict"] for clause in results["clauses"]}


@pytest.mark.parametrize("settings", ["", 'contract = "1.1"'])
def test_without_an_older_claim_it_is_scored(judge: Judge, settings: str) -> None:
    """The positive control: nobody has judged the later clause, which is red."""
    run, results = judge(settings)

    assert run.returncode == 5, run.stdout + run.stderr
    assert verdicts(results) == {"SUB-001": "pass", "SUB-999": "not-run"}
    assert "Not scored" not in run.stdout


def test_what_came_later_is_told_and_not_scored(judge: Judge, tmp_path: Path) -> None:
    """In text and in every report, and the exit code is that of the rest."""
    run, results = judge('contract = "1.0"')

    assert run.returncode == 0, run.stdout + run.stderr
    assert verdicts(results) == {"SUB-001": "pass", "SUB-999": "not-scored"}
    assert results["target"]["contract"] == "1.0"
    assert NOTE in run.stdout
    for name in ("report.html", "summary.md"):
        assert NOTE in (tmp_path / "billproof-report" / name).read_text()


def test_the_ladder_is_of_what_is_scored(judge: Judge) -> None:
    """A later clause is no step of it."""
    run, _ = judge('contract = "1.0"', "next")

    assert run.returncode == 0, run.stdout + run.stderr
    assert "nothing is left" in run.stdout
    assert "SUB-999" not in run.stdout


def test_a_version_that_there_never_was_is_refused(judge: Judge) -> None:
    """With those that there are, before anything runs."""
    run, results = judge('contract = "1.7"')

    assert (run.returncode, results) == (2, {})
    assert "no version '1.7' of the contract" in run.stderr
    assert "Known are: 1.0, 1.1." in run.stderr
