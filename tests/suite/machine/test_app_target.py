"""An app hosted by a child process: new for each test, beneath a server that stays up."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Generator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from billproof.errors import CannotTest
from billproof.run.plan import RunPlan
from billproof.targets.opening import open_target
from billproof.targets.protocol import Target
from billproof.trials.pace import becomes

MakePlan = Callable[..., RunPlan]


@pytest.fixture
def target(make_plan: MakePlan) -> Generator[Target]:
    """The tiny backend, hosted."""
    with closing(open_target(make_plan(app="tiny_backend:create_app"), "gw0")) as target:
        yield target


def rows(base_url: str) -> int:
    """How many rows there are, after one more."""
    return int(httpx.post(f"{base_url}/rows").json()["rows"])


def test_each_test_gets_a_database_and_an_account_of_its_own(target: Target) -> None:
    """What one test committed, the next one does not see; the server stays where it is."""
    first = target.fresh()
    grown = [rows(first.base_url), rows(first.base_url)]
    second = target.fresh()

    assert grown == [3, 4]
    assert rows(second.base_url) == 3
    assert first.base_url == second.base_url
    assert first.environ["DATABASE_URL"] != second.environ["DATABASE_URL"]
    assert first.environ["STRIPE_SECRET_KEY"] != second.environ["STRIPE_SECRET_KEY"]


def test_what_was_prepared_is_what_a_test_gets(target: Target) -> None:
    """Asked for early, and twice: the app loads meanwhile, and the first test has it whole."""
    target.prepare()
    target.prepare()

    grown = rows(target.fresh().base_url)

    # One in the template, one for the start, one for the call.
    assert grown == 3


@pytest.mark.parametrize(
    ("name", "token"), [("no_such_module:create_app", "1:A"), ("tiny_backend:create_app", "")]
)
def test_what_cannot_be_prepared_is_told_to_each_test(
    make_plan: MakePlan, name: str, token: str
) -> None:
    """Not before there is one, and to the second as to the first."""
    plan = make_plan(app=name, environ={"TELEGRAM_BOT_TOKEN": token})
    with closing(open_target(plan, "gw0")) as target:
        target.prepare()

        for _ in range(2):
            with pytest.raises(CannotTest) as caught:
                target.fresh()
            assert caught.value.code == "backend-did-not-start"


def test_two_workers_share_nothing(make_plan: MakePlan) -> None:
    """Each has its own process, port and files."""
    plan = make_plan(app="tiny_backend:create_app")
    with closing(open_target(plan, "gw0")) as one, closing(open_target(plan, "gw1")) as other:
        first, second = one.fresh(), other.fresh()
        grown = rows(first.base_url)

        assert first.base_url != second.base_url
        assert grown == rows(second.base_url) == 3


def test_a_launched_process_is_a_deployment_of_its_own(target: Target) -> None:
    """Own port, own database, the account of the current test; gone afterwards."""
    backend = target.fresh()
    with target.launch() as launched:
        assert launched.wait_ready(30), launched.log()
        assert launched.base_url != backend.base_url
        assert rows(launched.base_url) == 2
        assert launched.environ["STRIPE_SECRET_KEY"] == backend.environ["STRIPE_SECRET_KEY"]
        url = launched.base_url

    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/readyz")


def test_a_launched_process_can_be_started_again(target: Target) -> None:
    """Killed, and started on the same port and database: what was committed is there."""
    target.fresh()
    with target.launch() as launched:
        assert launched.wait_ready(30), launched.log()
        grown = rows(launched.base_url)
        launched.kill()
        assert launched.wait_exit(5) == 128 + signal.SIGKILL
    kept = {name: launched.environ[name] for name in ("PORT", "PUBLIC_URL", "DATABASE_URL")}

    with target.launch(**kept) as again:
        assert again.wait_ready(30), again.log()
        assert again.base_url == launched.base_url
        # One for the start, one for the call.
        assert rows(again.base_url) == grown + 2
        again.terminate()
        assert again.wait_exit(30) == 128 + signal.SIGTERM


def test_a_launched_app_may_have_several_processes(target: Target) -> None:
    """On one port and one database; each has started, and all of them end."""
    target.fresh()
    with target.launch(2) as launched:
        assert launched.wait_ready(30), launched.log()
        # Two starts, unless the second is still on its way, and this call.
        seen = becomes(lambda: rows(launched.base_url), lambda count: count > 3, within=10)
        assert seen > 3
        launched.terminate()
        assert launched.wait_exit(30) == 0


def test_a_worker_that_fails_takes_the_others_along(target: Target) -> None:
    """The log says which one, and with what; the exit code is not that of a shutdown."""
    target.fresh()
    with target.launch(2, TINY="dies") as launched:
        assert launched.wait_ready(30), launched.log()
        with pytest.raises(httpx.HTTPError):
            httpx.get(f"{launched.base_url}/api/v1/billing/subscription")

        assert launched.wait_exit(30) == 1
        assert "ended with 7; all end with it" in launched.log()


@pytest.mark.parametrize("value", ["", None])
def test_a_configuration_error_ends_a_launched_process(target: Target, value: str | None) -> None:
    """Blank or removed: the exit code is not zero and the log says why."""
    with target.launch(TELEGRAM_BOT_TOKEN=value) as launched:
        assert not launched.wait_ready(30)
        assert launched.wait_exit(1) == 1
        assert "TELEGRAM_BOT_TOKEN" in launched.log()


def test_an_app_that_does_not_start_cannot_be_tested(make_plan: MakePlan) -> None:
    """Its own error is the reason that is given."""
    plan = make_plan(app="tiny_backend:create_app", environ={"TELEGRAM_BOT_TOKEN": ""})
    with closing(open_target(plan, "gw0")) as target:
        with pytest.raises(CannotTest, match="TELEGRAM_BOT_TOKEN is not set") as caught:
            target.fresh()

        assert caught.value.code == "backend-did-not-start"


@pytest.mark.parametrize("name", ["no_such_module:create_app", "tiny_backend:no_such_factory"])
def test_an_app_that_is_not_there_cannot_be_tested(make_plan: MakePlan, name: str) -> None:
    """One sentence names what was not found."""
    target = open_target(make_plan(app=name), "gw0")
    with closing(target), pytest.raises(CannotTest, match=r"no_such_\w+"):
        target.fresh()


SHOP = """\
import json

def missing(environ):
    return json.loads(environ["BILLING_PLANS_OF_OURS"])

def unread(environ):
    return json.loads("{")

def nothing(environ):
    pass

async def late(environ):
    pass

def bare():
    pass
"""


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("missing", "KeyError: 'BILLING_PLANS_OF_OURS' (shop.py:4)."),
        ("unread", "column 2 (char 1) (shop.py:7)."),
        ("nothing", "TypeError: the factory answered None, which is no ASGI app."),
        ("late", "TypeError: the factory answered a coroutine, which is no ASGI app."),
        ("bare", "TypeError: bare() takes 0 positional arguments but 1 was given."),
    ],
)
def test_an_app_that_does_not_start_is_told_with_its_line(
    make_plan: MakePlan, tmp_path: Path, name: str, said: str
) -> None:
    """The last line of the project's own, not of a library beneath it."""
    (tmp_path / "shop.py").write_text(SHOP)
    target = open_target(make_plan(app=f"shop:{name}", app_dir=str(tmp_path)), "gw0")
    with closing(target), pytest.raises(CannotTest) as caught:
        target.fresh()

    assert str(caught.value).startswith("The app did not start: ")
    assert str(caught.value).endswith(said)


MIGRATING = """\
def create_app(environ):
    asked = 0

    async def app(scope, receive, send):
        nonlocal asked
        asked += scope["type"] == "http"
        headers = [(b"content-length", b"0")]
        status = 503 if asked < 3 else 200
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    return app
"""


def test_an_app_that_gets_ready_beside_its_start_is_waited_for(
    make_plan: MakePlan, tmp_path: Path
) -> None:
    """As a process is: what it answers before says so, and is no verdict."""
    (tmp_path / "migrating.py").write_text(MIGRATING)
    plan = make_plan(app="migrating:create_app", app_dir=str(tmp_path))
    with closing(open_target(plan, "gw0")) as target:
        for _ in range(2):
            assert httpx.get(f"{target.fresh().base_url}/readyz").status_code == 200


def test_a_host_that_died_is_said(make_plan: MakePlan, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment failed, not the clause: the code tells them apart."""
    monkeypatch.setenv("TINY", "dies")
    plan = make_plan(app="tiny_backend:create_app").model_copy(update={"ambient": dict(os.environ)})
    with closing(open_target(plan, "gw0")) as target:
        backend = target.fresh()
        with pytest.raises(httpx.HTTPError):
            httpx.get(f"{backend.base_url}/api/v1/billing/subscription")
        with pytest.raises(CannotTest, match="good bye") as caught:
            target.fresh()

        assert caught.value.code == "backend-died"
