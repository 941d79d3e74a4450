"""What was said on the wire: one request of Stripe's API and its answer."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from http.client import HTTPException, HTTPResponse, parse_headers
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from tests.suite.fidelity.tee import Conversation


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One call; `form` is its body, and `answer` the JSON that came back."""

    method: str
    path: str
    query: str
    form: str
    type: str
    """The content type that the request names."""
    version: str | None
    """The API version that the request asks for."""
    key: str
    """What stood in `Authorization`."""
    status: int
    answer: Any


def keep(found: Iterable[Exchange], folder: str) -> None:
    """Add exchanges to this process's file in a folder, one a line."""
    with (Path(folder) / f"{os.getpid()}.jsonl").open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(asdict(each)) + "\n" for each in found)


def read(folder: Path) -> list[Exchange]:
    """The exchanges of all files in a folder."""
    return [
        Exchange(**json.loads(line))
        for file in sorted(folder.glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]


def exchanges(talks: Iterable[Conversation]) -> Iterator[Exchange]:
    """The answered calls of Stripe's API in what a tee heard."""
    for talk in talks:
        asked, answered = io.BytesIO(talk.asked), _Answers(talk.answered)
        while (exchange := _next(asked, answered)) is not None:
            if exchange.path.startswith("/v1/"):
                yield exchange


def _next(asked: io.BytesIO, answered: _Answers) -> Exchange | None:
    """The next call of a connection; None when there is no more, or it was never answered."""
    line = asked.readline().split()
    if len(line) != len(("method", "target", "protocol")):
        return None
    headers = parse_headers(asked)
    body = asked.read(int(headers.get("Content-Length", "0")))
    answer = _answer(answered, line[0].decode())
    if answer is None:
        return None
    target = urlsplit(line[1].decode("latin-1"))
    return Exchange(
        method=line[0].decode(),
        path=target.path,
        query=target.query,
        form=body.decode("latin-1"),
        type=headers.get("Content-Type", ""),
        version=headers.get("Stripe-Version"),
        key=headers.get("Authorization", ""),
        status=answer[0],
        answer=answer[1],
    )


def _answer(stream: _Answers, method: str) -> tuple[int, Any] | None:
    response = HTTPResponse(cast("Any", stream), method=method)
    try:
        response.begin()
        text = response.read()
    except (HTTPException, OSError):
        return None
    try:
        return response.status, json.loads(text)
    except ValueError:
        return response.status, None


class _Answers(io.BytesIO):
    """A socket as `http.client` asks for it, which it cannot close before the next answer."""

    def makefile(self, _mode: str) -> io.BytesIO:
        """Itself."""
        return self

    def close(self) -> None:
        """Stay open."""
