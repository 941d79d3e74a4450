"""What the process prints while callers are refused and Stripe fails: nothing that opens a door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from billproof.sandbox.client import Sandbox
from billproof.targets.protocol import Backend
from billproof.trials import Bearer, Caller, Nobody, Verbatim, check, check_that, clause
from billproof.trials.redaction import SECRETS
from fixtures.api import CHECKOUT, METRICS, SUBSCRIPTION, WEBHOOK, Api
from fixtures.launching import check_ready
from fixtures.provoked import Provoker
from fixtures.stripe import Stripe
from fixtures.users import prove

if TYPE_CHECKING:
    from collections.abc import Generator

    import httpx

    from billproof.run.plan import RunPlan
    from billproof.targets.protocol import Launched, Target
    from fixtures.operations import Call
    from fixtures.users import User

LONG_AGO = 200_000
END_SECONDS = 30


@pytest.fixture
def launched(target: Target, backend: Backend) -> Generator[Launched]:
    """A process of the backend whose output is kept from its start."""
    assert backend.environ
    with target.launch() as process:
        check_ready(process)
        yield process


@pytest.fixture
def its_api(launched: Launched, http: httpx.Client, run_plan: RunPlan) -> Api:
    """The API of that process."""
    backend = Backend(launched.base_url, launched.environ)
    return Api(Caller(backend, http, run_plan.out / "exchanges"), run_plan)


@pytest.fixture
def its_stripe(launched: Launched, run_plan: RunPlan, its_api: Api) -> Generator[Stripe]:
    """Stripe, as far as that process' account goes."""
    with Sandbox(run_plan.sandbox_url, launched.environ["STRIPE_SECRET_KEY"]) as sandbox:
        secret = launched.environ["STRIPE_WEBHOOK_SECRET"].split(",")[0]
        sandbox.set_webhook(launched.base_url + WEBHOOK, secret, mode="manual")
        yield Stripe(sandbox, its_api)


@pytest.fixture
def its_provoker(its_api: Api, its_stripe: Stripe, operations: list[Call]) -> Provoker:
    """What makes that process answer in many ways."""
    return Provoker(its_api, its_stripe, operations)


def check_not_printed(launched: Launched, words: list[str], what: str) -> None:
    """None of the words is in the output, now or when the process has ended its work."""
    log = launched.log()
    found = sum(word in log for word in words if word)
    check(f"{what} in the output of the process", found, 0)


@pytest.fixture
def subscriber(its_api: Api, its_stripe: Stripe, user: User) -> User:
    """A user who has bought there."""
    its_stripe.subscribe(user, "pro")
    its_api.subscription_becomes(user, status="active")
    return user


TORN = ("Bearer x{}", "{}", "Token {}", "Bearer:{}")
"""The right token as those send it who mistake its form: what is logged of it may be all of it."""


@clause("ANS-008")
def test_no_secret_is_printed(
    launched: Launched,
    its_api: Api,
    its_stripe: Stripe,
    its_provoker: Provoker,
    subscriber: User,
    other: User,
) -> None:
    """A life with every failure; what is good is answered well all the while."""
    for answer in (*its_provoker.errors(subscriber, other), *its_provoker.good(subscriber)):
        answer.show()
    if its_api.declares("checkout"):
        with its_stripe.failing("all", user=other, effect="hang"):
            its_api.checkout(other, "pro").show()
    for form in TORN:
        its_api.metrics(Bearer(form=form))
    for variable in ("METRICS_TOKEN", "STRIPE_SECRET_KEY"):
        its_api.call("GET", SUBSCRIPTION, Bearer(variable), invalid=True).expect(401)
    its_api.subscription(subscriber).expect(200)
    # What it says when it parts belongs to its output.
    launched.terminate()
    launched.wait_exit(END_SECONDS)

    values = [part for name in SECRETS for part in launched.environ[name].split(",")]
    check_not_printed(launched, values, "secrets")


@clause("ANS-008")
@pytest.mark.usefixtures("backend")
@pytest.mark.parametrize("name", ["PORT", "PUBLIC_URL", "BILLING_PLANS"])
def test_no_secret_is_printed_where_a_value_is_wrong(target: Target, name: str) -> None:
    """What it was started with is told to nobody, though it does not start."""
    with target.launch(**{name: "nothing of the kind"}) as process:
        ended = process.wait_exit(END_SECONDS) is not None
        check_that(f"end with {name} malformed", ended, expected="an end", got="it runs on")

        values = [part for secret in SECRETS for part in process.environ[secret].split(",")]
        check_not_printed(process, values, f"secrets beside a malformed {name}")


def ask_in_vain(api: Api, who: Verbatim) -> None:
    """For what he has, for what there is not, and for what only Stripe can give."""
    for plan in ("pro", "gold"):
        api.checkout(who, plan)
    api.call("GET", f"{SUBSCRIPTION}/nothing-of-this-name", who, invalid=True)
    if api.declares("portal"):
        api.portal(who)
    if api.declares("invoices"):
        api.invoices(who, cursor="made-up")
        api.invoices(who)
    if api.declares("devices"):
        api.register(who, "short", invalid=True)
        api.revoke(who, "dev_nobody_has_this_one")


def send_astray(api: Api, raw: str) -> None:
    """Init data where they open nothing: in a query, a cookie and a body."""
    escaped = quote(raw, safe="")
    for path in (f"{SUBSCRIPTION}?initData={escaped}", f"{SUBSCRIPTION}?{raw}"):
        api.call("GET", path, Nobody(), invalid=True).expect(401)
    unknown = f"{SUBSCRIPTION}/nothing-of-this-name?{raw}"
    api.call("GET", unknown, Nobody(), invalid=True).expect(401, 404)
    cookie = {"Cookie": f"initData={escaped}"}
    api.call("GET", SUBSCRIPTION, Nobody(), headers=cookie).expect(401)
    for who in (Nobody(), Verbatim(f"tma {raw}".encode())):
        body = {"plan": "gold", "initData": raw}
        api.call("POST", CHECKOUT, who, json_body=body, invalid=True).expect(401, 422)


WRONG: tuple[dict[str, Any], ...] = (
    {"omit": ("user",)},
    {"omit": ("auth_date",)},
    {"age_seconds": -LONG_AGO},
    {"extra": (("query_id", "AAH"), ("query_id", "AAH"))},
    {"unsigned": (("start_param", "gift"),)},
)
"""Nobody, no date, of tomorrow, a field twice, and one that was added after signing."""


def knock_in_vain(api: Api, raw: str) -> None:
    """With init data that prove nothing, and as somebody else: under another scheme, as a token."""
    for scheme in ("tma", "Bearer"):
        who = Verbatim(f"{scheme} {raw}".encode())
        api.call("GET", SUBSCRIPTION, who).expect(401)
        if api.declares("metrics"):
            api.call("GET", METRICS, who).expect(401)


@clause("ANS-009")
def test_nothing_that_acts_for_a_user_is_printed(
    launched: Launched, its_api: Api, its_stripe: Stripe, subscriber: User
) -> None:
    """Init data that were taken, refused or torn, the way into a portal, and a new secret."""
    token = launched.environ["TELEGRAM_BOT_TOKEN"]
    words: list[str] = []
    for change in ({}, {"age_seconds": LONG_AGO}, {"flip_digit": 5}):
        raw, hashes = prove(subscriber, token, **change)
        who = Verbatim(f"tma {raw}".encode())
        its_api.call("GET", SUBSCRIPTION, who).expect(200 if not change else 401)
        its_api.call("POST", CHECKOUT, who, body=b"{", invalid=True)
        its_api.call("GET", SUBSCRIPTION, Verbatim(raw.encode())).expect(401)
        send_astray(its_api, raw)
        words += [raw, *hashes]
        ask_in_vain(its_api, who)
        if its_api.declares("portal") and not change:
            words.append(str(its_api.portal(who).expect(201)["url"]))
        with its_stripe.failing("all", user=subscriber, effect="status", status=500):
            ask_in_vain(its_api, who)

    for change in WRONG:
        raw, hashes = prove(subscriber, token, **change)
        knock_in_vain(its_api, raw)
        words += [raw, *hashes]
    if its_api.declares("devices"):
        for fingerprint in ("a1b2c3d4e5", "5e4d3c2b1a"):
            words.append(str(its_api.register(subscriber, fingerprint).expect(201)["secret"]))

    check_not_printed(launched, words, "init data, secrets and portal sessions")
