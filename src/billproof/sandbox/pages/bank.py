"""What a bank asks on its page, and what its customer answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from urllib.parse import parse_qs


class Answer(Enum):
    """What the bank's customer says; None is before he has said anything."""

    COMPLETE = "complete"
    FAIL = "fail"

    @classmethod
    def sent(cls, body: bytes) -> Answer:
        """The button that was pressed; whatever is not agreement is none."""
        said = parse_qs(body.decode(errors="replace")).get("outcome")
        return cls.COMPLETE if said == [cls.COMPLETE.value] else cls.FAIL


@dataclass(frozen=True)
class Challenge:
    """What the bank asks about."""

    amount: str
    last4: str
