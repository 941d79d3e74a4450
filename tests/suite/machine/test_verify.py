"""`billproof verify` as a user types it, on tiny backends: verdicts, report and exit code."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from billproof.verdicts import schema

Billproof = Callable[..., subprocess.CompletedProcess[str]]


def report(folder: Path) -> dict[str, Any]:
    """results.json of the run, once it satisfies its published schema."""
    document: dict[str, Any] = json.loads((folder / "billproof-report/results.json").read_text())
    Draft202012Validator(json.loads(schema.PATH.read_text())).validate(document)
    return document


def test_a_backend_that_fails_is_judged(
    billproof: Billproof, tiny_command: str, tmp_path: Path
) -> None:
    """Exit code 1; the clause is shown with all that helps, and the report agrees."""
    run = billproof(
        "verify", "--cmd", tiny_command, "--only", "SUB-001", "--no-needs", "--seed", "7"
    )

    assert run.returncode == 1, run.stdout + run.stderr
    for word in ("SUB-001 fail", "expected:", "got:", "request:", "curl:", "hint:", "why:"):
        assert word in run.stdout
    assert f"--cmd '{tiny_command}' --only SUB-001 --no-needs --seed 7" in run.stdout
    results = report(tmp_path)
    assert results["summary"]["counts"]["fail"] == 1
    assert (results["summary"]["conforms"], results["seed"]) == (None, 7)
    assert (tmp_path / "billproof-report/exchanges/SUB-001.json").exists()


def test_who_names_one_clause_is_told_why_more_are_judged(
    billproof: Billproof, tiny_command: str, tmp_path: Path
) -> None:
    """Counts of what nobody asked for would puzzle; who named all of it is told nothing."""
    alone = billproof("verify", "--cmd", tiny_command, "--only", "SUB-001", "--no-needs")
    run = billproof("verify", "--cmd", tiny_command, "--only", "SUB-001")

    assert len(report(tmp_path)["clauses"]) == 2
    assert "1 of them is judged because another needs it" in run.stdout + run.stderr
    assert "of them is judged" not in alone.stdout + alone.stderr


def test_no_secret_is_printed_or_kept(
    billproof: Billproof, tiny_command: str, tmp_path: Path
) -> None:
    """The values that the backend ran with are in neither."""
    spy = f"env > environment; {tiny_command}"
    run = billproof("verify", "--cmd", spy, "--only", "SUB-001,MET-001", "--no-needs")

    values = dict(
        line.split("=", 1) for line in (tmp_path / "environment").read_text().split("\n")[:-1]
    )
    left = "".join(p.read_text() for p in (tmp_path / "billproof-report").rglob("*.json"))
    assert "/api/v1/billing" in left
    for name in ("TELEGRAM_BOT_TOKEN", "STRIPE_SECRET_KEY", "METRICS_TOKEN"):
        assert len(values[name]) > 20
        assert values[name] not in run.stdout + left


def test_json_is_the_report_and_nothing_else(
    billproof: Billproof, tiny_command: str, tmp_path: Path
) -> None:
    """One document on stdout: the same as in the file."""
    run = billproof("verify", "--cmd", tiny_command, "--only", "SUB-001", "--no-needs", "--json")

    assert json.loads(run.stdout) == report(tmp_path)
    assert (run.returncode, run.stderr) == (1, "")


def test_a_backend_that_dies_during_the_run_is_the_environments_fault(
    billproof: Billproof, tiny_command: str
) -> None:
    """Exit code 3 and its last words, not a list of red clauses."""
    run = billproof("verify", "--cmd", tiny_command, "--only", "SUB-001", "--no-needs", TINY="dies")

    assert run.returncode == 3, run.stdout + run.stderr
    assert "exit code 7 during the run" in run.stdout
    assert "tiny backend: good bye" in run.stdout


def test_a_command_that_serves_something_else_is_one_line(billproof: Billproof) -> None:
    """It is ready, but it is not our API."""
    ready = "mkdir -p w; echo > w/readyz; exec python3 -m http.server -d w $PORT"
    run = billproof("verify", "--cmd", ready)

    assert run.returncode == 3, run.stdout + run.stderr
    assert run.stdout == ""
    assert "nothing there looks like the billing API" in run.stderr
    assert len(run.stderr.strip().splitlines()) == 1


def test_a_missing_browser_is_one_line_and_not_testable(
    billproof: Billproof, tiny_command: str, tmp_path: Path
) -> None:
    """Exit code 3; the line says what to do."""
    run = billproof(
        *("verify", "--cmd", tiny_command, "--only", "APP-001", "--no-needs"),
        PATH="/nowhere",
        PLAYWRIGHT_BROWSERS_PATH="/nowhere",
        BILLPROOF_BROWSER="",
        CHROME="",
    )

    assert run.returncode == 3, run.stdout + run.stderr
    assert "No browser was found: APP-001 cannot be judged." in run.stdout
    assert report(tmp_path)["clauses"][0]["verdict"] == "not-testable"


def test_an_undeclared_capability_is_not_applicable_when_refused(
    billproof: Billproof, tiny_command: str, tmp_path: Path
) -> None:
    """The tiny backend has no portal, and says 404; nothing else was looked at, so no 0."""
    run = billproof(
        *("verify", "--cmd", tiny_command, "--only", "POR-*", "--no-needs"),
        *("--capabilities", "core"),
    )

    assert run.returncode == 1, run.stdout + run.stderr
    assert {row["verdict"] for row in report(tmp_path)["clauses"]} == {"not-applicable"}


def test_settings_come_from_billproof_toml(
    billproof: Billproof, tiny_command: str, tmp_path: Path
) -> None:
    """An implementer types `billproof verify` and nothing else."""
    (tmp_path / "billproof.toml").write_text(
        f"cmd = {json.dumps(tiny_command)}\nsettle_seconds = 0\nout = 'elsewhere'\n"
    )

    run = billproof("verify", "--only", "SUB-001", "--no-needs")

    assert run.returncode == 1, run.stdout + run.stderr
    assert json.loads((tmp_path / "elsewhere/results.json").read_text())["target"]["kind"] == (
        "command"
    )
