"""Whole test runs of a foreign project on a PostgreSQL that they start themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.suite.database.project import Project
from tests.suite.database.remains import is_gone
from tests.suite.database.waiting import wait_until

CONFTEST = """
from pathlib import Path

import pytest
from billproof.database import databases
from shop import Base

database = databases(Base, url={url!r})


@pytest.fixture(autouse=True)
def _noted(database):
    (Path(__file__).parent / "place").write_text(database.url.query["host"])
"""
TESTS = """
import pytest
from shop import User

@pytest.mark.parametrize("number", range(12))
def test_one_user(database, number):
    with database.session() as session:
        session.add(User(name=f"user-{number}"))
        session.commit()
    with database.session() as session:
        assert [user.id for user in session.query(User)] == [1]
"""
AWAITED = """
import asyncio
import pytest
from sqlalchemy import select
from shop import User

@pytest.mark.parametrize("number", range(6))
def test_one_user(database, number):
    async def add():
        async with database.async_session() as session:
            session.add(User(name=f"user-{number}"))
            await session.commit()
        async with database.async_session() as session:
            return [user.id for user in await session.scalars(select(User))]

    assert asyncio.run(add()) == [1]
"""


@pytest.fixture
def private(project: Project) -> Project:
    """A project that has a server started."""
    project.write("conftest.py", CONFTEST.format(url="postgresql+psycopg://"))
    return project


def assert_nothing_is_left(project: Project) -> None:
    """Neither a folder, nor a file, nor a process."""
    place = Path((project.folder / "place").read_text())
    wait_until(lambda: is_gone(place))
    wait_until(lambda: project.leftovers() == [])


@pytest.mark.parametrize("driver", ["psycopg", "asyncpg"])
def test_every_test_may_have_an_event_loop_of_its_own(project: Project, driver: str) -> None:
    """Its connections end with it, and nobody warns of them."""
    project.write("conftest.py", CONFTEST.format(url=f"postgresql+{driver}://"))
    project.write("test_users.py", AWAITED)

    run = project.run("-W", "error")

    assert "6 passed" in run.stdout, run.stdout
    assert_nothing_is_left(project)


def test_without_psycopg_every_test_says_what_to_install(private: Project) -> None:
    """Whoever uses asyncpg may never have needed it."""
    private.write("test_users.py", TESTS)
    hidden = "import sys\nsys.modules['psycopg'] = None\n"
    private.write("conftest.py", hidden + (private.folder / "conftest.py").read_text())

    run = private.run("-k", "test_one_user and 3")

    assert run.returncode == 1
    assert "pip install 'billproof[postgresql]'" in run.stdout
    assert "Traceback" not in run.stdout


def test_without_programs_every_test_says_what_to_do(
    private: Project,
) -> None:
    """In one line each, no traceback."""
    private.write("test_users.py", TESTS)
    hidden = "import billproof.database.postgres.binaries as b\nb.NEEDED = ('nothing',)\n"
    private.write("conftest.py", hidden + (private.folder / "conftest.py").read_text())

    run = private.run("-k", "test_one_user and 3")

    assert run.returncode == 1
    assert "apt-get install postgresql" in run.stdout
    assert "Traceback" not in run.stdout
    assert private.leftovers() == []
