"""Whole test runs of a foreign project on PostgreSQL, and what they leave behind: nothing."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest

from billproof.database.postgres.server import Server
from tests.suite.database.elsewhere import asked
from tests.suite.database.postgres.test_cluster import is_gone
from tests.suite.database.project import Project
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
HANGING = """
import os
import threading
from pathlib import Path

import pytest

@pytest.mark.parametrize("number", range(4))
def test_waits(database, number):
    with database.engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO users (name) VALUES ('ada')")
        Path(f"reached-{os.getpid()}").touch()
        threading.Event().wait(60)
"""
CRASHING = (
    TESTS
    + """
def test_crashes(database):
    import os, signal
    os.kill(os.getpid(), signal.SIGKILL)
"""
)
FAILING = """
from shop import User

def test_fails(database):
    with database.session() as session:
        session.add(User(name="ada"))
        session.commit()
    assert database.url is None
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


@pytest.mark.parametrize("options", [(), ("-n", "2"), ("-x",)])
def test_every_test_starts_anew_and_nothing_is_left(
    private: Project, options: tuple[str, ...]
) -> None:
    """One process or several, which share one server; it is gone when the run is."""
    private.write("test_users.py", TESTS)

    run = private.run("-W", "error", *options)

    place = Path((private.folder / "place").read_text())
    assert "12 passed" in run.stdout, run.stdout
    assert is_gone(place)
    assert private.leftovers() == []


@pytest.mark.parametrize("driver", ["psycopg", "asyncpg"])
def test_every_test_may_have_an_event_loop_of_its_own(project: Project, driver: str) -> None:
    """Its connections end with it, and nobody warns of them."""
    project.write("conftest.py", CONFTEST.format(url=f"postgresql+{driver}://"))
    project.write("test_users.py", AWAITED)

    run = project.run("-W", "error")

    assert "6 passed" in run.stdout, run.stdout
    assert_nothing_is_left(project)


def test_a_crashed_worker_leaves_nothing(private: Project) -> None:
    """Killed in the middle of a test; the others go on."""
    private.write("test_users.py", CRASHING)

    run = private.run("-n", "2")

    assert "12 passed" in run.stdout, run.stdout
    assert "worker 'gw" in run.stdout
    assert_nothing_is_left(private)


@pytest.mark.parametrize(
    ("options", "number"),
    # Workers of a controller that was killed go on for a minute by themselves.
    [((), signal.SIGINT), (("-n", "2"), signal.SIGINT), ((), signal.SIGKILL)],
)
def test_a_run_that_is_broken_off_leaves_nothing(
    private: Project, options: tuple[str, ...], number: signal.Signals
) -> None:
    """By Ctrl-C or by force, in the middle of a transaction."""
    private.write("test_waits.py", HANGING)
    with private.started(*options) as running:
        private.wait_for("reached-*")
        running.send_signal(number)
        running.communicate(timeout=60)

    assert_nothing_is_left(private)


def test_the_database_of_a_failed_test_is_kept_on_request(private: Project) -> None:
    """Its URL works, and the line beside it ends it all."""
    private.write("test_fails.py", FAILING)

    run = private.run("--keep-database")

    url = re.search(r"kept at (postgresql\S+)", run.stdout)
    end = re.search(r"`kill (\d+)`", run.stdout)
    assert url, run.stdout
    assert end, run.stdout
    try:
        told = asked(url[1], "SELECT name FROM users")
    finally:
        os.kill(int(end[1]), signal.SIGTERM)
    assert told == "[('ada',)]"
    assert_nothing_is_left(private)


def test_a_given_server_is_left_as_it_was(project: Project, server: Server) -> None:
    """Also when the run was killed: the next one cleans up."""
    query = "SELECT count(*) FROM pg_database WHERE datname LIKE 'billproof%'"
    url = server.url("postgres").render_as_string(hide_password=False)
    project.write("conftest.py", CONFTEST.format(url=url))
    project.write("test_waits.py", HANGING)
    before = asked(url, query)
    with project.started() as running:
        project.wait_for("reached-*")
        running.kill()
        running.wait()
    killed = asked(url, query)

    project.write("test_waits.py", TESTS)
    run = project.run("-n", "2")

    assert "12 passed" in run.stdout, run.stdout
    assert killed != before
    assert asked(url, query) == before


def test_migrations_make_the_template_of_an_async_project(project: Project) -> None:
    """Its env.py connects by the URL of its config, which names the project's driver."""
    project.migrations()
    env = (project.folder / "migrations" / "env.py").read_text()
    project.write(
        "migrations/env.py",
        env.replace("asyncpg", "psycopg").replace(
            'get_main_option("sqlalchemy.url")',
            'get_main_option("sqlalchemy.url").replace("asyncpg", "psycopg")',
        ),
    )
    project.write(
        "conftest.py",
        CONFTEST.format(url="postgresql+asyncpg://").replace("Base, ", "'migrations', "),
    )
    project.write("test_users.py", AWAITED)

    run = project.run()

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
