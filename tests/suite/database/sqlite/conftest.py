"""What is asked of SQLite alone."""

from __future__ import annotations

import pytest

from tests.suite.database.conftest import Begin
from tests.suite.database.drivers import ON_SQLITE
from tests.suite.database.turns import Turns


@pytest.fixture(params=ON_SQLITE)
def turns(begin: Begin, request: pytest.FixtureRequest) -> Turns:
    """A worker of each of its drivers in turn."""
    return begin(request.param)
