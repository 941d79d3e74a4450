"""What the running trial has checked and exchanged so far.

One trial runs at a time in a process, but a trial may call from several threads:
the journal is therefore the process's, not the thread's.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from billproof.run.record import Exchange

HIDDEN = "<secret of a device>"


@dataclass
class Journal:
    """The checks of one trial in order of first appearance, and its exchanges in order."""

    checks: list[str] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    bodies: dict[Path, bytes] = field(default_factory=dict)
    """Request bodies too long for a curl line; written only when the trial fails."""
    pictures: list[bytes] = field(default_factory=list)
    """PNG files; written only when the trial fails."""
    files: list[str] = field(default_factory=list)
    """Paths below the report folder of what was kept of a page that failed: a trace, …."""
    secrets: set[str] = field(default_factory=set)
    """What the backend has told this trial alone, once: secrets of devices."""
    shown: int | None = None
    """Index of the exchange that the failed check looked at."""
    away: bool = False
    """Whether it looked at something else since: at a page, which no exchange shows."""
    hung: bool = False
    """Whether an answer was waited for in vain."""

    def note(self, what: str) -> None:
        """Record that `what` was checked; polling the same thing counts once."""
        if what not in self.checks:
            self.checks.append(what)

    def show(self, exchange: int) -> None:
        """Checks that follow look at this exchange."""
        self.shown, self.away = exchange, False

    def look_away(self) -> None:
        """Checks that follow look at no exchange."""
        self.shown, self.away = None, True

    def take(self, part: Journal) -> None:
        """Go on where `part` ended."""
        before = len(self.exchanges)
        for what in part.checks:
            self.note(what)
        self.exchanges += part.exchanges
        self.bodies |= part.bodies
        self.pictures += part.pictures
        self.files += part.files
        self.secrets |= part.secrets
        self.hung |= part.hung
        if part.away or part.shown is not None:
            self.shown = None if part.shown is None else before + part.shown
            self.away = part.away

    def hide(self, text: str) -> str:
        """`text` without the secrets that the trial was told."""
        for secret in self.secrets:
            text = text.replace(secret, HIDDEN)
        return text


_current = Journal()


def current() -> Journal:
    """The journal of the trial that runs now."""
    return _current


def begin() -> Journal:
    """Start a new journal, for the next trial."""
    global _current  # noqa: PLW0603 - one trial at a time in a process; threads share it
    _current = Journal()
    return _current


@contextmanager
def apart() -> Iterator[Journal]:
    """What is noted meanwhile goes into a journal of its own, and at its end into the trial's."""
    global _current  # noqa: PLW0603 - see `begin`
    whole, _current = _current, Journal()
    part = _current
    try:
        yield part
    finally:
        _current = whole
        whole.take(part)


def precede(parts: Iterable[Journal]) -> None:
    """What was noted until now comes after what is in `parts`."""
    global _current  # noqa: PLW0603 - see `begin`
    whole = Journal()
    for part in (*parts, _current):
        whole.take(part)
    _current = whole


def forget_exchanges() -> None:
    """Of a trial that goes through many examples the last one alone is shown."""
    _current.exchanges.clear()
    _current.bodies.clear()
    _current.shown = None
