"""A backend may ask its callers to come back later (429): trials do, as every client of it must."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

TOO_MANY_REQUESTS = 429
MOST_SECONDS = 5
"""Of one wait; who asks for more is answered by nobody in time."""

MOST_TIMES = 3
"""How often in a row: one that never lets a caller in is seen as what it is."""


def seconds_to_wait(status: int, headers: httpx.Headers) -> int | None:
    """How long the answer asks its caller to wait; None when he need not, or not for so long."""
    told = headers.get("retry-after", "").strip()
    if status != TOO_MANY_REQUESTS or not re.fullmatch(r"\d{1,4}", told, re.ASCII):
        return None
    return int(told) if int(told) <= MOST_SECONDS else None
