"""How far a run is: what a pipe and a terminal are told."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from billproof.run.record import Outcome, Record
from billproof.verify.progress import Live, Plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from billproof.verify.progress import Watcher

RUNS = (("AUT-001", "AUT-002", "AUT-003"), ("CHK-001", "CHK-002"))
"""`billproof next` judges one step of the ladder after the other, and one watcher sees them all."""


def plain(console: Console) -> Watcher:
    """A watcher that keeps no line back."""
    return Plain(console, every_seconds=0)


def record(clause_id: str) -> Record:
    """One trial of the clause is over."""
    return Record(test="t", clauses=[clause_id], outcome=Outcome.PASSED, seconds=0, checks=[])


@pytest.mark.parametrize(
    ("make", "terminal", "count"),
    [(plain, False, r"(\d+) of (\d+) clauses looked at"), (Live, True, r"(\d+)/(\d+)")],
    ids=["plain", "live"],
)
def test_each_run_is_counted_from_nothing(
    *, make: Callable[[Console], Watcher], terminal: bool, count: str
) -> None:
    """What an earlier run saw does not count; each run ends at its own total."""
    said = io.StringIO()
    watcher = make(Console(file=said, force_terminal=terminal, width=100))
    ends = []

    for clauses in RUNS:
        said.seek(said.truncate(0))
        watcher.begin(clauses)
        for clause_id in clauses:
            watcher.saw(record(clause_id))
        watcher.end()
        ends.append(re.findall(count, said.getvalue())[-1])

    assert ends == [("3", "3"), ("2", "2")]


def test_a_line_says_what_was_looked_at_last() -> None:
    """The count stands still while a clause with many trials is judged, and that is no fault."""
    said = io.StringIO()
    watcher = plain(Console(file=said, width=100))
    watcher.begin(RUNS[0])

    for _ in range(2):
        watcher.saw(record("AUT-002"))

    assert said.getvalue().splitlines()[1:] == [
        "1 of 3 clauses looked at in 1 trial, AUT-002 last",
        "1 of 3 clauses looked at in 2 trials, AUT-002 last",
    ]
