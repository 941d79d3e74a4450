"""What callers are told when something is wrong (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

OF_STATUS = {
    HTTPStatus.NOT_FOUND: "not-found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method-not-allowed",
    HTTPStatus.BAD_REQUEST: "malformed-request",
}


class Problem(Exception):  # noqa: N818 - the word of RFC 9457
    """A refusal: its status, and its word in openapi.yaml's list."""

    def __init__(self, status: int, word: str, **headers: str) -> None:
        super().__init__(word)
        self.status = status
        self.word = word
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def unavailable() -> Problem:
    """Stripe does not answer, or not as it should."""
    return Problem(503, "provider-unavailable", Retry_After="2")


async def refused(_request: Request, problem: Exception) -> JSONResponse:
    """A refusal of our own."""
    assert isinstance(problem, Problem)  # noqa: S101 - it is registered for nothing else
    return answer(problem.status, problem.word, problem.headers)


async def refused_by_framework(_request: Request, problem: Exception) -> JSONResponse:
    """An unknown path or method, which Starlette finds."""
    assert isinstance(problem, HTTPException)  # noqa: S101 - as above
    word = OF_STATUS.get(HTTPStatus(problem.status_code), "internal-error")
    return answer(problem.status_code, word, dict(problem.headers or {}))


async def broken(_request: Request, _problem: Exception) -> JSONResponse:
    """Our own fault, of which nothing is told."""
    return answer(500, "internal-error", {})


def answer(status: int, word: str, headers: dict[str, str]) -> JSONResponse:
    title = word.replace("-", " ").capitalize()
    body = {"type": f"urn:billproof:problem:{word}", "title": title, "status": status}
    kept = {**headers, "Cache-Control": "no-store"}
    return JSONResponse(body, status, kept, media_type="application/problem+json")
