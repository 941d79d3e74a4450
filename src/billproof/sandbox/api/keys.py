"""The secret key of a call, which is the account that it means."""

from __future__ import annotations

import base64
import re

from billproof.sandbox.objects.errors import Refusal, StripeError

KEY = re.compile(r"(sk|rk)_(test|live)_[A-Za-z0-9_-]{1,240}\Z", re.ASCII)


def secret_key(authorization: str) -> str:
    """The key in that header, by Bearer or Basic; StripeError without one of the right form."""
    scheme, _, value = authorization.partition(" ")
    key = value.strip()
    if scheme.lower() == "basic":
        key = _basic_user(key)
    elif scheme.lower() != "bearer":
        key = ""
    if not key:
        raise StripeError(Refusal.NO_KEY)
    if key.startswith("pk_"):
        raise StripeError(Refusal.PUBLISHABLE_KEY)
    if not KEY.match(key):
        raise StripeError(Refusal.BAD_KEY, key=_masked(key))
    return key


def _basic_user(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[0]
    except ValueError:
        return ""


def _masked(key: str) -> str:
    return key[:8] + "*" * 8 + key[-4:] if len(key) > 12 else "*" * len(key)  # noqa: PLR2004
