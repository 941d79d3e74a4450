"""What is asked of PostgreSQL alone: how a database was made ready for the next test."""

from __future__ import annotations

import pytest
from sqlalchemy import URL

from billproof.database.postgres.server import Server
from billproof.database.postgres.store import PostgresStore
from tests.suite.database.conftest import Begin
from tests.suite.database.drivers import ON_POSTGRESQL
from tests.suite.database.turns import Turns


@pytest.fixture
def address(server: Server) -> URL:
    """Where it is, as one that is given."""
    return server.url("postgres")


@pytest.fixture(params=ON_POSTGRESQL)
def turns(begin: Begin, request: pytest.FixtureRequest) -> Turns:
    """A worker of each of its drivers in turn."""
    return begin(request.param)


def refusal(turns: Turns) -> str | None:
    """Why the last database was not emptied; None when it was."""
    store = turns.worker._store
    assert isinstance(store, PostgresStore)
    store.is_renewed()
    return store.refusal
