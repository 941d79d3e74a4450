"""How far a run is: a live line on a terminal, plain lines in a pipe."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from rich.console import Console

    from billproof.run.record import Record

LINE_EVERY_SECONDS = 5.0


class Watcher(Protocol):
    """Is told what happens, and says it to whoever waits."""

    def say(self, line: str) -> None:
        """One line about the run as a whole."""

    def begin(self, clauses: Collection[str]) -> None:
        """The trials of these clauses begin."""

    def saw(self, record: Record) -> None:
        """One trial is over."""

    def end(self) -> None:
        """No more trials."""


class _Count:
    """Which clauses have been looked at since the run began."""

    def __init__(self, expected: Collection[str] = ()) -> None:
        self.expected = set(expected)
        self.seen: set[str] = set()
        self.trials = 0

    def add(self, record: Record) -> bool:
        """Whether the record's clauses were new."""
        before = len(self.seen)
        self.trials += 1
        self.seen |= self.expected.intersection(record.clauses)
        return len(self.seen) > before


def _subject(record: Record) -> str:
    """What the trial looked at: its clause, or itself where it has none."""
    return record.clauses[0] if record.clauses else record.test


def _trials(count: int) -> str:
    return f"{count} trial{'s' if count != 1 else ''}"


class Silent:
    """Says nothing: standard output belongs to one document."""

    def say(self, line: str) -> None:
        """Nothing."""

    def begin(self, clauses: Collection[str]) -> None:
        """Nothing."""

    def saw(self, record: Record) -> None:
        """Nothing."""

    def end(self) -> None:
        """Nothing."""


class Plain:
    """A line now and then, for pipes and CI logs."""

    def __init__(self, console: Console, every_seconds: float = LINE_EVERY_SECONDS) -> None:
        self._console = console
        self._every_seconds = every_seconds
        self._count = _Count()
        self._said = time.monotonic()

    def say(self, line: str) -> None:
        """Print the line."""
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)

    def begin(self, clauses: Collection[str]) -> None:
        """Say how many clauses are to come; what an earlier run saw is no part of them."""
        self._count = _Count(clauses)
        self.say(f"{len(clauses)} clause{'s' if len(clauses) != 1 else ''} to judge")

    def saw(self, record: Record) -> None:
        """Say how far it is, at most every few seconds."""
        self._count.add(record)
        if time.monotonic() - self._said >= self._every_seconds:
            self._said = time.monotonic()
            seen = f"{len(self._count.seen)} of {len(self._count.expected)} clauses looked at"
            # A clause may have many trials, and be what it is at for a while.
            self.say(f"{seen} in {_trials(self._count.trials)}, {_subject(record)} last")

    def end(self) -> None:
        """Nothing more to say."""


class Live:
    """A bar with count, time left and the clause that was looked at last."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._count = _Count()
        self._bar = Progress(
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[clause]}"),
            console=console,
            transient=True,
        )
        self._task = self._bar.add_task("clauses", clause="", total=None)

    def say(self, line: str) -> None:
        """Print the line above the bar."""
        self._bar.console.print(line, markup=False, highlight=False, soft_wrap=True)

    def begin(self, clauses: Collection[str]) -> None:
        """Show the bar, empty again."""
        self._count = _Count(clauses)
        self._bar.reset(self._task, total=len(clauses))
        self._bar.start()

    def saw(self, record: Record) -> None:
        """Move the bar."""
        new = self._count.add(record)
        self._bar.update(self._task, advance=1 if new else 0, clause=_subject(record))

    def end(self) -> None:
        """Take the bar away."""
        self._bar.stop()


def watcher(console: Console, *, as_json: bool) -> Watcher:
    """The right one for where the output goes."""
    if as_json:
        return Silent()
    return Live(console) if console.is_terminal else Plain(console)
