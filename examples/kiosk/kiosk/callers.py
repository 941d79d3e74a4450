"""Who calls: the user whom Telegram's init data name, or nobody."""

from __future__ import annotations

import hmac
import json
import time
from urllib.parse import unquote_plus

from kiosk.problems import Problem

OLDEST_SECONDS, AHEAD_SECONDS = 86_400, 300
IDS = range(1, 2**52)


def caller(authorization: list[str], bot_token: str) -> int:
    """The id of the user who calls; 401 for everybody else."""
    try:
        (header,) = authorization
        scheme, raw = header.split(" ", 1)
        if scheme.lower() == "tma":
            return user_of(raw.strip(), bot_token, time.time())
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        pass  # Whatever is wrong with it, the answer is one.
    raise Problem(401, "unauthenticated", WWW_Authenticate="tma")


def user_of(raw: str, bot_token: str, now: float) -> int:
    """The user's id; whatever is wrong with the init data raises what Python raises."""
    fields: dict[str, str] = {}
    for part in raw.split("&"):
        halves = part.partition("=")[::2]
        name, value = (unquote_plus(half, errors="strict") for half in halves)
        if name in fields:
            raise ValueError
        fields[name] = value
    theirs = fields.pop("hash").encode()
    lines = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    key = hmac.digest(b"WebAppData", bot_token.encode(), "sha256")
    if not hmac.compare_digest(hmac.digest(key, lines.encode(), "sha256").hex().encode(), theirs):
        raise ValueError
    date = fields["auth_date"]
    if not (date.isascii() and date.isdigit()):
        raise ValueError
    if not -AHEAD_SECONDS <= now - int(date) <= OLDEST_SECONDS:
        raise ValueError
    user = json.loads(fields["user"])["id"]
    if type(user) is not int or user not in IDS:
        raise ValueError
    return user
