"""Who calls, according to Telegram.

https://core.telegram.org/bots/webapps, "Validating data received via the Mini App".
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote_to_bytes

MAX_AGE = timedelta(hours=24)
MAX_AHEAD = timedelta(seconds=300)
MAX_USER_ID = 2**52


class InvalidInitData(Exception):  # noqa: N818 - what it says is the refusal
    """The init data prove nothing."""


def user_id_of(init_data: str, bot_token: str, now: datetime) -> int:
    """The id of the user whom fresh, genuine init data name; InvalidInitData otherwise."""
    fields = _fields(init_data)
    received = fields.pop("hash", "")
    # Telegram keeps `signature` in this string; only `hash` is left out.
    lines = "\n".join(sorted(f"{name}={value}" for name, value in fields.items()))
    key = hmac.digest(b"WebAppData", bot_token.encode(), hashlib.sha256)
    genuine = hmac.new(key, lines.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(genuine.encode(), received.encode()):
        raise InvalidInitData
    # Line feeds join what is signed: with one inside, a field could stand for two.
    if any("\n" in f"{name}{value}" for name, value in fields.items()):
        raise InvalidInitData
    _check_age(fields.get("auth_date", ""), now)
    return _user_id(fields.get("user", ""))


def _fields(init_data: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for part in init_data.split("&"):
        name, _, value = part.partition("=")
        name, value = _decode(name), _decode(value)
        # Two parsers may pick different values of a doubled key.
        if name in fields:
            raise InvalidInitData
        fields[name] = value
    return fields


def _decode(text: str) -> str:
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeError as problem:
        raise InvalidInitData from problem


def _check_age(auth_date: str, now: datetime) -> None:
    if not (auth_date.isascii() and auth_date.isdigit()):
        raise InvalidInitData
    try:
        age = now - datetime.fromtimestamp(int(auth_date), UTC)
    except (OverflowError, ValueError, OSError) as problem:
        raise InvalidInitData from problem
    if not -MAX_AHEAD <= age <= MAX_AGE:
        raise InvalidInitData


def _user_id(user: str) -> int:
    try:
        named = json.loads(user)
    except (ValueError, RecursionError) as problem:
        raise InvalidInitData from problem
    user_id = named.get("id") if isinstance(named, dict) else None
    # bool is an int to Python, and no id to anybody else.
    if not isinstance(user_id, int) or isinstance(user_id, bool):
        raise InvalidInitData
    if not 0 < user_id < MAX_USER_ID:
        raise InvalidInitData
    return user_id
