"""What a way to isolate tests does before and after each of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from benchmarks.databases.grounds import Ground
from benchmarks.databases.sites import Site


class Way(Protocol):
    """One way, on a ground."""

    def begin(self) -> Site:
        """The next test's database."""

    def end(self) -> None:
        """Undo the test, or see to it that the next one has another."""

    def close(self) -> None:
        """Let go of what is open."""


Make: TypeAlias = Callable[[Ground], Way]


@dataclass(frozen=True)
class Named:
    """A way, and what people call it."""

    name: str
    make: Make


FLOOR = "no isolation"
RECYCLED = "billproof"
CLONED = "billproof, a new clone each time"
ASKED = "billproof, its URL asked for"
