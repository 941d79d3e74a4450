"""How it starts: told wrongly it ends and says so, and it needs Stripe for nothing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from billproof.law import load_law
from billproof.sandbox.client import Sandbox
from billproof.targets.protocol import Backend
from billproof.trials import Caller, check, check_that, clause
from fixtures.api import WEBHOOK, Api
from fixtures.instants import check_instant
from fixtures.stripe import Stripe

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    import httpx

    from billproof.run.plan import RunPlan
    from billproof.targets.protocol import Launched, Target
    from fixtures.users import User

END_SECONDS = 10
READY_SECONDS = 60
OWN_STORE = "DATABASE_URL"
"""A backend with a store of its own may ignore this one."""
NOBODY = "http://127.0.0.1:9"
"""Where nobody listens: the port of RFC 863."""


@pytest.fixture(scope="session")
def ready(target: Target) -> None:
    """A backend with right values starts: else an end would prove nothing."""
    target.fresh()
    with target.launch() as launched:
        check_ready(launched)


def check_ready(launched: Launched) -> None:
    """GET /readyz is 200 within 60 s."""
    is_ready = launched.wait_ready(READY_SECONDS)
    got = "" if is_ready else launched.log()[-800:].strip() or "no line of log"
    check_that("GET /readyz is 200", is_ready, expected=f"within {READY_SECONDS} s", got=got)


def check_ends(target: Target, name: str, value: str | None) -> None:
    """With this value (None: none) it ends by itself, in time, non-zero, naming the variable."""
    how = "missing" if value is None else f"{value!r}"
    with target.launch(**{name: value}) as launched:
        code = launched.wait_exit(END_SECONDS)
        log = launched.log()
    ended = code is not None
    what = f"end of the process with {name} {how}"
    check_that(what, ended, expected=f"within {END_SECONDS} s", got="it runs on")
    check_that(f"{what}: exit code", code != 0, expected="not 0", got=code)
    check_that(f"{what}: output", name in log, expected=name, got=log[-800:].strip() or "nothing")


def required() -> list[str]:
    """The variables without which nothing starts."""
    names = [one.name for one in load_law().environment if one.required]
    return [name for name in names if name != OWN_STORE]


@clause("ENV-001")
@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize("name", required())
def test_a_variable_that_is_missing_or_blank_ends_it(target: Target, name: str) -> None:
    """At deploy, not at the first user; its name is in the output."""
    check_ends(target, name, None)
    check_ends(target, name, "")


MALFORMED = {
    "PORT": ("many", "70000"),
    "PUBLIC_URL": ("app.example.com", "ftp://app.example.com"),
    "STRIPE_API_BASE": ("api.stripe.com", "http://"),
    "STRIPE_WEBHOOK_SECRET": (",", "whsec_a,,whsec_b"),
    "BILLING_PLANS": ("/nowhere/plans.json",),
}


@clause("ENV-001")
@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize("name", MALFORMED)
def test_a_variable_that_is_malformed_ends_it(target: Target, name: str) -> None:
    """A value that cannot mean anything is as good as none."""
    for value in MALFORMED[name]:
        check_ends(target, name, value)


@clause("ENV-001")
@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"plans": []}', '{"plans": [{"key": "pro"}]}'],
    ids=["empty", "no JSON", "no object", "no plan", "half a plan"],
)
def test_a_catalogue_that_is_none_ends_it(target: Target, tmp_path: Path, text: str) -> None:
    """A file that is there, and says nothing that can be sold."""
    plans = tmp_path / "plans.json"
    plans.write_text(text)

    check_ends(target, "BILLING_PLANS", str(plans))


@clause("ENV-002")
def test_it_starts_while_stripe_is_away(target: Target, backend: Backend) -> None:
    """Nothing listens where Stripe should be."""
    assert backend.environ
    with target.launch(STRIPE_API_BASE=NOBODY) as launched:
        check_ready(launched)


@clause("ENV-002")
def test_start_asks_stripe_for_nothing(target: Target, run_plan: RunPlan, backend: Backend) -> None:
    """An account that is used by this start alone has seen no call."""
    assert backend.environ
    key = f"sk_test_start{os.urandom(8).hex()}"
    with target.launch(STRIPE_SECRET_KEY=key) as launched:
        check_ready(launched)
        with Sandbox(run_plan.sandbox_url, key) as sandbox:
            check("calls to Stripe at start", [call.path for call in sandbox.calls()], [])


@pytest.fixture(params=["Pacific/Kiritimati", "America/Los_Angeles"])
def elsewhere(
    request: pytest.FixtureRequest,
    target: Target,
    backend: Backend,
) -> Generator[Launched]:
    """The backend, as a process in a far time zone."""
    assert backend.environ
    with target.launch(TZ=str(request.param)) as launched:
        check_ready(launched)
        yield launched


@clause("ENV-003")
def test_instants_do_not_move_with_the_time_zone(
    elsewhere: Launched, run_plan: RunPlan, http: httpx.Client, user: User
) -> None:
    """Fourteen hours ahead or eight behind: the same instants, to the second."""
    backend = Backend(elsewhere.base_url, elsewhere.environ)
    api = Api(Caller(backend, http, run_plan.out / "exchanges"), run_plan)
    with Sandbox(run_plan.sandbox_url, backend.environ["STRIPE_SECRET_KEY"]) as sandbox:
        secret = backend.environ["STRIPE_WEBHOOK_SECRET"].split(",")[0]
        sandbox.set_webhook(backend.base_url + WEBHOOK, secret, mode="manual")
        stripe = Stripe(sandbox, api)
        subscription = stripe.subscribe(user, "pro")
        ending = sandbox.update_subscription(subscription.id, cancel_at_period_end=True)
        stripe.deliver(user)

        shown = api.subscription_becomes(user, plan="pro", cancels=True)

    end = ending.items.data[0].current_period_end
    check_instant("current_period_end", shown["current_period_end"], end)
    check_instant("ends_at", shown["ends_at"], end)
