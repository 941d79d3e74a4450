"""How it starts: told wrongly it ends and says so, and it needs Stripe for nothing."""

from __future__ import annotations

import json
import os
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from billproof.law import load_law
from billproof.sandbox.client import Sandbox
from billproof.trials import check, check_that, clause
from fixtures.killed import lose_answer
from fixtures.launching import check_ready

if TYPE_CHECKING:
    from collections.abc import Callable

    from billproof.run.plan import RunPlan
    from billproof.targets.protocol import Backend, Launched, Target
    from fixtures.launching import Launcher
    from fixtures.users import User

END_SECONDS = 10
OWN_STORE = "DATABASE_URL"
"""A backend with a store of its own may ignore this one."""
OURS = "-unsound.json"
"""How files end that a trial writes: where they lie is in no check's name, for it moves."""
NOBODY = "http://127.0.0.1:9"
"""Where nobody listens: the port of RFC 863."""
NOWHERE = "http://stripe.invalid"
"""A name that no host has (RFC 2606)."""


@pytest.fixture(scope="session")
def ready(target: Target) -> None:
    """A backend with right values starts: else an end would prove nothing."""
    target.fresh()
    with target.launch() as launched:
        check_ready(launched)


def check_ends(target: Target, name: str, *values: str | None) -> None:
    """With each value (None: none) it ends by itself, in time, non-zero, naming the variable.

    One process for each of them, side by side: most of their time goes into being loaded. They
    hold up one another, so whichever is late has its time once more, by itself.
    """
    with ExitStack() as stack:
        begun = {value: stack.enter_context(target.launch(**{name: value})) for value in values}
        until = time.monotonic() + END_SECONDS
        late = [value for value, one in begun.items() if not has_ended(one, until)]
        for value in values:
            if value not in late:
                check_end(begun[value], name, value)
    for value in late:
        with target.launch(**{name: value}) as launched:
            check_end(launched, name, value)


def has_ended(launched: Launched, until: float) -> bool:
    """Whether it ends before that instant of the monotonic clock."""
    return launched.wait_exit(max(0, until - time.monotonic())) is not None


def check_end(launched: Launched, name: str, value: str | None) -> None:
    """What this one does that was started with this value."""
    how = "missing" if value is None else repr(Path(value).name if OURS in value else value)
    code = launched.wait_exit(END_SECONDS)
    log = launched.log()
    ended = code is not None
    what = f"end of the process with {name} {how}"
    check_that(what, ended, expected=f"within {END_SECONDS} s", got="it runs on")
    check_that(f"{what}: exit code", code != 0, expected="not 0", got=code)
    check_that(f"{what}: output", name in log, expected=name, got=log[-800:].strip() or "nothing")
    if value and SIGNING in value:
        told = "the secret" if SIGNING in log else "nothing of it"
        check(f"{what}: what is told of the value", told, "nothing of it")


def required() -> list[str]:
    """The variables without which nothing starts."""
    names = [one.name for one in load_law().environment if one.required]
    return [name for name in names if name != OWN_STORE]


@clause("ENV-001")
@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize("name", required())
def test_a_variable_that_is_missing_or_blank_ends_it(target: Target, name: str) -> None:
    """At deploy, not at the first user; its name is in the output. Blanks alone say nothing."""
    check_ends(target, name, None, "", " ")


SIGNING = "whsec_that_nobody_may_read"
# A query behind an origin is left open: environment.yaml's own pattern lets it through.
MALFORMED = {
    "PORT": ("many", "65536", "70000", "-1", "80.5", "8_080", "0x1f90"),
    "PUBLIC_URL": (
        "app.example.com",
        "ftp://app.example.com",
        "https://app.example.com/shop",
        "https://app.example.com//",
        f"https://shop:{SIGNING}@app.example.com/shop",
        "https://app example.com",
        "https://",
    ),
    "STRIPE_API_BASE": (
        "api.stripe.com",
        "ftp://api.stripe.com",
        "https://api.stripe.com/v1",
        "https://api.stripe.com//",
        f"https://proxy:{SIGNING}@api.stripe.com/v1",
        "http://",
    ),
    "STRIPE_WEBHOOK_SECRET": (",", f"{SIGNING},,whsec_second", f"{SIGNING},"),
    "BILLING_PLANS": ("/nowhere/plans.json",),
}


@clause("ENV-001")
@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize("name", MALFORMED)
def test_a_variable_that_is_malformed_ends_it(target: Target, name: str) -> None:
    """A value that cannot mean anything is as good as none."""
    check_ends(target, name, *MALFORMED[name])


def has_own_store(launched: Launched) -> bool:
    """No file is where DATABASE_URL says; of a database server that cannot be seen."""
    scheme, _, place = launched.environ[OWN_STORE].partition(":")
    return scheme == "sqlite" and not Path(place).exists()


NO_DATABASES = (
    "nonsense",
    "ftp://127.0.0.1/app",
    "sqlite:nowhere/app.db",
    "sqlite:/",
    f"mysql://app:{SIGNING}@127.0.0.1/app",
)
"""Of no form that environment.yaml has; a password is a secret wherever it stands."""


@clause("ENV-001")
@pytest.mark.usefixtures("backend")
def test_a_database_that_is_missing_blank_or_malformed_ends_it(target: Target) -> None:
    """Whoever keeps what he knows there looks for no other place, and ends."""
    with target.launch() as launched:
        check_ready(launched)
        uses_it = not has_own_store(launched)

    if uses_it:
        check_ends(target, OWN_STORE, None, "", " ", *NO_DATABASES)


def plan(key: str, rank: int, **members: object) -> dict[str, object]:
    """A plan of the form of contracts/plans.json, but for `members`."""
    usual: dict[str, object] = {"interval": "month", "trial_days": 0, "device_limit": 1 + rank}
    sold = {"price": f"price_{key}", "amount": 900 * rank, "currency": "eur"}
    return {"key": key, "rank": rank, **usual, **sold, **members}


FREE = plan("free", 0, price=None, interval=None)
MEMBERS = ("price", "amount", "currency", "interval", "trial_days", "device_limit", "rank")


def plan_without(member: str) -> dict[str, object]:
    """A plan that is whole but for this one."""
    return {name: value for name, value in plan("basic", 1).items() if name != member}


UNSOUND = {
    "empty": "",
    "no JSON": "{",
    "no object": "[]",
    **{
        what: json.dumps({"plans": plans})
        for what, plans in {
            "no plan": [],
            "half a plan": [{"key": "pro"}],
            "nothing is sold": [FREE],
            "nothing is free": [plan("basic", 1), plan("pro", 2)],
            "free has a price": [plan("free", 0), plan("basic", 1)],
            "a plan without a price": [FREE, plan("basic", 1), plan("pro", 2, price=None)],
            **{f"a plan without {member}": [FREE, plan_without(member)] for member in MEMBERS},
            "an amount with a fraction": [FREE, plan("basic", 1, amount=9.5)],
            "an amount in words": [FREE, plan("basic", 1, amount="nine")],
            "an amount between quotes": [FREE, plan("basic", 1, amount="900")],
        }.items()
    },
}
"""Files that do not have the form of contracts/plans.json, each in one way."""


@pytest.fixture(scope="session")
def sound(target: Target, ready: None, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A catalogue of these plans made whole starts it: else an end would prove nothing.

    So do texts of any form and length, where environment.yaml wants no more than a text.
    """
    path = tmp_path_factory.mktemp("catalogue") / "sound.json"
    path.write_text(json.dumps({"plans": [FREE, plan("basic", 1), plan("pro", 2)]}))
    texts = {"TELEGRAM_BOT_TOKEN": "7000000001:short", "METRICS_TOKEN": "m"}
    # Stripe's keys have begun in several ways; only two beginnings mean anything here.
    texts["STRIPE_SECRET_KEY"] = "of-no-form"
    with target.launch(BILLING_PLANS=str(path), **texts) as launched:
        check_ready(launched)


@clause("ENV-001")
@pytest.mark.usefixtures("sound")
@pytest.mark.parametrize("what", UNSOUND)
def test_a_catalogue_that_is_unsound_ends_it(target: Target, tmp_path: Path, what: str) -> None:
    """A file that is there, and says nothing that can be sold, or something that cannot."""
    path = tmp_path / f"{what}{OURS}"
    path.write_text(UNSOUND[what])

    check_ends(target, "BILLING_PLANS", str(path))


@clause("ENV-002")
@pytest.mark.parametrize("where", [NOBODY, NOWHERE], ids=["nobody listens", "no such host"])
def test_it_starts_while_stripe_is_away(target: Target, backend: Backend, where: str) -> None:
    """Nothing is where Stripe should be."""
    assert backend.environ
    with target.launch(STRIPE_API_BASE=where) as launched:
        check_ready(launched)


@clause("ENV-002")
def test_it_starts_again_while_stripe_is_away(
    target: Target, launches: Launcher, make_user: Callable[[], User]
) -> None:
    """With a subscriber, and somebody whose checkout is unanswered: that is what outages leave."""
    with launches() as running:
        if running.api.declares("checkout"):
            lose_answer(running, make_user())
            if running.api.declares("webhooks"):
                running.stripe.subscribe(make_user(), "pro")

    with target.launch(**{**running.kept, "STRIPE_API_BASE": NOBODY}) as launched:
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


@clause("ENV-002")
def test_a_restart_asks_stripe_for_nothing(
    target: Target, launches: Launcher, user: User, run_plan: RunPlan
) -> None:
    """Of a subscriber it knows what it needs: were there thousands, who would wait for them all."""
    with launches() as running:
        if running.api.declares("checkout") and running.api.declares("webhooks"):
            running.stripe.subscribe_and_see(user, "pro")
            running.api.settle()

    kept = running.kept
    with Sandbox(run_plan.sandbox_url, kept["STRIPE_SECRET_KEY"]) as sandbox:
        before = len(sandbox.calls())
        with target.launch(**kept) as launched:
            check_ready(launched)
        check("calls to Stripe at a restart", [call.path for call in sandbox.calls()[before:]], [])
