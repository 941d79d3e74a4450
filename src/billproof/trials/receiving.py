"""An answer received whole, within a bound: one that never ends must not hold a trial for ever."""

from __future__ import annotations

import time

import httpx

MOST_BYTES = 64 * 1024 * 1024
"""No answer of the contract is nearly as long; more would only fill the memory."""


def receive(client: httpx.Client, request: httpx.Request, seconds: float) -> httpx.Response:
    """The answer with its body; ReadTimeout when it is not whole after `seconds`.

    The client's own timeout holds for each piece of a body, and so for no body without end.
    """
    end = time.monotonic() + seconds
    response = client.send(request, stream=True)
    try:
        body = _body(response, request, end)
    finally:
        response.close()
    # Its content is decoded by now; the headers stay as they came, for whoever looks at them.
    whole = httpx.Response(response.status_code, content=body, request=request)
    whole.headers = response.headers
    return whole


def _body(response: httpx.Response, request: httpx.Request, end: float) -> bytes:
    pieces, size = [], 0
    for piece in response.iter_bytes():
        pieces.append(piece)
        size += len(piece)
        if time.monotonic() > end or size > MOST_BYTES:
            reason = f"the answer's body does not end: {size} bytes so far"
            raise httpx.ReadTimeout(reason, request=request)
    return b"".join(pieces)
