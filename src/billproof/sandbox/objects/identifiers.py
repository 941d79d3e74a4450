"""Identifiers in Stripe's form: a prefix, and letters and digits that say nothing."""

from __future__ import annotations

import os
import string

ALPHABET = string.ascii_letters + string.digits
# Of 256 bytes, 248 fall on the 62 signs evenly; the last eight favour eight of them a little.
SIGNS = (ALPHABET * 5)[:256].encode()
POOL = 4096
"""So many bytes are asked of the system at once: each time costs as much as the rest of an id."""
SHORT = 14
LONG = 24


_pool = ""
_used = 0


def short_id(prefix: str) -> str:
    """`cus_` and its like: 14 characters behind the prefix."""
    return prefix + _letters(SHORT)


def long_id(prefix: str) -> str:
    """`sub_1…` and its like: 24 characters behind the prefix, the first of them a 1."""
    return f"{prefix}1{_letters(LONG - 1)}"


def session_id(*, livemode: bool) -> str:
    """A checkout session's: `cs_test_` or `cs_live_` and 60 characters."""
    return f"cs_{'live' if livemode else 'test'}_a1{_letters(58)}"


def endpoint_secret() -> str:
    """A webhook endpoint's signing secret."""
    return "whsec_" + _letters(32)


def _letters(count: int) -> str:
    global _pool, _used  # noqa: PLW0603 - one pool, as there is one source
    if _used + count > len(_pool):
        _pool, _used = os.urandom(POOL).translate(SIGNS).decode("ascii"), 0
    _used += count
    return _pool[_used - count : _used]
