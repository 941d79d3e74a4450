"""One part of a whole that is done in parts: of a run, or of the mutants."""

from __future__ import annotations

import re
from dataclasses import dataclass

from billproof.errors import UsageError

_FORM = re.compile(r"(\d{1,4})/(\d{1,4})")


@dataclass(frozen=True)
class Shard:
    """The part `number` of `of`, counted from 1."""

    number: int
    of: int

    def __str__(self) -> str:
        """As it is typed."""
        return f"{self.number}/{self.of}"


def parse_shard(text: str, option: str = "shard") -> Shard:
    """`2/4` as a shard; UsageError for anything else, by the option that it was given to."""
    if (match := _FORM.fullmatch(text)) and 1 <= int(match[1]) <= int(match[2]):
        return Shard(int(match[1]), int(match[2]))
    raise UsageError(f"{text!r} is no {option}.", f"The second of four is --{option} 2/4.")
