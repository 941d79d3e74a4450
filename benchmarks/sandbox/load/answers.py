"""Where an HTTP answer ends, and what it holds; no more of HTTP than a benchmark needs."""

from __future__ import annotations

import re
from dataclasses import dataclass

HEAD_END = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)")
CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked")


@dataclass(frozen=True, slots=True)
class Answer:
    """One whole answer."""

    status: int
    body: bytes

    @property
    def is_good(self) -> bool:
        """Whether the server did what it was asked."""
        return 200 <= self.status < 300  # noqa: PLR2004 - the class of success


def read(received: bytes) -> Answer | None:
    """The answer that `received` is; None while it is not whole.

    ValueError for one that gives neither its length nor chunks: its end cannot be seen on
    a connection that is kept.
    """
    end = received.find(HEAD_END)
    if end < 0:
        return None
    head, rest = received[:end].lower(), received[end + len(HEAD_END) :]
    if length := LENGTH.search(head):
        body = rest if len(rest) >= int(length[1]) else None
    elif CHUNKED.search(head):
        body = _join(rest)
    else:
        raise ValueError("an answer without length and without chunks")
    return None if body is None else Answer(int(head[9:12]), body)


def _join(chunks: bytes) -> bytes | None:
    """The body that is spread over chunks; None while the last one is missing."""
    parts: list[bytes] = []
    at = 0
    while (line := chunks.find(b"\r\n", at)) >= 0:
        size = int(chunks[at:line], 16)
        at = line + 2 + size + 2
        if at > len(chunks):
            return None
        if size == 0:
            return b"".join(parts)
        parts.append(chunks[line + 2 : at - 2])
    return None
