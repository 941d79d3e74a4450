"""A backend may ask its callers to come back later (429): trials do, as every client of it must."""

from __future__ import annotations

import math
import re
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

TOO_MANY_REQUESTS = 429
MOST_SECONDS = 5
"""Of one wait; who asks for more is answered by nobody in time."""

MOST_TIMES = 3
"""How often in a row: one that never lets a caller in is seen as what it is."""


def seconds_to_wait(status: int, headers: httpx.Headers, now: float) -> int | None:
    """How long the answer asks its caller to wait; None when he need not, or not for so long.

    `now` is in Unix seconds: a time to come back may be a date of HTTP's, too (RFC 9110, 10.2.3).
    """
    told = headers.get("retry-after", "").strip()
    seconds = _seconds(told, now) if status == TOO_MANY_REQUESTS else None
    return seconds if seconds is not None and seconds <= MOST_SECONDS else None


def _seconds(told: str, now: float) -> int | None:
    if re.fullmatch(r"\d{1,4}", told, re.ASCII):
        return int(told)
    try:
        return max(0, math.ceil(parsedate_to_datetime(told).timestamp() - now))
    except ValueError:
        return None
