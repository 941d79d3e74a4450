"""Opaque cursors, bound to their user and good for a day, also over restarts."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import datetime, timedelta

GOOD_FOR = timedelta(hours=24)
DIGEST_BYTES = 32


class InvalidCursor(Exception):  # noqa: N818 - what it says is the refusal
    """Foreign, tampered with, or too old."""


def write_cursor(after: str, user_id: int, secret: str, now: datetime) -> str:
    """A cursor that points behind the object `after`."""
    payload = json.dumps([after, int(now.timestamp())]).encode()
    return base64.urlsafe_b64encode(_sign(payload, user_id, secret) + payload).decode()


def read_cursor(cursor: str, user_id: int, secret: str, now: datetime) -> str:
    """What the cursor points behind; InvalidCursor when it is not this user's."""
    try:
        raw = base64.b64decode(cursor.encode(), altchars=b"-_", validate=True)
    except ValueError as problem:
        raise InvalidCursor from problem
    # Base64 reads several texts as the same bytes; only the one that was written is genuine.
    if base64.urlsafe_b64encode(raw).decode() != cursor:
        raise InvalidCursor
    signature, payload = raw[:DIGEST_BYTES], raw[DIGEST_BYTES:]
    if not hmac.compare_digest(signature, _sign(payload, user_id, secret)):
        raise InvalidCursor
    after, written = json.loads(payload)
    if now.timestamp() - written > GOOD_FOR.total_seconds():
        raise InvalidCursor
    return str(after)


def _sign(payload: bytes, user_id: int, secret: str) -> bytes:
    return hmac.digest(secret.encode(), b"cursor:%d:" % user_id + payload, hashlib.sha256)
