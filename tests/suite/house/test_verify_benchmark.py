"""The time of a verdict is measured of runs in which all passes, and told beside its aims."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.getting import CannotMeasure
from benchmarks.verify.benchmark import all_but_pages, judged
from benchmarks.verify.figures import Cost, Figures
from benchmarks.verify.reasons import REASONS
from benchmarks.verify.report import aim_rows, markdown, slow_rows
from benchmarks.verify.ways import WAYS
from billproof.law import load_law, select
from billproof.verify.selection import UI

SAID: list[str] = []


@pytest.mark.parametrize("way", WAYS)
def test_a_clause_is_judged_by_each_way(tmp_path: Path, way: str) -> None:
    """Its time, its trials and their requests are counted."""
    found = judged(tmp_path, way, 1, "POR-003", SAID.append, "--no-needs")

    [cost] = found.costs
    assert (found.way, cost.clause, found.by_capability) == (way, "POR-003", Counter(portal=1))
    assert min(cost.seconds, cost.tests, cost.requests) > 0
    assert min(found.wall_seconds, found.processor_seconds) > 0


def test_a_run_that_does_not_pass_is_no_figure(tmp_path: Path) -> None:
    """Whatever took the time was not the verdict."""
    with pytest.raises(CannotMeasure, match="not all passes"):
        judged(tmp_path, "bundled", 1, "XYZ-001", SAID.append)


def test_all_but_pages_is_measured() -> None:
    """Every clause of every other capability."""
    law = load_law()

    chosen = {clause.id for clause in select(law, all_but_pages().split(","))}

    assert chosen == {clause.id for clause in law.clauses if clause.capability != UI}


def test_reasons_are_of_clauses_that_there_are() -> None:
    """A retired clause takes its reason along."""
    assert REASONS.keys() <= load_law().by_id.keys()


def test_the_report_says_what_is_met() -> None:
    """With the slowest clauses, the dearest first, and why."""
    costs = (Cost("ENV-001", 9.0, 18, 0), Cost("SUB-001", 0.5, 1, 4))
    whole = [
        Figures(way, 2, seconds, 50.0, costs, Counter(core=2))
        for way, seconds in (("bundled", 29.0), ("--cmd", 31.0))
    ]
    alone = [Figures("bundled", 1, 1.9, 3.0, costs[1:], Counter(core=1))]

    assert [row[-1] for row in aim_rows(whole, alone)] == ["met", "NOT met", "met"]
    assert slow_rows(whole)[0] == ("ENV-001", "9.0", "18", "0", REASONS["ENV-001"])
    assert "| bundled | 2 | 29.0 | 50.0 | 2 | 19 | 4 |" in markdown(whole, alone)
