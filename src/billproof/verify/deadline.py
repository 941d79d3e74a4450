"""The time that a whole run may take."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from billproof.verify.options import DEADLINE_SECONDS

if TYPE_CHECKING:
    from billproof.verify.observed import Observed
    from billproof.verify.options import Options


class Deadline:
    """Begins when it is made."""

    def __init__(self, options: Options, observed: Observed) -> None:
        self._seconds = options.deadline_seconds or DEADLINE_SECONDS
        self._observed = observed
        self._begun = time.monotonic()

    def left(self) -> float:
        """Seconds until then; never less than 0."""
        return max(0.0, self._seconds - (time.monotonic() - self._begun))

    def over(self) -> str | None:
        """Why the run ends now; None while there is time."""
        if time.monotonic() - self._begun < self._seconds:
            return None
        seen = len(self._observed.judged)
        reason = f"The run's deadline of {self._seconds:.0f} s is over; {seen} clauses were seen."
        return f"{reason} Give it more with --deadline, or part it with --shard."
