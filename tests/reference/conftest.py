"""One backend for each test, on a database of its own, with Stripe's API played by respx."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path

import pytest
import respx

from reference_impl.migrate import migrate
from reference_impl.store import Store
from tests.reference.backend import Backend, environ_in, started

# The SDK hands httpx its form as text, and takes the warning, once it is an error, for a
# connection that failed. A marker, because it stands above the command line's `-W error`.
OUTDATED_CALL = pytest.mark.filterwarnings("ignore:Use 'content=<...>':DeprecationWarning")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Warnings are errors, but for the one that the Stripe SDK would hide."""
    for item in items:
        item.add_marker(OUTDATED_CALL)


@pytest.fixture(scope="session")
async def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that was migrated once for all: test_migrate.py looks at how."""
    path = tmp_path_factory.mktemp("template") / "app.db"
    made = Store(f"sqlite:{path}")
    await migrate(made)
    await made.close()
    return path


@pytest.fixture
def environ(tmp_path: Path, template: Path) -> dict[str, str]:
    """Values that a backend can be started with; the database is there, and empty."""
    shutil.copy(template, tmp_path / "app.db")
    return environ_in(tmp_path)


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
