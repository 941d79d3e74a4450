"""The cost of obedience is measured by answers, and told beside the bare route."""

from __future__ import annotations

import uuid
from pathlib import Path

from benchmarks.reference.benchmark import (
    BARE,
    Figures,
    Plan,
    lines_of_code,
    markdown,
    measure,
    rows,
)
from benchmarks.reference.subjects import Subject

SHORT = Plan(rounds=1, seconds=0.2, events=40)


def test_both_kinds_of_request_are_answered(tmp_path: Path) -> None:
    """By the bare route and by the reference; what is refused would be no figure."""
    database = f"sqlite:{tmp_path / uuid.uuid4().hex}.sqlite"

    bare = measure(Subject(BARE, None), tmp_path, SHORT)
    obedient = measure(Subject("reference", database), tmp_path, SHORT)

    assert min(*bare, *obedient) > 0


def test_the_report_is_beside_the_bare_route() -> None:
    """How many times as many that one answers."""
    found = [Figures(BARE, 2000, 1000), Figures("reference, SQLite", 500, 100)]

    assert rows(found)[0][1:] == ("2,000", "1.0", "1,000", "1.0")
    assert rows(found)[1][1:] == ("500", "4.0", "100", "10.0")
    assert f"{lines_of_code():,} lines" in markdown(found)
