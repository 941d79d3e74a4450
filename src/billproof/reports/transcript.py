"""Requests and answers as plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from billproof.run.record import Exchange, Record


def shown(records: Sequence[Record]) -> Exchange | None:
    """The exchange that the first finding among `records` points at."""
    for record in records:
        at = record.finding.exchange if record.finding else None
        if at is not None and at < len(record.exchanges):
            return record.exchanges[at]
    return None


def request_text(exchange: Exchange) -> str:
    """Method, URL, headers and body."""
    head = f"{exchange.method} {exchange.url}"
    return _message(head, exchange.request_headers, exchange.request_body)


def answer_text(exchange: Exchange) -> str:
    """Status, time, headers and body; or why no answer came."""
    took = f"after {exchange.seconds:.3f} s"
    head = f"no answer {took}" if exchange.status is None else f"{exchange.status} {took}"
    return _message(head, exchange.response_headers, exchange.response_body)


def _message(head: str, headers: Iterable[tuple[str, str]], body: str) -> str:
    lines = [head, *(f"{name}: {value}" for name, value in headers)]
    return "\n".join([*lines, "", body] if body else lines)
