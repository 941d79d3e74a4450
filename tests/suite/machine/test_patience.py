"""A run ends in time, whatever the backend does, and goes on where it failed."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from billproof.cli.entry import run
from billproof.errors import CannotTest, UsageError
from billproof.law import load_law
from billproof.reports.reading import Report, read_results
from billproof.targets.protocol import Backend
from billproof.verdicts.verdict import Verdict
from billproof.verify import phases
from billproof.verify.deadline import Deadline
from billproof.verify.failures import only_failed
from billproof.verify.options import Options
from billproof.verify.refusals import refusals
from tests.suite.machine.published import publish, result, results

Billproof = Callable[..., subprocess.CompletedProcess[str]]


def test_a_backend_that_hangs_costs_a_clause_one_wait(
    billproof: Billproof, tiny_command: str, tmp_path: Path
) -> None:
    """Every trial of AUT-003 asks for the subscription, which is never answered."""
    begun = time.monotonic()
    done = billproof(
        *("verify", "--cmd", tiny_command, "--only", "AUT-003", "--no-needs", "-n", "1"),
        TINY="hangs",
    )

    assert done.returncode == 1, done.stdout + done.stderr
    assert "an answer within 10 s" in done.stdout
    records = json.loads((tmp_path / "billproof-report/exchanges/AUT-003.json").read_text())
    waited = [record["test"] for record in records if record["exchanges"]]
    assert len(records) > 3
    assert len(waited) == 1
    assert time.monotonic() - begun < 60


def test_a_run_has_a_deadline(billproof: Billproof, tiny_command: str, tmp_path: Path) -> None:
    """It ends as the environment's fault; what was not judged is not green."""
    done = billproof(
        *("verify", "--cmd", tiny_command, "--only", "SUB-001", "--no-needs", "--deadline", "6"),
        TINY="hangs",
    )

    assert done.returncode == 3, done.stdout + done.stderr
    assert "The run's deadline of 6 s is over; 0 clauses were seen." in done.stdout
    judged = read_results(tmp_path / "billproof-report")
    assert [clause.verdict for clause in judged.clauses] == [Verdict.NOT_RUN]
    assert "--deadline 6" in judged.command


def test_a_deadline_that_cuts_many_runs_says_how_many_were_whole(
    billproof: Billproof, tiny_command: str
) -> None:
    """What failed in none of nine runs is another thing than what failed in none of one."""
    done = billproof(
        *("verify", "--cmd", tiny_command, "--only", "SUB-001", "--no-needs"),
        *("--repeat", "9", "--deadline", "6"),
        TINY="hangs",
    )

    assert done.returncode == 3, done.stdout + done.stderr
    assert "0 clauses were seen, in run 1 of 9." in done.stdout
    assert "run 2 of 9" not in done.stdout


def test_a_backend_is_waited_for_no_longer_than_the_deadline(billproof: Billproof) -> None:
    """A minute would be its own time to get ready."""
    done = billproof("verify", "--cmd", "exec sleep 100", "--only", "AUT-001", "--deadline", "2")

    assert done.returncode == 3, done.stdout + done.stderr
    assert "The backend was not ready after 2 s" in done.stderr


def test_next_has_a_deadline(billproof: Billproof, tiny_command: str) -> None:
    """For all its steps together; the clause that was not seen is the next one."""
    selected = ("--only", "SUB-001", "--deadline", "6")
    done = billproof("next", "--cmd", tiny_command, *selected, TINY="hangs")

    assert done.returncode == 3, done.stdout + done.stderr
    assert "The run's deadline of 6 s is over; 0 clauses were seen." in done.stdout


def test_undeclared_parts_are_asked_for_no_longer_than_the_deadline() -> None:
    """Each may take its own time to be silent."""
    asked: list[int] = []

    def check() -> None:
        asked.append(1)
        if len(asked) > 3:
            raise CannotTest("deadline-over", "It is over.")

    environ = {"TELEGRAM_BOT_TOKEN": "7:AA"}
    with pytest.raises(CannotTest, match="It is over"):
        refusals(Backend("http://127.0.0.1:9", environ), load_law().capabilities, 5, check)

    assert len(asked) == 4


def test_many_runs_in_a_row_have_the_time_of_as_many() -> None:
    """Unless a deadline for all of them is said."""
    assert Deadline(Options(repeat=3), str).left() == pytest.approx(3 * 1800, abs=60)
    asked = Options(repeat=3, deadline_seconds=90)
    assert Deadline(asked, str).left() == pytest.approx(90, abs=60)


@pytest.fixture
def last(tmp_path: Path) -> Path:
    """The report of a run in which two clauses failed."""
    clauses = [
        result("AUT-001", Verdict.PASS),
        result("AUT-002", Verdict.FAIL),
        result("AUT-003", Verdict.WARN),
        result("AUT-004", Verdict.EXPECTED_FAIL),
        result("CHK-001", Verdict.BLOCKED, blocked_by=["AUT-002"]),
    ]
    return publish(Report(results(*clauses)), tmp_path / "last")


def test_only_what_failed_is_judged_again(last: Path) -> None:
    """With the same seed, unless another is asked for."""
    again = only_failed(Options(), load_law(), last)

    assert (again.only, again.seed) == (("AUT-002", "CHK-001"), 7)
    assert only_failed(Options(seed=9), load_law(), last).seed == 9


def test_only_what_failed_of_what_is_named(last: Path) -> None:
    """Both options at once."""
    assert only_failed(Options(only=("CHK-*",)), load_law(), last).only == ("CHK-001",)


def test_nothing_to_judge_again_is_no_success(last: Path, tmp_path: Path) -> None:
    """Asked wrongly: nothing ran, which is never 0; nor is a report that is not there."""
    with pytest.raises(UsageError, match=r"Nothing failed in .*Leave out --failed"):
        only_failed(Options(only=("WHK-*",)), load_law(), last)
    with pytest.raises(UsageError, match="cannot be read"):
        only_failed(Options(), load_law(), tmp_path / "none")


def test_failed_is_typed_after_a_run(
    billproof: Billproof, tiny_command: str, tmp_path: Path
) -> None:
    """The red clause alone is judged, with the same seed; the report says how to repeat that."""
    clauses = [result("SUB-001", Verdict.FAIL), result("AUT-014", Verdict.PASS)]
    folder = publish(Report(results(*clauses)), tmp_path / "billproof-report")

    done = billproof("verify", "--cmd", tiny_command, "--no-needs", "--failed")

    assert done.returncode == 1, done.stdout + done.stderr
    judged = read_results(folder)
    assert [clause.id for clause in judged.clauses] == ["SUB-001"]
    assert judged.command.endswith("--only SUB-001 --no-needs --seed 7")


def test_a_trial_that_takes_too_long_is_not_testable(
    tiny_command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is ended, nobody is blamed for it, and its clause costs no more than that."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TINY", "hangs")
    monkeypatch.setattr(phases, "HANG_SECONDS", 4)

    code = run(
        ["verify", "--cmd", tiny_command, "--only", "AUT-003", "--no-needs", "-n", "1"],
    )

    (judged,) = read_results(tmp_path / "billproof-report").clauses
    assert (code, judged.verdict) == (1, Verdict.NOT_TESTABLE)
    assert judged.finding is not None
    assert judged.finding.code == "over-budget"
    assert judged.seconds < 12
