"""`billproof baseline`, and `verify` that lives by it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from billproof.cli.entry import run
from billproof.reports.reading import Report, read_results
from billproof.verdicts.baseline_file import read_baseline
from billproof.verdicts.verdict import Verdict
from tests.suite.machine.published import publish, result, results

Billproof = Callable[..., subprocess.CompletedProcess[str]]
WHY = ("--reason", "ticket 7", "--owner", "Ada")


@pytest.fixture
def ran(tmp_path: Path) -> str:
    """A run with a clause of each kind that matters."""
    clauses = [
        result("AUT-001", Verdict.PASS),
        result("AUT-002", Verdict.WARN),
        result("AUT-003", Verdict.NOT_TESTABLE),
        result("CHK-001", Verdict.FAIL),
        result("CHK-002", Verdict.BLOCKED, blocked_by=["CHK-001"]),
        result("CHK-003", Verdict.UNEXPECTED_PASS),
        result("DEV-001", Verdict.NOT_APPLICABLE),
    ]
    return str(publish(Report(results(*clauses)), tmp_path / "run"))


def test_what_failed_is_written(
    ran: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was not seen is not: it is no failure that anybody could know."""
    file = tmp_path / "b.yaml"

    code = run(["baseline", "write", ran, "--out", str(file), *WHY, "--expires", "2999-01-31"])

    assert code == 0
    assert capsys.readouterr().out.startswith("2 entries added, 0 kept (")
    entries = read_baseline(file).entries
    assert [entry.clause for entry in entries] == ["CHK-001", "CHK-002"]
    assert {(entry.reason, entry.owner, entry.expires) for entry in entries} == {
        ("ticket 7", "Ada", date(2999, 1, 31))
    }


@pytest.mark.parametrize("blank", ["--reason", "--owner"])
def test_nobody_may_excuse_without_a_word(
    ran: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], blank: str
) -> None:
    """Asked wrongly, in one line, and nothing is written; with words it is."""
    file = tmp_path / "b.yaml"
    write = ["baseline", "write", ran, "--out", str(file), *WHY]

    assert run([*write, blank, "  "]) == 2
    assert capsys.readouterr().err.startswith(f"{blank} is blank.")
    assert not file.exists()

    assert run(write) == 0
    assert file.exists()


def test_a_last_day_that_is_over_is_told(
    ran: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not by the next run, which would call each entry stale."""
    file = tmp_path / "b.yaml"

    assert run(["baseline", "write", ran, "--out", str(file), *WHY, "--expires", "2020-01-31"]) == 2

    assert "--expires 2020-01-31 is over" in capsys.readouterr().err
    assert not file.exists()


def test_a_last_day_that_is_none_is_told(ran: str, capsys: pytest.CaptureFixture[str]) -> None:
    """In words of the user's, not of a library."""
    assert run(["baseline", "write", ran, *WHY, "--expires", "2027-13-45"]) == 2

    said = capsys.readouterr().err
    assert "'--expires': '2027-13-45' does not match" in said


def test_entries_that_are_there_stay_as_they_are(ran: str, tmp_path: Path) -> None:
    """Somebody gave a reason of his own; writing twice adds nothing."""
    file = tmp_path / "b.yaml"
    file.write_text("# mine\n- clause: CHK-001\n  reason: other\n  owner: Bo\n")

    for _ in range(2):
        assert run(["baseline", "write", ran, "--out", str(file), *WHY, "--flaky"]) == 0

    entries = read_baseline(file).entries
    assert [(entry.clause, entry.reason, entry.flaky) for entry in entries] == [
        ("CHK-001", "other", False),
        ("CHK-002", "ticket 7", True),
    ]
    assert file.read_text().startswith("# mine\n")


@pytest.mark.parametrize("left_out", ["--reason", "--owner"])
def test_a_reason_and_an_owner_are_asked_for(
    left_out: str, ran: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """An entry that nobody answers for stays forever."""
    at = WHY.index(left_out)

    assert run(["baseline", "write", ran, *WHY[:at], *WHY[at + 2 :]]) == 2
    assert left_out in capsys.readouterr().err


def test_stale_entries_are_taken_out(
    ran: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Those that pass, do not apply or are of no clause; flaky and unjudged ones stay."""
    file = tmp_path / "b.yaml"
    ids = ("AUT-001", "CHK-001", "CHK-003", "DEV-001", "SUB-001", "ZZZ-001")
    rows = [f"- {{clause: {key}, reason: x, owner: x}}\n" for key in ids]
    file.write_text("".join(rows) + "- {clause: AUT-002, reason: x, owner: x, flaky: true}\n")

    assert run(["baseline", "prune", ran, "--baseline", str(file)]) == 0

    said = capsys.readouterr().out
    assert said.startswith("4 entries taken out: AUT-001, CHK-003, DEV-001, ZZZ-001 (")
    left = [entry.clause for entry in read_baseline(file).entries]
    assert left == ["CHK-001", "SUB-001", "AUT-002"]


def test_verify_lives_by_the_baseline(
    billproof: Billproof, tiny_command: str, tmp_path: Path
) -> None:
    """Red, then written, then green and not conforming; then malformed, before anything runs."""
    verify = ("verify", "--cmd", tiny_command, "--only", "SUB-001", "--no-needs")
    assert billproof(*verify).returncode == 1
    assert billproof("baseline", "write", *WHY).returncode == 0
    (tmp_path / "billproof.toml").write_text('baseline = "billproof-baseline.yaml"\n')

    known = billproof(*verify)

    assert known.returncode == 0, known.stdout + known.stderr
    assert "SUB-001 expected-fail  ticket 7 (Ada)" in known.stdout
    assert known.stdout.splitlines()[-1].startswith("Does not conform, but nothing fails that")
    judged = read_results(tmp_path / "billproof-report")
    assert judged.clauses[0].verdict is Verdict.EXPECTED_FAIL
    assert "--baseline billproof-baseline.yaml" in judged.command

    with (tmp_path / "billproof-baseline.yaml").open("a") as file:
        file.write("- clause: ZZZ-001\n  reason: x\n  owner: Bo\n")
    stale = billproof(*verify)
    assert stale.returncode == 4, stale.stdout + stale.stderr
    assert "the contract has no clause ZZZ-001 (Bo)" in stale.stdout

    (tmp_path / "billproof-baseline.yaml").write_text("- clause: SUB-001\n")
    wrong = billproof(*verify)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "line 1: reason is missing." in wrong.stderr
