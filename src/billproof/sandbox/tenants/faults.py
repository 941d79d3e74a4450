"""Failures on purpose: which calls they hit, and what happens to them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum

from billproof.sandbox.objects.resource import Body


class On(StrEnum):
    """Which calls a fault hits."""

    ALL = "all"
    WRITES = "writes"
    CREATE = "create"


class Effect(StrEnum):
    """What happens to a call that is hit."""

    STATUS = "status"
    """It is answered with an error, and has no effect."""
    HANG = "hang"
    """It is held until the client leaves, 60 s at most, and has no effect."""
    RESET = "reset"
    """The connection drops, and it has no effect."""
    LOST = "lost"
    """It has its effect, and the connection drops instead of an answer."""


@dataclass(kw_only=True)
class Fault:
    """One fault; `times` bounds its hits, None is forever."""

    id: str
    on: On
    kind: str | None
    user: str | None
    effect: Effect
    status: int
    code: str | None
    times: int | None
    hits: int = 0

    def matches(self, method: str, kind: str, users: frozenset[str], *, creates: bool) -> bool:
        """Whether it hits a call about a kind of object; an unknown call has no kind."""
        if self.times is not None and self.hits >= self.times:
            return False
        if self.user is not None and self.user not in users:
            return False
        if self.kind is not None and self.kind != kind:
            return False
        if self.on is On.CREATE:
            return creates
        return self.on is On.ALL or method != "GET"

    def body(self) -> Body:
        """The fault as the control API shows it."""
        return asdict(self)
