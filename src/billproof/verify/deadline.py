"""The time that a whole run may take."""

from __future__ import annotations

import time
from collections.abc import Callable

from billproof.errors import CannotTest
from billproof.verify.options import DEADLINE_SECONDS, Options

ADVICE = "Give it more with --deadline, or part it with --shard."


class Deadline:
    """Begins when it is made; `seen` tells what was looked at until now."""

    def __init__(self, options: Options, seen: Callable[[], str]) -> None:
        # Who asks for many runs in a row means all of them.
        self._seconds = options.deadline_seconds or DEADLINE_SECONDS * options.repeat
        self._seen = seen
        self._begun = time.monotonic()

    def left(self) -> float:
        """Seconds until then; never less than 0."""
        return max(0.0, self._seconds - (time.monotonic() - self._begun))

    def over(self) -> str | None:
        """Why the run ends now; None while there is time."""
        return None if self.left() else f"{self._reason()} {ADVICE}"

    def check(self) -> None:
        """CannotTest when it is over."""
        if not self.left():
            raise CannotTest("deadline-over", self._reason(), ADVICE)

    def _reason(self) -> str:
        return f"The run's deadline of {self._seconds:.0f} s is over; {self._seen()}."
