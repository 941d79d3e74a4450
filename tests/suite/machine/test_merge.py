"""Shards of one run become the run."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from billproof.cli.entry import run
from billproof.errors import UsageError
from billproof.reports.merging import merge
from billproof.reports.reading import Report, read_report
from billproof.run.record import Outcome
from billproof.verdicts.results import (
    ClauseResult,
    ContractIdentity,
    Fault,
    SuiteIdentity,
    TargetIdentity,
)
from billproof.verdicts.verdict import Verdict
from tests.suite.machine.published import exchange, publish, record, result, results

AUT, CHK, MET = (result(key, Verdict.PASS) for key in ("AUT-001", "CHK-001", "MET-001"))
CONTRACT = ContractIdentity(version="1.0", clauses="abc", total=3)


def shard(number: int, of: int, *clauses: ClauseResult, **more: Any) -> Report:
    """One part of a run on three clauses."""
    told: dict[str, Any] = {
        "shard": f"{number}/{of}",
        "contract": CONTRACT,
        "command": f"billproof verify --cmd x --shard {number}/{of} --seed 7",
        "started": datetime(2026, 11, 28, 9, number, tzinfo=UTC),
        "seconds": 30,
    }
    records = {clause.id: [record(clause.id, Outcome.PASSED)] for clause in clauses}
    return Report(results(*clauses, partial=True, **told | more), records)


def test_the_whole_run_has_every_clause_once_and_conforms() -> None:
    """What several shards needed is there once; together they say something about the whole."""
    whole = merge([shard(2, 2, AUT, MET), shard(1, 2, AUT, CHK)])

    assert [clause.id for clause in whole.results.clauses] == ["AUT-001", "CHK-001", "MET-001"]
    assert (whole.results.summary.conforms, whole.results.summary.exit_code) == (True, 0)
    assert (whole.results.shard, whole.results.command) == (
        *(None, "billproof verify --cmd x --seed 7"),
    )
    assert (whole.results.started.minute, whole.results.seconds) == (1, 90.0)
    assert set(whole.records) == {"AUT-001", "CHK-001", "MET-001"}


def test_shards_of_a_part_are_a_part() -> None:
    """`--only` with shards says nothing about the rest."""
    whole = merge([shard(1, 2, AUT), shard(2, 2, CHK)])

    assert whole.results.summary.conforms is None


def test_a_failure_and_a_fault_of_one_shard_are_the_whole_runs() -> None:
    """The gravest exit code is said; a fault that all shards have is there once."""
    fault = Fault(code=3, reason="gone")
    failing = CHK.model_copy(update={"verdict": Verdict.FAIL})

    whole = merge([shard(1, 2, AUT, MET), shard(2, 2, failing)])
    unsound = merge([shard(1, 2, AUT, faults=[fault]), shard(2, 2, failing, faults=[fault])])

    assert (whole.results.summary.conforms, whole.results.summary.exit_code) == (False, 1)
    assert (unsound.results.summary.faults, unsound.results.summary.exit_code) == ([fault], 3)


OTHER: list[tuple[dict[str, Any], str]] = [
    ({"seed": 8}, "each has another seed"),
    ({"suite": SuiteIdentity(version="9")}, "each has another suite"),
    ({"contract": ContractIdentity(version="1.0", clauses="x", total=3)}, "another contract"),
    (
        {"target": TargetIdentity(kind="url", name="http://h", capabilities=["core"])},
        "another target",
    ),
    ({"command": "billproof verify --cmd x --only CHK-001 --seed 7"}, "another command"),
]


@pytest.mark.parametrize(("more", "said"), OTHER)
def test_shards_of_different_runs_are_refused(more: dict[str, Any], said: str) -> None:
    """Nobody may put together what was never one run."""
    with pytest.raises(UsageError, match=f"Shards 1/2 and 2/2 are not of one run: .*{said}"):
        merge([shard(1, 2, AUT), shard(2, 2, CHK, **more)])


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([shard(1, 3, AUT), shard(3, 3, CHK)], "missing: 2/3. Name their folders, too"),
        (
            [shard(1, 2, AUT), shard(2, 2, CHK), shard(2, 2, CHK)],
            "more than once: 2/2. Name one folder for each",
        ),
        (
            [shard(1, 2, AUT), shard(2, 3, CHK)],
            "Shards of 2 and of 3 are not of one run. Name the folders of one run alone",
        ),
        ([shard(1, 1, AUT), shard(1, 1, AUT, shard=None)], "is no shard"),
        ([shard(1, 1, AUT, shard=None), shard(1, 1, AUT, shard=None, seed=8)], "is no shard"),
        ([], "is no shard"),
    ],
)
def test_each_shard_is_there_once(parts: list[Report], said: str) -> None:
    """A job that was lost must not look like one that passed."""
    with pytest.raises(UsageError, match=said):
        merge(parts)


def test_what_a_shard_noted_is_noted_of_the_whole() -> None:
    """Each looks only at what it judges."""
    parts = [shard(1, 2, AUT, MET, unclaimed=["metrics"]), shard(2, 2, AUT, CHK, unclaimed=[])]

    assert merge(parts).results.unclaimed == ["metrics"]


def test_shards_that_disagree_are_refused() -> None:
    """A clause that is pass here and fail there is not stable: no run of it can be trusted."""
    failing = AUT.model_copy(update={"verdict": Verdict.FAIL})

    with pytest.raises(UsageError, match=r"AUT-001 is pass in shard 1/2 and fail in shard 2/2"):
        merge([shard(1, 2, AUT, MET), shard(2, 2, failing, CHK)])


def test_merge_writes_a_whole_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With all that a run writes, and the bodies that curl lines read."""
    one = publish(shard(1, 2, AUT, MET), tmp_path / "one")
    two = publish(shard(2, 2, AUT, CHK), tmp_path / "two")
    (two / "exchanges" / "abc.body").write_bytes(b"{}")

    code = run(["report", "merge", str(one), str(two), "--out", str(tmp_path / "whole")])

    assert code == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("3 pass; report in ")
    assert said[1] == "again: billproof verify --cmd x --seed 7"
    assert said[2] == "Conforms."
    assert read_report(tmp_path / "whole").records["CHK-001"][0].exchanges[1] == exchange()
    assert (tmp_path / "whole" / "exchanges" / "abc.body").read_bytes() == b"{}"
    assert '<h1 class="good">Conforms.</h1>' in (tmp_path / "whole/report.html").read_text()


def test_a_refused_merge_is_exit_code_2(tmp_path: Path) -> None:
    """And writes nothing."""
    one = publish(shard(1, 2, AUT, MET), tmp_path / "one")

    code = run(["report", "merge", str(one), "--out", str(tmp_path / "whole")])

    assert code == 2
    assert not (tmp_path / "whole").exists()


def test_a_merge_into_one_of_its_shards_is_refused(tmp_path: Path) -> None:
    """Its own report would be lost, and could not be merged again."""
    one = publish(shard(1, 2, AUT, MET), tmp_path / "one")
    two = publish(shard(2, 2, AUT, CHK), tmp_path / "two")
    before = (one / "results.json").read_bytes()

    code = run(["report", "merge", str(one / "results.json"), str(two), "--out", str(one)])

    assert code == 2
    assert (one / "results.json").read_bytes() == before


def test_the_browser_is_that_of_the_shard_with_pages() -> None:
    """Whichever that was; two browsers are both named, and none is none."""
    seen = [SuiteIdentity(version="0.1.0", browser=name) for name in (None, "B 2", "A 1")]

    def merged(*suites: SuiteIdentity) -> str | None:
        parts = [(AUT,), (CHK,), (MET,)]
        shards = [
            shard(number, 3, *part, suite=suite)
            for number, (part, suite) in enumerate(zip(parts, suites, strict=True), start=1)
        ]
        return merge(shards).results.suite.browser

    assert merged(seen[0], seen[1], seen[0]) == "B 2"
    assert merged(seen[1], seen[2], seen[0]) == "A 1; B 2"
    assert merged(seen[0], seen[0], seen[0]) is None
