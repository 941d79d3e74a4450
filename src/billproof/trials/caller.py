"""Calls to the backend under test, each of them kept for the journal."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import httpx

from billproof.errors import Violation
from billproof.run.record import Exchange
from billproof.trials import journal
from billproof.trials.answer import Answer
from billproof.trials.credentials import Credentials, Nobody
from billproof.trials.curl import Request, curl_line
from billproof.trials.operations import call_name
from billproof.trials.pace import pause
from billproof.trials.receiving import receive
from billproof.trials.redaction import Redactor
from billproof.trials.validity import Sent, expect_declared
from billproof.trials.waiting import MOST_TIMES, seconds_to_wait

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from billproof.targets.protocol import Backend

ANSWER_WITHIN_SECONDS = 10.0
"""The contract's bound for every answer, even while Stripe hangs."""

GRACE_SECONDS = 2.0
"""Beyond the bound by a little: a late answer is told from none."""

_SHOWN_CHARACTERS = 4_000


class Caller:
    """Sends requests to one backend; follows no redirect, keeps no cookie."""

    def __init__(self, backend: Backend, http: httpx.Client, bodies: Path) -> None:
        """`bodies` is the folder for request bodies that a curl line has to read."""
        self.backend = backend
        self._http = http
        self._bodies = bodies
        self._redactor = Redactor(backend.environ)

    def send(  # noqa: PLR0913 - a request has these parts
        self,
        method: str,
        path: str,
        *,
        credentials: Credentials | None = None,
        headers: Mapping[str, str] | None = None,
        shell_headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        invalid: bool = False,
    ) -> Answer:
        """Send one request; Violation when no answer comes within the contract's 10 s.

        Where the answer is 429 with a time to come back, it is sent again then.

        `shell_headers` replaces, in the printed curl line, headers that expire.
        MisdeclaredRequest where openapi.yaml does not describe it, unless it is `invalid` on
        purpose, and where it does though it should be. Credentials speak for themselves.
        """
        told = credentials is None or not credentials.wrong_on_purpose
        credentials = credentials or Nobody()
        authorization = credentials.header(self.backend.environ, time.time())
        sent = {name.encode(): value.encode() for name, value in (headers or {}).items()}
        if authorization is not None:
            sent[b"Authorization"] = authorization
        asked = Sent(method, path, httpx.Headers(sent), body, told)
        expect_declared(asked, invalid=invalid, hide=self._redactor.text)
        request = Request(method, self.backend.base_url, path, headers or {}, body)
        line = curl_line(request, credentials.shell(), shell_headers or {}, self._bodies)
        journal.current().bodies.update(line.bodies)
        answer = self._exchange(method, path, sent, body, line.text)
        for _ in range(MOST_TIMES):
            wait = seconds_to_wait(answer.status, answer.headers, time.time())
            if wait is None:
                break
            pause(wait)
            answer = self._exchange(method, path, sent, body, line.text)
        return answer

    def _exchange(
        self, method: str, path: str, headers: dict[bytes, bytes], body: bytes | None, curl: str
    ) -> Answer:
        url = self.backend.base_url + path
        call = call_name(method, path.partition("?")[0])
        request = httpx.Request(method, url, headers=headers, content=body)
        started = time.monotonic()
        try:
            response = receive(self._http, request, ANSWER_WITHIN_SECONDS + GRACE_SECONDS)
        except httpx.LocalProtocolError:
            raise  # nothing was sent: the trial asked for what HTTP cannot carry
        except httpx.HTTPError as failure:
            self._keep(request, None, time.monotonic() - started, curl, repr(failure))
            journal.current().hung |= isinstance(failure, httpx.TimeoutException)
            got = f"{type(failure).__name__}: {failure}".rstrip(": ")
            within = f"an answer within {ANSWER_WITHIN_SECONDS:.0f} s"
            raise Violation(call, within, got) from failure
        seconds = time.monotonic() - started
        kept = self._keep(request, response, seconds, curl, response.text)
        return Answer(call, response.status_code, response.headers, response.content, seconds, kept)

    def _keep(
        self,
        request: httpx.Request,
        response: httpx.Response | None,
        seconds: float,
        curl: str,
        text: str,
    ) -> int:
        hide = self._redactor
        exchanges = journal.current().exchanges
        exchanges.append(
            Exchange(
                method=request.method,
                url=hide.text(str(request.url)),
                request_headers=hide.headers(_pairs(request.headers)),
                request_body=hide.text(request.content.decode("utf-8", "replace"))[
                    :_SHOWN_CHARACTERS
                ],
                status=response.status_code if response else None,
                response_headers=hide.headers(_pairs(response.headers)) if response else [],
                response_body=hide.text(text)[:_SHOWN_CHARACTERS],
                seconds=round(seconds, 4),
                curl=hide.text(curl),
            )
        )
        return len(exchanges) - 1


def _pairs(headers: httpx.Headers) -> list[tuple[str, str]]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers.raw]
