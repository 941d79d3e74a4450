"""What a part is meant to reach, and whether it did."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

HEADS = ("aim", "found", "verdict")


@dataclass(frozen=True)
class Aim:
    """One aim; `is_met` is None for what has no aim, or could not be measured."""

    aim: str
    found: str
    is_met: bool | None

    @property
    def verdict(self) -> str:
        """One word or two."""
        return {True: "met", False: "NOT met", None: ""}[self.is_met]


def rows(aims: Iterable[Aim]) -> list[tuple[str, ...]]:
    """One row for each, below `HEADS`."""
    return [(each.aim, each.found, each.verdict) for each in aims]
