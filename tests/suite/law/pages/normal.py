"""Makes what differs from run to run the same: hosts, ids, instants, users, random words."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

BACKEND, STRIPE = "https://app.example.com", "https://stripe.example"
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
SAME_SECONDS = 5
"""Instants as close as this are one: which of them came first is chance."""

_LOOPBACK = re.compile(r"https?://(?:127\.0\.0\.1|localhost)(?::\d+)?")
_ID = re.compile(
    r"\b(?P<kind>(?:cs_(?:test|live)|acct|bps|ch|cus|dev|evt|fault|ii|il|in|pi|pm|prod|seti|si|src|"
    r"sub|txn|price|x)_)(?!billproof)[A-Za-z0-9]{6,}"
)
_INSTANT = re.compile(r"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)")
_UNIX = re.compile(r"(?<![\w.])(?:1[6-9]|2\d)\d{8}(?![\w.])")
_USER = re.compile(r"(?<![\w.])\d{13,16}(?![\w.])")
_RANDOM = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|\b[0-9a-f]{32,64}\b")
_CURSOR = re.compile(r"(?P<before>cursor(?:=|\": ?\"))[\w%.=~:-]{12,}")
_SECRET = re.compile(r"(?P<before>\"secret\": ?\")[^\"]+")
_NUMBER = re.compile(r"(?P<before>\"number\": ?\")[A-Z0-9]+-(?P<place>\d+)")
_TOLD_USER = re.compile(r"(?P<before>user(?:_|%5F))\d{6,}")


class Normal:
    """One example's texts, told with the same words each time that they are told."""

    def __init__(self, texts: list[str]) -> None:
        """`texts` are all that will be asked for, in order: names are given as they come."""
        self._hosts = {host: STRIPE for text in texts[1:] for host in _LOOPBACK.findall(text)}
        self._hosts |= dict.fromkeys(_LOOPBACK.findall(texts[0]), BACKEND) if texts else {}
        whole = "\n".join(texts)
        self._instants = _ranked(_seconds(whole))
        self._names: dict[str, str] = {}
        self._counters: dict[str, Iterator[int]] = {}

    def text(self, text: str) -> str:
        """The text, normal."""
        text = _LOOPBACK.sub(lambda found: self._hosts.get(found[0], STRIPE), text)
        text = _SECRET.sub(r"\g<before>shown-only-this-once", text)
        text = _CURSOR.sub(r"\g<before>opaque-cursor", text)
        text = _NUMBER.sub(r"\g<before>BP-\g<place>", text)
        text = _INSTANT.sub(lambda found: self._instant(found[0]), text)
        text = _UNIX.sub(lambda found: str(int(self._placed(float(found[0])).timestamp())), text)
        text = _ID.sub(lambda found: self._named(found["kind"], found[0]), text)
        text = _USER.sub(lambda found: self._named("", found[0]), text)
        text = _TOLD_USER.sub(r"\g<before>5000000001", text)
        return _RANDOM.sub(lambda found: self._named("random-", found[0]), text)

    def _instant(self, told: str) -> str:
        return f"{self._placed(_moment(told).timestamp()):%Y-%m-%dT%H:%M:%SZ}"

    def _placed(self, seconds: float) -> datetime:
        if not self._instants:
            return FIRST
        nearest = min(self._instants, key=lambda known: abs(known - seconds))
        return FIRST + timedelta(days=self._instants[nearest])

    def _named(self, kind: str, told: str) -> str:
        if told not in self._names:
            number = next(self._counters.setdefault(kind, itertools.count(1)))
            self._names[told] = f"{kind}{number:04}" if kind else str(5_000_000_000 + number)
        return self._names[told]


def _seconds(text: str) -> list[float]:
    told = [_moment(found).timestamp() for found in _INSTANT.findall(text)]
    return sorted({*told, *map(float, _UNIX.findall(text))})


def _moment(told: str) -> datetime:
    return datetime.fromisoformat(told)


def _ranked(seconds: list[float]) -> dict[float, int]:
    """The place of each instant among them; those that are close share one."""
    ranks: dict[float, int] = {}
    place, before = 0, None
    for one in seconds:
        if before is not None and one - before > SAME_SECONDS:
            place += 1
        ranks[one], before = place, one
    return ranks
