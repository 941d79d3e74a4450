"""Failures on purpose: which calls they hit, and what happens to them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum

from billproof.sandbox.objects.resource import Body
from billproof.sandbox.tenants.calls import Call

Aim = tuple[str, str]
"""A kind of somebody and his name: whose calls a fault can hit."""
EVERYBODY: Aim = ("", "")
BROKEN_FROM = 500


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
    LATE = "late"
    """It has its effect at once, and its answer, of that moment, comes seconds later."""


@dataclass(kw_only=True, slots=True)
class Fault:
    """One fault; `times` bounds its hits, None is forever."""

    id: str
    on: On
    kind: str | None
    user: str | None
    customer: str | None
    effect: Effect
    status: int
    code: str | None
    should_retry: bool | None
    """What the header `Stripe-Should-Retry` says; None leaves it out."""
    times: int | None
    after: int = 0
    """How many calls still pass before the first hit."""
    hits: int = 0
    seconds: float = 0.0
    """How much later an answer comes."""

    @property
    def aim(self) -> Aim:
        """Whose calls it can hit at all."""
        if self.customer is not None:
            return "customer", self.customer
        return EVERYBODY if self.user is None else ("user", self.user)

    @property
    def is_spent(self) -> bool:
        """Whether it has hit as often as it may."""
        return self.times is not None and self.hits >= self.times

    @property
    def is_remembered(self) -> bool:
        """Whether a status came of a call that had begun, and is kept under its key.

        Below 500 Stripe refuses before it begins (a limit, a key in use), even what it has done.
        """
        return self.status >= BROKEN_FROM

    def strikes(self, call: Call, kind: str, *, creates: bool) -> bool:
        """Whether it hits a call about a kind of object, which is then counted."""
        if self.is_spent:
            return False
        if not self._means(call, kind, creates=creates):
            return False
        if self.after:
            self.after -= 1
            return False
        self.hits += 1
        return True

    def _means(self, call: Call, kind: str, *, creates: bool) -> bool:
        if call.replayed and self.effect is Effect.STATUS and self.is_remembered:
            return False  # Stripe looks for a stored answer before it begins.
        if self.user is not None and self.user not in call.users:
            return False
        if self.customer is not None and self.customer not in call.customers:
            return False
        if self.kind is not None and self.kind != kind:
            return False
        if self.on is On.CREATE:
            return creates
        return self.on is On.ALL or call.method != "GET"

    def body(self) -> Body:
        """The fault as the control API shows it."""
        return asdict(self)
