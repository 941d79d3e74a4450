"""One backend for each test, on a database of its own, with Stripe's API played by respx."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from weakref import WeakSet

import pytest
import respx
from sqlalchemy import AdaptedConnection, Connection, Pool, make_url
from sqlalchemy.event import listen, remove

from billproof.database import Database, databases
from billproof.mutants.shares import left_for_other_turns
from reference_impl.migrate import FOLDER, migrate
from reference_impl.store import Store
from tests.reference.backend import Backend, environ_at, started

# The SDK hands httpx its form as text, and takes the warning, once it is an error, for a
# connection that failed. A marker, because it stands above the command line's `-W error`.
OUTDATED_CALL = pytest.mark.filterwarnings("ignore:Use 'content=<...>':DeprecationWarning")


ON_BOTH = frozenset(
    f"test_{name}"
    for name in (
        "checkout",
        "checkout_again",
        "devices",
        "idempotency",
        "killed",
        "leases",
        "metrics",
        "migrate",
        "store",
        "subscriptions",
        "webhook_bodies",
        "webhooks",
    )
)
"""The modules in which the database has a say; the others are judged on SQLite alone."""
PARTS_ON_A_SERVER = 3


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Have what the database can do to it tried on both databases."""
    if "database_url" in metafunc.fixturenames:
        has_a_say = metafunc.module.__name__.rpartition(".")[2] in ON_BOTH
        kinds = ["sqlite", "postgresql"] if has_a_say else ["sqlite"]
        metafunc.parametrize("database_url", kinds, indirect=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Warnings are errors, but for the one that the Stripe SDK would hide.

    Where time is short, each commit tries another part of what the server is tried with.
    """
    for item in items:
        item.add_marker(OUTDATED_CALL)
    on_a_server = [item for item in items if "postgresql" in item.name]
    left = left_for_other_turns(on_a_server, PARTS_ON_A_SERVER)
    config.hook.pytest_deselected(items=left)
    gone = {id(item) for item in left}
    items[:] = [item for item in items if id(item) not in gone]
    # Those that take longest, at the head of each of two workers' parts: none ends them alone.
    longest = [item for item in items if item.path.name == "test_killed.py"]
    others = [item for item in items if item not in longest]
    half = len(others) // 2
    items[:] = [*longest[:1], *others[:half], *longest[1:], *others[half:]]


@pytest.fixture(autouse=True)
def nothing_left_open() -> Iterator[None]:
    """A connection that is left open fails the test that left it.

    Else it fails whichever one runs when Python collects it, which may be many tests later.
    """
    opened = WeakSet[object]()
    closed = WeakSet[object]()

    def connected(connection: object, _: object) -> None:
        if isinstance(connection, AdaptedConnection):
            opened.add(connection.driver_connection)

    def let_go(connection: object, _: object) -> None:
        if isinstance(connection, AdaptedConnection):
            closed.add(connection.driver_connection)

    listen(Pool, "connect", connected)
    listen(Pool, "close", let_go)
    yield
    remove(Pool, "connect", connected)
    remove(Pool, "close", let_go)
    assert [*(opened - closed)] == []


@pytest.fixture(scope="session")
async def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that was migrated once for all: test_migrate.py looks at how."""
    path = tmp_path_factory.mktemp("template") / "app.db"
    made = Store(f"sqlite:{path}")
    await migrate(made)
    await made.close()
    return path


postgres = databases(FOLDER, url="postgresql+psycopg://")
"""A migrated database on PostgreSQL, for one test."""


def forget(connection: Connection) -> None:
    """Make the table in which Alembic keeps how far it got, and say nothing in it."""
    connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")


bare = databases(forget, url="postgresql+psycopg://")
"""A database on PostgreSQL in which no migration has been."""


@pytest.fixture
def nothing_yet(request: pytest.FixtureRequest) -> str:
    """The same, as DATABASE_URL has it."""
    return plain(request.getfixturevalue("bare"))


def plain(database: Database) -> str:
    """The URL of a database on PostgreSQL, without a driver."""
    url = make_url(database.url).set(drivername="postgresql")
    return url.render_as_string(hide_password=False)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database that is there, migrated and empty; its kind is the parameter."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("template"), tmp_path / "app.db")
        return f"sqlite:{tmp_path / 'app.db'}"
    return plain(request.getfixturevalue("postgres"))


@pytest.fixture
def environ(database_url: str) -> dict[str, str]:
    """Values that a backend can be started with."""
    return environ_at(database_url)


@pytest.fixture
def stripe(environ: Mapping[str, str]) -> Iterator[respx.MockRouter]:
    """Stripe's API; whatever a test does not allow is refused, and what it allows must be used."""
    with respx.mock(base_url=environ["STRIPE_API_BASE"]) as router:
        yield router


@pytest.fixture
async def backend(environ: Mapping[str, str], stripe: respx.MockRouter) -> AsyncIterator[Backend]:
    """A backend that has started, with no call to Stripe."""
    async with started(environ) as backend:
        assert not stripe.calls
        yield backend


@pytest.fixture
async def store(environ: Mapping[str, str]) -> AsyncIterator[Store]:
    """The database of the test."""
    opened = Store(environ["DATABASE_URL"])
    yield opened
    await opened.close()
