"""Time as each customer lives it, and what is due in it.

Nearly everybody lives in real time. A test may put a customer on a test clock, which stands
still until it is advanced, or ahead of real time by an offset.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

NOBODY = ""
"""Who owns what no customer owns: it lives in real time."""


@dataclass(slots=True)
class Life:
    """One customer's time: on a clock, or `offset` seconds ahead; and what he can expect."""

    clock: str | None = None
    frozen: int | None = None
    """The instant that is being lived, while it is not simply now."""
    offset: int = 0
    due: list[tuple[int, str]] = field(default_factory=list)
    """A heap of instants and the ids of what happens then."""


class Timeline:
    """All lives of one account. Instants are whole seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lives: dict[str, Life] = {}
        self._on_clock: dict[str, list[str]] = {}
        self._wake: list[tuple[int, str]] = []
        self._second = 0

    def life(self, owner: str | None) -> Life:
        """The life of a customer, begun in real time."""
        return self._lives.setdefault(owner or NOBODY, Life())

    def known(self, owner: str) -> Life | None:
        """The life of a customer, if it has been begun."""
        return self._lives.get(owner)

    def restore(self, owner: str, life: Life) -> None:
        """Take a life up again where it was left."""
        self._lives[owner] = life
        if life.clock is not None:
            self._on_clock.setdefault(life.clock, []).append(owner)
        for instant, _ in life.due:
            heapq.heappush(self._wake, (instant - life.offset, owner))

    def now(self, owner: str | None) -> int:
        """The instant at which a customer is."""
        life = self._lives.get(owner or NOBODY)
        if life is None:
            return self._real()
        if life.frozen is not None:
            return life.frozen
        return self._real() + life.offset if life.offset else self._real()

    def _real(self) -> int:
        """Real time; within a second always the same object, which all that begins then shares."""
        now = int(self._clock())
        if now != self._second:
            self._second = now
        return self._second

    def expect(self, instant: int, owner: str | None, identifier: str) -> None:
        """Note that something happens to an object by itself at `instant`."""
        life = self.life(owner)
        heapq.heappush(life.due, (instant, identifier))
        real = instant - life.offset if life.offset else instant
        heapq.heappush(self._wake, (real, owner or NOBODY))

    def attach(self, owner: str, clock: str, instant: int) -> None:
        """Put a customer on a test clock, for good."""
        life = self.life(owner)
        life.clock, life.frozen, life.offset = clock, instant, 0
        self._on_clock.setdefault(clock, []).append(owner)

    def run_ahead(self, owner: str, seconds: int) -> None:
        """Have a customer live `seconds` ahead of real time; no clock may hold him."""
        life = self.life(owner)
        life.offset = seconds
        for instant, _ in life.due:
            heapq.heappush(self._wake, (instant - seconds, owner))

    def on_clock(self, clock: str) -> list[str]:
        """The customers on a test clock."""
        return list(self._on_clock.get(clock, ()))

    def set_clock(self, clock: str, instant: int) -> None:
        """Move the hands of a test clock, without anything happening."""
        for owner in self.on_clock(clock):
            self._lives[owner].frozen = instant

    def fallen_due(self) -> Iterator[str]:
        """What happens to those without a clock up to now, each in its own instant."""
        while self._wake and self._wake[0][0] <= self._clock():
            owner = heapq.heappop(self._wake)[1]
            if self._lives[owner].clock is None:
                yield from self._up_to(owner, self.now(owner))

    def _up_to(self, owner: str, last: int) -> Iterator[str]:
        life = self._lives[owner]
        while life.due and life.due[0][0] <= last:
            instant, identifier = heapq.heappop(life.due)
            with self._frozen(life, instant):
                yield identifier

    @contextmanager
    def _frozen(self, life: Life, instant: int) -> Iterator[None]:
        life.frozen = instant
        try:
            yield
        finally:
            life.frozen = None

    def due_on_clock(self, clock: str, last: int) -> Iterator[str]:
        """What happens on a test clock up to `last`; its hands move from one to the next."""
        while lives := [self.life(owner) for owner in self.on_clock(clock)]:
            soonest = min(lives, key=lambda life: life.due[0] if life.due else (last + 1, ""))
            if not soonest.due or soonest.due[0][0] > last:
                return
            instant, identifier = heapq.heappop(soonest.due)
            self.set_clock(clock, max(instant, soonest.frozen or 0))
            yield identifier
