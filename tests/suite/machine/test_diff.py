"""Two runs side by side."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from billproof.cli.entry import run
from billproof.reports.comparing import Change, compare
from billproof.reports.reading import Report
from billproof.verdicts.results import ContractIdentity, Results
from billproof.verdicts.verdict import Verdict
from tests.suite.machine.published import STATUS, publish, result, results


def of(**verdicts: Verdict) -> Results:
    """A run with these verdicts; `AUT_1` is AUT-001."""
    clauses = [
        result(
            f"{key[:3]}-00{key[4:]}",
            verdict,
            finding=STATUS if verdict is Verdict.FAIL else None,
        )
        for key, verdict in verdicts.items()
    ]
    return results(*clauses)


def ids(changes: list[Change]) -> list[str]:
    """Which clauses changed."""
    return [change.id for change in changes]


def test_clauses_are_sorted_by_what_became_of_them() -> None:
    """Newly failing, fixed, and whatever else is different."""
    found = compare(
        of(
            AUT_1=Verdict.PASS,
            AUT_2=Verdict.FAIL,
            AUT_3=Verdict.PASS,
            AUT_4=Verdict.FAIL,
            AUT_5=Verdict.FAIL,
            AUT_6=Verdict.PASS,
            AUT_8=Verdict.EXPECTED_FAIL,
        ),
        of(
            AUT_1=Verdict.FAIL,
            AUT_2=Verdict.PASS,
            AUT_3=Verdict.WARN,
            AUT_4=Verdict.BLOCKED,
            AUT_5=Verdict.FAIL,
            AUT_7=Verdict.FAIL,
            AUT_8=Verdict.FAIL,
        ),
    )

    assert ids(found.newly_failing) == ["AUT-001", "AUT-007", "AUT-008"]
    assert ids(found.fixed) == ["AUT-002"]
    assert ids(found.changed) == ["AUT-003", "AUT-004", "AUT-006"]
    assert found.changed[2].after is None
    assert found.exit_code == 1


@pytest.mark.parametrize(
    "verdict",
    [
        *(Verdict.EXPECTED_FAIL, Verdict.FLAKY),
        *(Verdict.NOT_APPLICABLE, Verdict.NOT_OBSERVABLE_HERE),
    ],
)
def test_what_is_excused_or_not_looked_at_is_not_fixed(verdict: Verdict) -> None:
    """It is told as a change."""
    found = compare(of(AUT_1=Verdict.FAIL), of(AUT_1=verdict))

    assert (ids(found.fixed), ids(found.changed)) == ([], ["AUT-001"])


def test_another_check_that_breaks_is_a_change() -> None:
    """But what came may hold an id that is new in each run."""
    one = result("AUT-001", Verdict.FAIL, finding=STATUS)
    other = STATUS.model_copy(update={"got": "502"})
    another = STATUS.model_copy(update={"what": "body"})

    same = compare(results(one), results(one.model_copy(update={"finding": other})))
    changed = compare(results(one), results(one.model_copy(update={"finding": another})))

    assert same.changed == []
    assert ids(changed.changed) == ["AUT-001"]
    assert changed.exit_code == 0


def test_runs_that_may_not_be_comparable_say_so() -> None:
    """Other clauses may have another meaning."""
    before = of(AUT_1=Verdict.PASS)
    contract = ContractIdentity(version="1.0", clauses="xyz", total=1)

    found = compare(before, before.model_copy(update={"contract": contract}))

    assert found.notes == ["The contracts differ: abc, xyz."]


def test_people_read_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1 when anything newly fails, 0 the other way round."""
    good = str(publish(Report(of(AUT_1=Verdict.PASS, AUT_2=Verdict.PASS)), tmp_path / "good"))
    bad = str(publish(Report(of(AUT_1=Verdict.FAIL, AUT_2=Verdict.PASS)), tmp_path / "bad"))

    assert run(["report", "diff", good, bad]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "1 newly failing",
        "  AUT-001  pass → fail  status of POST /checkout: expected 201, got 500",
    ]
    assert run(["report", "diff", bad, good]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "1 fixed"
    assert run(["report", "diff", good, good]) == 0
    assert capsys.readouterr().out == "Nothing changed.\n"


def test_programs_read_one_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same exit code."""
    good = str(publish(Report(of(AUT_1=Verdict.PASS)), tmp_path / "good"))
    bad = str(publish(Report(of(AUT_1=Verdict.FAIL)), tmp_path / "bad"))

    assert run(["report", "diff", good, bad, "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["newly_failing"][0]["id"] == "AUT-001"
    assert document["fixed"] == []


def test_what_is_no_run_is_exit_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A missing file is not a run in which all passed."""
    good = str(publish(Report(of(AUT_1=Verdict.PASS)), tmp_path / "good"))

    assert run(["report", "diff", good, str(tmp_path / "none")]) == 2
    assert "cannot be read" in capsys.readouterr().err
