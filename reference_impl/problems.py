"""Everything that goes wrong, as problem documents (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from reference_impl.wire.models import Problem as Document
from reference_impl.wire.models import ProblemError, ProblemType

PREFIX = "urn:billproof:problem:"
RETRY_AFTER_SECONDS = "2"
FILE_METHODS = frozenset({"GET", "HEAD"})


@dataclass(eq=False)
class Problem(Exception):  # noqa: N818 - RFC 9457's word
    """An answer that is an error; `name` is the last part of its type."""

    status: int
    name: str
    headers: Mapping[str, str] = field(default_factory=dict)
    errors: list[ProblemError] | None = None

    def response(self) -> Response:
        """The problem document."""
        document = Document(
            type=ProblemType(PREFIX + self.name),
            title=self.name.replace("-", " ").capitalize(),
            status=self.status,
            errors=self.errors,
        )
        return JSONResponse(
            document.model_dump(exclude_none=True),
            self.status,
            dict(self.headers),
            media_type="application/problem+json",
        )


def unauthenticated(scheme: str) -> Problem:
    """Nobody, or nobody who can be believed; RFC 9110 wants the scheme named."""
    return Problem(401, "unauthenticated", {"WWW-Authenticate": scheme})


def provider_unavailable() -> Problem:
    """Stripe does not answer, or fails."""
    return Problem(503, "provider-unavailable", {"Retry-After": RETRY_AFTER_SECONDS})


def no_such_plan() -> Problem:
    """A plan that cannot be bought."""
    errors = [ProblemError(detail="There is no such plan to buy.", pointer="#/plan")]
    return Problem(422, "validation-failed", errors=errors)


def render_problems(app: FastAPI) -> None:
    """Have the app answer every error, the framework's own too, as a problem document."""

    @app.exception_handler(Problem)
    async def _ours(_: Request, problem: Problem) -> Response:
        return problem.response()

    @app.exception_handler(RequestValidationError)
    async def _invalid(_: Request, invalid: RequestValidationError) -> Response:
        if any(error["type"] == "json_invalid" for error in invalid.errors()):
            return Problem(400, "malformed-request").response()
        # The input itself is never repeated: it may hold what should not be shown.
        errors = [
            ProblemError(detail=error["msg"], pointer=_pointer(error["loc"]))
            for error in invalid.errors()
        ]
        return Problem(422, "validation-failed", errors=errors).response()

    @app.exception_handler(HTTPException)
    async def _frameworks(request: Request, error: HTTPException) -> Response:
        names = {400: "malformed-request", 404: "not-found", 405: "method-not-allowed"}
        name = names.get(error.status_code, "internal-error")
        headers = {"Allow": _allowed(request)} if error.status_code == 405 else error.headers  # noqa: PLR2004 - RFC 9110
        return Problem(error.status_code, name, headers or {}).response()

    @app.exception_handler(Exception)
    async def _unexpected(_: Request, __: Exception) -> Response:
        # Sent from outside all middleware, which would have seen to the header.
        return Problem(500, "internal-error", {"Cache-Control": "no-store"}).response()


def _allowed(request: Request) -> str:
    """The methods of all routes of this path; the framework names those of the first alone."""
    routes = [route for route in request.app.routes if isinstance(route, APIRoute)]
    fitting = [route for route in routes if route.path_regex.match(request.url.path)]
    methods = {method for route in fitting for method in route.methods or ()}
    return ", ".join(sorted(methods or FILE_METHODS))


def _pointer(place: tuple[str | int, ...]) -> str:
    # RFC 6901: a name may have what parts a pointer, and all of a document is the empty one.
    names = (str(part).replace("~", "~0").replace("/", "~1") for part in place[1:])
    return "#" + "".join(f"/{name}" for name in names)
