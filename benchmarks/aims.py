"""What a part is meant to reach, and whether it did."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """One aim; `is_met` is None for what has no aim, or could not be measured."""

    aim: str
    found: str
    is_met: bool | None

    @property
    def verdict(self) -> str:
        """One word or two."""
        return {True: "met", False: "NOT met", None: ""}[self.is_met]
