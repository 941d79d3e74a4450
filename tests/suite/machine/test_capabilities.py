"""What a backend declares in billproof.toml is held beside what it has, in each direction."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.suite.house.tree import ROOT

HERE = Path(__file__).parent
NOTE = "Not declared, but there: devices, which is not judged."
ALL_BUT_DEVICES = '["checkout", "invoices", "metrics", "portal", "ui", "webhooks"]'
WEBHOOKS = "/api/v1/billing/webhooks"
Judge = Callable[..., "tuple[subprocess.CompletedProcess[str], dict[str, Any]]"]


@pytest.fixture
def judge(billproof: Callable[..., Any], tmp_path: Path) -> Judge:
    """Judge one clause of core and one of devices, with devices as they are and as declared."""

    def run(devices: str, *, declared: bool) -> Any:
        settings = 'app = "partial_backend:create_app"\n'
        settings += "" if declared else f"capabilities = {ALL_BUT_DEVICES}\n"
        (tmp_path / "billproof.toml").write_text(settings)
        path = os.pathsep.join([str(HERE), str(ROOT)])
        only = ("--only", "SUB-001,DEV-001", "--no-needs", "-n", "1")
        done = billproof("verify", *only, PYTHONPATH=path, DEVICES=devices)
        results = json.loads((tmp_path / "billproof-report/results.json").read_text())
        return done, results

    return run


def verdicts(results: dict[str, Any]) -> dict[str, str]:
    """By clause."""
    return {clause["id"]: clause["verdict"] for clause in results["clauses"]}


def test_declared_and_there_is_judged(judge: Judge) -> None:
    """The positive control: nothing is noted."""
    run, results = judge("there", declared=True)

    assert run.returncode == 0, run.stdout + run.stderr
    assert verdicts(results) == {"DEV-001": "pass", "SUB-001": "pass"}
    assert (results["unclaimed"], NOTE in run.stdout) == ([], False)


def test_declared_and_absent_fails(judge: Judge) -> None:
    """Whoever claims it must have it."""
    run, results = judge("gone", declared=True)

    assert run.returncode == 1, run.stdout + run.stderr
    assert verdicts(results) == {"DEV-001": "fail", "SUB-001": "pass"}
    assert "DEV-001 fail" in run.stdout


def test_undeclared_and_refused_cleanly_does_not_apply(judge: Judge) -> None:
    """It was looked at: "not applicable" is earned."""
    run, results = judge("gone", declared=False)

    assert run.returncode == 0, run.stdout + run.stderr
    assert verdicts(results) == {"DEV-001": "not-applicable", "SUB-001": "pass"}
    assert (results["unclaimed"], NOTE in run.stdout) == ([], False)


def test_undeclared_and_broken_fails(judge: Judge) -> None:
    """Neither refused nor there: callers get a server's error."""
    run, results = judge("broken", declared=False)

    assert run.returncode == 1, run.stdout + run.stderr
    assert verdicts(results) == {"DEV-001": "fail", "SUB-001": "pass"}
    assert "of a capability that is not declared" in run.stdout


def test_what_counts_an_absent_part_does_not_apply(
    billproof: Callable[..., Any], tmp_path: Path
) -> None:
    """The counters are those of metrics, which are declared; what they count is not."""
    results = tried(billproof, tmp_path, "MET-001,MET-013,MET-014", ["checkout", "metrics"])

    assert verdicts(results) == {
        "MET-001": "pass",
        "MET-013": "not-applicable",
        "MET-014": "not-applicable",
    }


def test_nothing_is_asked_of_webhooks_that_are_not_declared(
    billproof: Callable[..., Any], tmp_path: Path
) -> None:
    """What can be seen only by them is not testable, and the rest is judged as ever."""
    only = "ANS-001,ANS-011,ANS-040,ENV-008"
    results = tried(billproof, tmp_path, only, [], PLACE=WEBHOOKS)

    assert verdicts(results) == {
        "ANS-001": "pass",
        **dict.fromkeys(("ANS-011", "ANS-040", "ENV-008"), "not-testable"),
    }


def tried(
    billproof: Callable[..., Any], folder: Path, only: str, declared: list[str], **changes: str
) -> dict[str, Any]:
    """These clauses on a backend that lacks a part, its devices by default."""
    settings = f'app = "partial_backend:create_app"\ncapabilities = {json.dumps(declared)}\n'
    (folder / "billproof.toml").write_text(settings)
    path = os.pathsep.join([str(HERE), str(ROOT)])
    billproof(
        *("verify", "--only", only, "--no-needs", "-n", "1"),
        **{"PYTHONPATH": path, "DEVICES": "gone", **changes},
    )
    results: dict[str, Any] = json.loads((folder / "billproof-report/results.json").read_text())
    return results


def test_undeclared_and_there_is_noted_everywhere(judge: Judge, tmp_path: Path) -> None:
    """In text and in every report, and the exit code is that of the rest."""
    run, results = judge("there", declared=False)

    assert run.returncode == 0, run.stdout + run.stderr
    assert verdicts(results) == {"DEV-001": "not-applicable", "SUB-001": "pass"}
    assert (results["unclaimed"], NOTE in run.stdout) == (["devices"], True)
    for name in ("report.html", "summary.md"):
        assert NOTE in (tmp_path / "billproof-report" / name).read_text()
    junit = (tmp_path / "billproof-report/junit.xml").read_text()
    assert '<property name="unclaimed" value="devices" />' in junit
    ctrf = json.loads((tmp_path / "billproof-report/ctrf.json").read_text())
    assert ctrf["results"]["extra"]["unclaimed"] == "devices"
