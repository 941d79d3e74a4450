"""An example for each clause: what was said on the wire in a real run, made the same each time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import TypeAdapter

from billproof.law import Clause, Law
from billproof.law.examples import EXAMPLES, Example, folder
from billproof.run.record import Exchange, Outcome, Record
from tests.suite.law.pages.normal import Normal

FOLDER = folder()
ASKED = ("authorization", "content-type", "idempotency-key", "stripe-signature")
ANSWERED = ("content-type", "cache-control", "retry-after", "www-authenticate", "location")
LONGEST = 900
"""Characters of a body that is shown whole."""
REFUSED = 400
COUNTERS = 6
"""How many lines of an exposition are shown."""
EVERYWHERE = frozenset({"ANS", "AUT", "ENV", "WIR"})
"""Prefixes of clauses that are about all operations."""
ENVELOPE = ("id", "object", "type", "livemode")
ABOUT = ("id", "object", "customer", "status")
"""What is shown of an event and of what it is about."""


def refresh(report: Path, law: Law) -> None:
    """Store the examples of a run, and throw away those of clauses that there are no more."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file in FOLDER.glob("*.json"):
        if file.stem not in law.by_id:
            file.unlink()
    for clause in law.clauses:
        heard = report / "exchanges" / f"{clause.id}.json"
        if heard.exists() and (found := chosen(clause, law, _records(heard))):
            text = EXAMPLES.dump_json(found, indent=2).decode()
            (FOLDER / f"{clause.id}.json").write_text(text + "\n", encoding="utf-8")


def chosen(clause: Clause, law: Law, records: Iterable[Record]) -> list[Example]:
    """Of the first trial that passed: the last call that succeeded and the last one refused.

    What was read before it and said something else is shown too: there and back again.
    """
    ours = _paths(clause, law)
    for record in sorted(records, key=lambda one: one.test):
        told = [each for each in record.exchanges if each.status is not None]
        about = [each for each in told if ours.match(urlsplit(each.url).path)]
        if record.outcome is Outcome.PASSED and about:
            halves = [[each for each in about if _refused(each) is half] for half in (False, True)]
            picked = [each for half in halves for each in _last(half)]
            return _shown([each for each in told if any(each is one for one in picked)])
    return []


def _last(exchanges: list[Exchange]) -> list[Exchange]:
    """The last one; before it the last other one of the same thing, where it was only read."""
    if not exchanges:
        return []
    last = exchanges[-1]
    others = [
        each
        for each in exchanges
        if (each.method, each.url) == ("GET", last.url) and each.response_body != last.response_body
    ]
    return [*others[-1:], last]


def _refused(exchange: Exchange) -> bool:
    return (exchange.status or 0) >= REFUSED


def _paths(clause: Clause, law: Law) -> re.Pattern[str]:
    """The paths of the operations that the clause is about: those of its capability.

    How answers and callers are looked at holds everywhere.
    """
    if clause.id[:3] in EVERYWHERE:
        return re.compile("/")
    [mine] = [one for one in law.capabilities if one.name == clause.capability]
    paths = [re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(each.path)) for each in mine.operations]
    return re.compile(f"(?:{'|'.join(paths)})$")


def _records(file: Path) -> list[Record]:
    return TypeAdapter(list[Record]).validate_json(file.read_bytes())


def _shown(exchanges: list[Exchange]) -> list[Example]:
    normal = Normal([text for each in exchanges for text in _texts(each)])
    return [_example(each, normal) for each in exchanges]


def _texts(exchange: Exchange) -> Iterator[str]:
    yield exchange.url
    yield exchange.request_body
    yield from (value for _, value in exchange.request_headers)
    yield exchange.response_body
    yield from (value for _, value in exchange.response_headers)


def _example(exchange: Exchange, normal: Normal) -> Example:
    url = urlsplit(exchange.url)
    target = f"{url.path}?{url.query}" if url.query else url.path
    return Example(
        request=f"{exchange.method} {normal.text(target)}",
        request_headers=_headers(exchange.request_headers, ASKED, normal),
        request_body=normal.text(_body(exchange.request_body)),
        status=exchange.status or 0,
        answer_headers=_headers(exchange.response_headers, ANSWERED, normal),
        answer_body=normal.text(_body(exchange.response_body)),
    )


def _headers(told: list[tuple[str, str]], kept: tuple[str, ...], normal: Normal) -> list[str]:
    return [f"{name.title()}: {normal.text(value)}" for name, value in told if name.lower() in kept]


def _body(text: str) -> str:
    """JSON set out in lines; of what is long its beginning, of an event its envelope."""
    if text.startswith("# "):
        return _counters(text)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):  # a trial sends brackets in brackets, too
        document = _envelope(text) if text.lstrip().startswith("{") else None
    if isinstance(document, dict) and isinstance(document.get("data"), dict):
        document = _summary(document)
    laid_out = text if document is None else _laid_out(document)
    if len(laid_out) <= LONGEST:
        return laid_out
    whole_lines = laid_out[:LONGEST].rpartition("\n")[0]
    return f"{whole_lines or laid_out[:LONGEST]}\n…"


def _counters(exposition: str) -> str:
    """Some counters, those first that have moved.

    When they began differs from run to run, and so does which of the many that have not moved
    a cut report still holds.
    """
    whole_lines = exposition.rpartition("\n")[0].splitlines()
    samples = [line for line in whole_lines if line[0] != "#" and "_created" not in line]
    moved = sorted(line for line in samples if not line.endswith(" 0.0"))
    others = sorted(line for line in samples if line.endswith(" 0.0") and "," not in line)
    return "\n".join([*[*moved, *others][:COUNTERS], "…"])


def _laid_out(document: Any) -> str:
    line = json.dumps(document, ensure_ascii=False)
    return line if len(line) <= 88 else json.dumps(document, indent=2, ensure_ascii=False)


def _envelope(cut: str) -> dict[str, Any] | None:
    """What an event that is too long for a report says first."""
    told = _members(cut, 2)
    return _summary({**told, "data": {"object": _members(cut, 6)}}) if told else None


def _members(cut: str, depth: int) -> dict[str, str]:
    """Members at this depth of indentation, as far as the text goes."""
    pattern = re.compile(rf'^ {{{depth}}}"(\w+)": "([^"]*)"', re.MULTILINE)
    return dict(pattern.findall(cut))


def _summary(event: dict[str, Any]) -> dict[str, Any]:
    """An event's name, and what it is about; the rest is Stripe's affair."""
    about = event["data"].get("object")
    told = {name: about[name] for name in ABOUT if name in about} if isinstance(about, dict) else {}
    envelope = {name: event[name] for name in ENVELOPE if name in event}
    return {**envelope, "data": {"object": {**told, "…": "…"}}}
