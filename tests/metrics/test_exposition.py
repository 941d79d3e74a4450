"""What GET /metrics shows, to whom, and from when."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as openmetrics_text,
)
from prometheus_client.parser import text_string_to_metric_families as prometheus_text

from billproof.errors import Violation
from billproof.targets.protocol import Backend
from billproof.trials import Bearer, Caller, Nobody, Verbatim, check, check_that, clause, one_of
from fixtures.api import METRICS, SUBSCRIPTION, WEBHOOK, Api
from fixtures.challenges import schemes
from fixtures.metrics import families, scrape, series_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import httpx
    from prometheus_client.metrics_core import Metric

    from billproof.run.plan import RunPlan
    from billproof.targets.protocol import Target
    from billproof.trials import Answer, Credentials
    from fixtures.stripe import Stripe
    from fixtures.users import User


def basic(pair: str) -> Verbatim:
    """Name and password, as scrapers are often told to send them (RFC 7617)."""
    return Verbatim(b"Basic " + base64.b64encode(pair.encode()))


@clause("MET-001")
def test_metrics_are_for_the_scraper_alone(api: Api, user: User) -> None:
    """The token opens; no token, another, a part of it, or a user's init data do not."""
    api.metrics().expect(200)
    token = api.environ["METRICS_TOKEN"]
    wrong: dict[str, Credentials] = {
        "another token": Verbatim(b"Bearer another"),
        "the token and more": Bearer(form="Bearer {}x"),
        "the token and another": Bearer(form="Bearer {} x"),
        "the token's beginning": Verbatim(f"Bearer {token[: len(token) // 2]}".encode()),
        "the token in other letter case": Verbatim(f"Bearer {token.swapcase()}".encode()),
        "no token": Verbatim(b"Bearer"),
        "another scheme": Bearer(form="Basic {}"),
        "the token as a password": basic(f"prometheus:{token}"),
        "the token as a name": basic(f"{token}:"),
        "no scheme": Bearer(form="{}"),
        "bytes": Verbatim(b"Bearer \xff\xfe"),
        "init data": user.credentials(),
        "the token as init data": Bearer(form="tma {}"),
    }
    if token.swapcase() == token:  # it has no letters
        del wrong["the token in other letter case"]
    for what, who in wrong.items():
        answer = api.call("GET", METRICS, who, invalid=what == "init data")
        answer.show()
        check(f"status of GET /metrics with {what}", answer.status, 401)
    nobody = api.call("GET", "/metrics", Nobody()).expect_problem(401, "unauthenticated")
    asked = schemes(nobody)
    named = "bearer" in asked
    check_that("scheme in WWW-Authenticate of /metrics", named, expected="bearer", got=str(asked))
    api.metrics().expect(200)


@clause("MET-001")
def test_the_token_opens_nothing_else_and_comes_in_no_other_way(api: Api, user: User) -> None:
    """Neither in a query, in a cookie nor in a header of another name; and it is no user."""
    token = api.environ["METRICS_TOKEN"]
    api.metrics().expect(200)
    for query in ("token", "access_token", "metrics_token"):
        api.call("GET", f"/metrics?{query}={token}", Nobody(), invalid=True).expect(401)
    for header in ("X-Metrics-Token", "X-Api-Key", "X-Auth-Token"):
        api.call("GET", "/metrics", Nobody(), headers={header: token}).expect(401)
    api.call("GET", "/metrics", Nobody(), headers={"Cookie": f"token={token}"}).expect(401)
    api.call("GET", SUBSCRIPTION, Bearer(), invalid=True).expect(401)
    api.subscription(user).expect(200)


@clause("MET-002")
def test_every_series_is_there(api: Api) -> None:
    """Each family of the contract is a counter, with each value of each closed list."""
    answer = api.metrics().expect(200)
    media_type = answer.header("content-type").partition(";")[0].strip().lower()
    check("media type of GET /metrics", media_type, "text/plain")
    ended = answer.body.endswith(b"\n") and b"\r" not in answer.body
    check_that("lines of GET /metrics", ended, expected="each ended by a line feed", got="others")
    seen = scrape(api)
    for family in families(api):
        check(f"type of {family.name}", seen.types[family.name], "counter")
        missing = sorted(series_of(family) - set(seen.values[family.name]))
        check(f"missing series of {family.name}", missing, [])


PROMETHEUS = (
    "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;"
    "version=0.0.1;q=0.4,text/plain;version=1.0.0;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1"
)
"""What Prometheus says that it takes."""
EXPOSITIONS: Mapping[str, Callable[[str], Iterable[Metric]]] = {
    "text/plain": prometheus_text,
    "application/openmetrics-text": openmetrics_text,
}
"""What reads each of them."""


@clause("MET-002")
def test_prometheus_itself_is_answered(api: Api) -> None:
    """In one of the forms that it names, with every family in it."""
    answer = api.call("GET", METRICS, Bearer(), headers={"Accept": PROMETHEUS}).expect(200)

    media_type = answer.header("content-type").partition(";")[0].strip().lower()
    check("media type for Prometheus", media_type, one_of(*EXPOSITIONS))
    told = samples_of(answer, media_type)
    missing = [family.name for family in families(api) if family.name not in told]
    check("families missing for Prometheus", missing, [])


def samples_of(answer: Answer, media_type: str) -> set[str]:
    """The names of all samples, read as what the answer says that it is, as Prometheus does."""
    answer.show()
    try:
        exposed = [*EXPOSITIONS[media_type](answer.body.decode())]
    except ValueError as problem:
        raise Violation("body of GET /metrics", media_type, str(problem)) from problem
    return {sample.name for family in exposed for sample in family.samples}


@clause("MET-008")
def test_every_series_starts_at_zero(
    target: Target, run_plan: RunPlan, http: httpx.Client, api: Api
) -> None:
    """Before anybody has called, a process that has just started shows 0 everywhere."""
    if run_plan.target.kind == "app":
        check_zero(api)
        return
    with target.launch() as launched:
        ready = launched.wait_ready(60)
        check_that("GET /readyz is 200", ready, expected="within 60 s", got=launched.log()[-500:])
        caller = Caller(
            Backend(launched.base_url, launched.environ), http, run_plan.out / "exchanges"
        )
        check_zero(Api(caller, run_plan))


def check_zero(api: Api) -> None:
    """Nothing has been counted."""
    seen = scrape(api)
    grown = {name: one for name, one in seen.values.items() if any(one.values())}
    check("families that do not start at 0", grown, {})
    check("families that are there", sorted(seen.values), sorted(one.name for one in families(api)))


LONGEST_KEY = 64
"""Of a plan, as openapi.yaml has it."""
NOISE = ("gold", "free", "PRO", "\u202e", "pro\n", '"} 1', "x" * 500)
NEAR = ("invoice.sent", "customer.updated", "customer.subscription.", "checkout.session.x")
"""Types of events that begin as those do which have a series of their own."""


@clause("MET-007")
def test_callers_make_no_label(api: Api, stripe: Stripe, user: User) -> None:
    """Plans, types, paths and ids that a request names do not become series."""
    if api.declares("checkout"):
        for plan in NOISE:
            too_long = len(plan) > LONGEST_KEY
            api.checkout(user, plan, invalid=too_long).expect(422)
        api.checkout(user, "pro").expect(201)
        stripe.deliver(user)
    if api.declares("webhooks"):
        for at, kind in enumerate(NOISE + NEAR):
            api.webhook(json.dumps({"id": f"evt_{user.id}x{at}", "object": "event", "type": kind}))
        api.call("POST", WEBHOOK, body=b"{}", invalid=True).expect(400)
    api.settle()

    seen = scrape(api)

    for family in families(api):
        further = sorted(set(seen.values[family.name]) - series_of(family))
        check(f"series of {family.name} beyond its closed lists", further, [])
