"""Whether bytes come from Stripe.

https://docs.stripe.com/webhooks/signature: HMAC-SHA256 over `t`, a dot and the body.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

MAX_AGE_SECONDS = 300


def is_genuine(body: bytes, header: str, secrets: Iterable[str], now: float) -> bool:
    """Whether any `v1` of the header fits any of the secrets, and `t` is young enough."""
    pairs = [part.strip().partition("=")[::2] for part in header.split(",")]
    stamps = [value for name, value in pairs if name == "t"]
    received = [value for name, value in pairs if name == "v1"]
    # Two instants could be signed for one and judged by the other.
    if len(stamps) != 1 or not (stamps[0].isascii() and stamps[0].isdigit()):
        return False
    payload = stamps[0].encode() + b"." + body
    expected = [hmac.new(key.encode(), payload, hashlib.sha256).hexdigest() for key in secrets]
    # Compared as bytes: text that is not ASCII would raise.
    matches = [
        hmac.compare_digest(one.encode(), other.encode()) for one in expected for other in received
    ]
    # Of more than 4,300 digits Python makes no int; as a float it is infinite.
    return any(matches) and now - float(stamps[0]) <= MAX_AGE_SECONDS
