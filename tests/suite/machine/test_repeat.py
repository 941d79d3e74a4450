"""One command that runs the same again and again, to find what fails only at times."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from billproof.errors import UsageError
from billproof.verify.command_line import command_line
from billproof.verify.options import Options, parse

Billproof = Callable[..., subprocess.CompletedProcess[str]]


def test_each_trial_is_made_as_often_as_asked_by_people_of_its_own(
    billproof: Billproof, tiny_command: str, tmp_path: Path
) -> None:
    """Nobody of one run comes again in the next."""
    done = billproof(
        *("verify", "--cmd", tiny_command, "--only", "AUT-001", "--no-needs", "--repeat", "3")
    )

    assert done.returncode == 1, done.stdout + done.stderr
    records = json.loads((tmp_path / "billproof-report/exchanges/AUT-001.json").read_text())
    assert set(Counter(record["test"] for record in records).values()) == {3}
    signed = [record["exchanges"][0]["curl"] for record in records if record["exchanges"]]
    users = [line.partition("--user=")[2].partition(" ")[0] for line in signed]
    assert len(set(filter(None, users))) == len([one for one in users if one]) > 0
    [clause] = json.loads((tmp_path / "billproof-report/results.json").read_text())["clauses"]
    assert clause["tests"] == sorted({record["test"] for record in records})
    said = done.stdout + done.stderr
    assert [f"run {number} of 3" in said for number in (1, 2, 3, 4)] == [True, True, True, False]


def test_the_line_that_repeats_a_run_repeats_it_as_often() -> None:
    """And says nothing of it where it ran once."""
    assert "--repeat 20" in command_line(Options(repeat=20), 7)
    assert "--repeat" not in command_line(Options(), 7)


@pytest.mark.parametrize("number", [0, -1, 1001])
def test_a_number_of_runs_has_its_bounds(number: int) -> None:
    """None at all would look at nothing."""
    with pytest.raises(UsageError, match="--repeat is at "):
        parse({"repeat": number})
