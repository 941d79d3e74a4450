"""How it starts: told wrongly it ends and says so, and it needs Stripe for nothing."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from billproof.law import load_law
from billproof.sandbox.client import Sandbox
from billproof.trials import check, check_that, clause
from fixtures.launching import check_ready

if TYPE_CHECKING:
    from pathlib import Path

    from billproof.run.plan import RunPlan
    from billproof.targets.protocol import Backend, Launched, Target

END_SECONDS = 10
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


def check_ends(target: Target, name: str, *values: str | None) -> None:
    """With each value (None: none) it ends by itself, in time, non-zero, naming the variable.

    One process for each of them, side by side: most of their time goes into being loaded.
    """
    with ExitStack() as stack:
        ends = [stack.enter_context(target.launch(**{name: value})) for value in values]
        for value, launched in zip(values, ends, strict=True):
            check_end(launched, name, value)


def check_end(launched: Launched, name: str, value: str | None) -> None:
    """What this one does that was started with this value."""
    how = "missing" if value is None else f"{value!r}"
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
    check_ends(target, name, None, "")


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
    check_ends(target, name, *MALFORMED[name])


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
