"""Backends that a command starts, or that somebody else has started."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import closing

import httpx
import psycopg
import pytest

from billproof.errors import CannotTest, NotObservableHere
from billproof.run.plan import RunPlan
from billproof.targets.databases import Databases
from billproof.targets.opening import open_target
from billproof.verify.services import backend_command, with_local_values

MakePlan = Callable[..., RunPlan]


def local_plan(plan: RunPlan) -> RunPlan:
    """The plan once its process has a port and a database."""
    return with_local_values(plan, f"sqlite:{plan.scratch / 'backend.sqlite'}")


def test_the_command_is_started_ready_and_ended(make_plan: MakePlan, tiny_command: str) -> None:
    """It gets port and database by its environment; nothing listens there afterwards."""
    plan = local_plan(make_plan("command", command=tiny_command))
    with backend_command(plan), closing(open_target(plan, "gw0")) as target:
        backend = target.fresh()
        assert httpx.post(f"{backend.base_url}/rows").json() == {"rows": 2}

    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{backend.base_url}/readyz")


def test_its_last_lines_are_shown_when_it_dies_at_start(make_plan: MakePlan) -> None:
    """Exit code and log, at once: nobody waits for a dead process."""
    command = "echo no database here >&2; exit 9"
    plan = local_plan(make_plan("command", command=command))
    started = time.monotonic()

    with pytest.raises(CannotTest) as caught, backend_command(plan):
        pass

    assert caught.value.code == "backend-did-not-start"
    assert "exit code 9" in str(caught.value)
    assert "no database here" in str(caught.value)
    assert time.monotonic() - started < 10


HINT = "--database-url postgresql:// starts a PostgreSQL server for it"


@pytest.mark.parametrize(
    ("database", "says", "is_told"),
    [
        ("sqlite:x.sqlite", "DATABASE_URL is malformed", True),
        ("sqlite:x.sqlite", "PUBLIC_URL is malformed", False),
        ("postgresql://127.0.0.1/x", "DATABASE_URL is malformed", False),
    ],
)
def test_who_cannot_do_with_a_file_is_told_how_to_have_a_server(
    make_plan: MakePlan, database: str, says: str, *, is_told: bool
) -> None:
    """Without a word of the user's a database is SQLite's, which many backends do not speak."""
    plan = with_local_values(make_plan("command", command=f"echo {says}; exit 78"), database)

    with pytest.raises(CannotTest) as caught, backend_command(plan):
        pass

    assert (HINT in str(caught.value)) is is_told


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (f'exec {sys.executable} -m http.server "$PORT"', "/readyz answers 404, and never 200."),
        ("exec sleep 60", "/readyz gives no answer; does it listen on $HOST and $PORT?"),
    ],
)
def test_what_readyz_said_is_told(make_plan: MakePlan, command: str, said: str) -> None:
    """A route that is missing and a port that nobody listens on are mended elsewhere."""
    plan = local_plan(make_plan("command", command=command))

    with pytest.raises(CannotTest) as caught, backend_command(plan, ready_seconds=2):
        pass

    assert f"{plan.target.base_url}{said}" in str(caught.value)


def test_a_command_is_launched_again_with_changes(make_plan: MakePlan) -> None:
    """A change replaces a variable, None removes it, the rest stays."""
    command = 'echo "[${TELEGRAM_BOT_TOKEN-gone}] [$METRICS_TOKEN] [$STRIPE_SECRET_KEY]"; exit 4'
    plan = local_plan(make_plan("command", command=command))
    target = open_target(plan, "gw0")
    with target.launch(TELEGRAM_BOT_TOKEN=None, METRICS_TOKEN="") as launched:
        assert launched.wait_exit(10) == 4
        assert launched.log() == "[gone] [] [sk_test_plan]\n"


def test_the_callers_environment_is_not_the_suites(make_plan: MakePlan) -> None:
    """A variable of the contract that the caller happens to have does not leak in."""
    plan = local_plan(make_plan("command", command='echo "[${METRICS_TOKEN-none}]"'))
    ambient = {**plan.ambient, "METRICS_TOKEN": "of the caller"}
    environ = {**plan.environ, "METRICS_TOKEN": "of the run"}
    plan = plan.model_copy(update={"ambient": ambient, "environ": environ})
    target = open_target(plan, "gw0")
    with target.launch() as kept, target.launch(METRICS_TOKEN=None) as removed:
        assert (kept.wait_exit(10), removed.wait_exit(10)) == (0, 0)
        assert (kept.log(), removed.log()) == ("[of the run]\n", "[none]\n")


def test_each_start_has_a_database_of_its_own_on_a_server(make_plan: MakePlan) -> None:
    """Empty, of the form of the contract, and gone afterwards; one that is given is kept."""
    plan = make_plan("command", command='echo "$DATABASE_URL"').model_copy(
        update={"database_url": "postgresql://"}
    )
    first, target = Databases(plan), open_target(plan, "gw0")
    try:
        url = first.make("backend")
        with psycopg.connect(url) as connection:
            tables = connection.execute("SELECT * FROM pg_tables WHERE schemaname = 'public'")
            assert tables.fetchall() == []
        with (
            target.launch() as one,
            target.launch() as two,
            target.launch(DATABASE_URL=url) as kept,
        ):
            assert [each.wait_exit(10) for each in (one, two, kept)] == [0, 0, 0]
            told = [each.log().strip() for each in (one, two, kept)]
        assert len(set(told)) == 3
        assert told[2] == url
        assert all(each.startswith("postgresql://") for each in told)
        target.close()
        with pytest.raises(psycopg.OperationalError, match="does not exist"):
            psycopg.connect(told[0])
    finally:
        first.close()


def test_nothing_is_launched_at_a_url(make_plan: MakePlan) -> None:
    """What needs a start is not observable there, and says so."""
    plan = make_plan("url", base_url="http://127.0.0.1:1")
    with closing(open_target(plan, "gw0")) as target:
        assert not target.can_launch
        assert target.fresh().base_url == "http://127.0.0.1:1"
        with pytest.raises(NotObservableHere, match="--cmd"):
            target.launch()
