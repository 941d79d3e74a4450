"""Each way in which Stripe can fail, and what the backend answers then."""

from __future__ import annotations

from dataclasses import dataclass

import httpx
import pytest
import respx

from tests.reference.backend import problem
from tests.reference.stripe_answers import error

MESSAGE = "Stripe's own words, for nobody else"


@dataclass(frozen=True)
class Failure:
    """What comes instead of a good answer; `decided` when Stripe's state is known after it."""

    happens: httpx.Response | type[httpx.TransportError]
    decided: bool

    def strike(self, route: respx.Route) -> respx.Route:
        """Have it happen at each call of `route`."""
        if isinstance(self.happens, httpx.Response):
            return route.mock(return_value=self.happens)
        return route.mock(side_effect=self.happens)


FAILURES = {
    "no connection": Failure(httpx.ConnectError, decided=False),
    "no connection in time": Failure(httpx.ConnectTimeout, decided=False),
    "no answer in time": Failure(httpx.ReadTimeout, decided=False),
    "connection reset": Failure(httpx.ReadError, decided=False),
    "connection closed": Failure(httpx.RemoteProtocolError, decided=False),
    "500": Failure(error(500, MESSAGE), decided=True),
    "503 of a proxy": Failure(httpx.Response(503, text=f"<h1>{MESSAGE}</h1>"), decided=True),
    "429": Failure(error(429, MESSAGE, code="rate_limit"), decided=False),
    "409": Failure(error(409, MESSAGE, code="idempotency_key_in_use"), decided=False),
    "400": Failure(error(400, MESSAGE, code="parameter_invalid_empty"), decided=True),
    "401": Failure(error(401, MESSAGE), decided=False),
    "402": Failure(error(402, MESSAGE, type="card_error"), decided=True),
    "403": Failure(error(403, MESSAGE), decided=False),
    "404 of something else": Failure(
        error(404, MESSAGE, code="resource_missing", param="price"), decided=True
    ),
    "not JSON": Failure(httpx.Response(200, text=f"<h1>{MESSAGE}</h1>"), decided=False),
    "half of an answer": Failure(httpx.Response(200, text='{"id": "cus_'), decided=False),
    "no body": Failure(httpx.Response(200), decided=False),
}

EACH_FAILURE = pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)

KINDS = ("no connection", "no answer in time", "500", "429", "400", "not JSON")
EACH_KIND_OF_FAILURE = pytest.mark.parametrize(
    "failure", [FAILURES[kind] for kind in KINDS], ids=KINDS
)
"""One of each, for the second and third call of an operation that every failure struck before."""


def refuses_in_good_order(answer: httpx.Response) -> bool:
    """503 with a time to come back, and not a word of Stripe's."""
    assert problem(answer) == (503, "provider-unavailable")
    assert int(answer.headers["retry-after"]) > 0
    assert answer.headers["cache-control"] == "no-store"
    return "Stripe" not in answer.text
