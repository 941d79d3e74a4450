"""Readers of single values: a text from a form becomes what its type says, or is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from billproof.sandbox.objects.errors import Refusal, StripeError

Reader = Callable[[Any, str], Any]
"""From what was sent and the name of its parameter to a typed value, or a StripeError."""
INTEGER = re.compile(r"[+-]?\d{1,18}\Z", re.ASCII)
DECIMAL = re.compile(r"[+-]?\d{1,18}(\.\d{1,12})?\Z", re.ASCII)
BOOLEANS = {"true": True, "false": False}
INSTANT = re.compile(r"(?:^|.*[\[_])(?:at|date|time|end|anchor|start)\]?\Z")
"""What parameters are called that are instants: `cancel_at`, `frozen_time`, `period[start]`."""
LATEST = 1 << 32
"""The latest instant, in 2106: Python's years, and with them all periods, have four digits."""
UNSET_BY_EMPTY = frozenset({"email", "name", "description", "phone", "nickname", "comment"})
"""Texts that Stripe clears on an empty value although its schema does not say so."""
LONGEST_TEXT = 5000


def text(value: Any, path: str) -> str:
    """A text, not empty unless that unsets it."""
    sent = flat(value, path)
    if not sent and path not in UNSET_BY_EMPTY:
        raise StripeError(Refusal.EMPTY, param=path)
    return limited(sent, LONGEST_TEXT, path)


def integer(value: Any, path: str) -> int:
    """A whole number of up to 18 digits."""
    sent = flat(value, path)
    if not INTEGER.match(sent):
        raise StripeError(Refusal.INTEGER, param=path, value=sent[:100])
    number = int(sent)
    if number > LATEST and INSTANT.match(path):
        raise StripeError(Refusal.INSTANT, param=path, value=sent, latest=str(LATEST))
    return number


def decimal(value: Any, path: str) -> float:
    """A number that may have a point in it."""
    sent = flat(value, path)
    if not DECIMAL.match(sent):
        raise StripeError(Refusal.DECIMAL, param=path, value=sent[:100])
    return float(sent)


def boolean(value: Any, path: str) -> bool:
    """`true` or `false`."""
    sent = flat(value, path)
    if sent not in BOOLEANS:
        raise StripeError(Refusal.BOOLEAN, param=path, value=sent[:100])
    return BOOLEANS[sent]


def unset(_value: Any, _path: str) -> str:
    """An empty text, by which a value is unset."""
    return ""


def one_of(choices: list[str]) -> Reader:
    """One of some words."""
    listed = " or ".join(choices)
    if len(choices) > 2:  # noqa: PLR2004 - grammar: a list has commas from three on
        listed = f"{', '.join(choices[:-1])}, or {choices[-1]}"

    def choice(value: Any, path: str) -> str:
        sent = flat(value, path)
        if sent not in choices:
            raise StripeError(Refusal.CHOICE, param=path, choices=listed)
        return sent

    return choice


def flat(value: Any, path: str) -> str:
    """What was sent, as a text and not as an object."""
    if isinstance(value, str):
        return value
    raise StripeError(Refusal.STRING, param=path, value=json.dumps(value))


def limited(value: str, limit: int, path: str) -> str:
    """A text that is no longer than that."""
    if len(value) > limit:
        raise StripeError(Refusal.TOO_LONG, param=path, value=value[:40] + "...", limit=str(limit))
    return value
