"""Where a foreign project has its databases, and how its tests reach them there."""

from __future__ import annotations

import shlex
import subprocess
from dataclasses import dataclass

from sqlalchemy import URL

from billproof.database.postgres.server import Server
from tests.suite.database.project import Project
from tests.suite.database.waiting import wait_until

GROUNDS = {
    "sqlite": "sqlite://",
    "aiosqlite": "sqlite+aiosqlite://",
    "psycopg": "postgresql+psycopg://",
    "asyncpg-given": "postgresql+asyncpg://",
}
"""Each driver; PostgreSQL once as the run's own server, and once as one that is given."""
CALLED = """
import threading
from shop import User

def add(database, name):
    with database.session() as session:
        session.add(User(name=name))
        session.commit()
    with database.session() as session:
        return [user.id for user in session.query(User)]

def hang(database, reached):
    with database.engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO users (name) VALUES ('ada')")
        reached.touch()
        threading.Event().wait(60)
"""
AWAITED = """
import asyncio
from sqlalchemy import select
from shop import User

def add(database, name):
    async def add():
        async with database.async_session() as session:
            session.add(User(name=name))
            await session.commit()
        async with database.async_session() as session:
            return [user.id for user in await session.scalars(select(User))]

    return asyncio.run(add())

def hang(database, reached):
    async def hang():
        async with database.async_engine.begin() as connection:
            await connection.exec_driver_sql("INSERT INTO users (name) VALUES ('ada')")
            reached.touch()
            await asyncio.wait_for(asyncio.Event().wait(), 60)

    asyncio.run(hang())
"""
TESTS = """
import pytest
from reaching import add

@pytest.mark.parametrize("number", range(12))
def test_one_user(database, number):
    assert add(database, f"user-{number}") == [1]
"""
FAILING = """
from reaching import add

def test_fails(database):
    add(database, "ada")
    assert database.url is None
"""
CRASHING = """
import os, signal
from reaching import add

def test_crashes(database):
    add(database, "ada")
    os.kill(os.getpid(), signal.SIGKILL)
"""
HANGING = """
import os
from pathlib import Path
import pytest
from reaching import hang

@pytest.mark.parametrize("number", range(4))
def test_waits(database, number):
    hang(database, Path(f"reached-{os.getpid()}"))
"""


@dataclass
class Ground:
    """A project, and what was there before it."""

    project: Project
    url: URL
    server: Server | None
    databases: set[str]

    @classmethod
    def of(cls, project: Project, server: Server | None, url: URL) -> Ground:
        """Have a project use it."""
        project.write("reaching.py", AWAITED if url.get_dialect().is_async else CALLED)
        made = cls(project, url, server, databases_of(server))
        made.give("Base")
        return made

    def give(self, source: str, more: str = "") -> None:
        """Have its databases made of something else."""
        url = self.url.render_as_string(hide_password=False)
        self.project.write_conftest(f"{source}, url={url!r}{more}")

    def assert_nothing_runs(self) -> None:
        """Whatever was started ends, by itself where nobody is left to end it."""
        wait_until(lambda: not self.project.processes(), "the end of all processes")

    def remains(self) -> list[str]:
        """Files and databases."""
        files = [str(path) for path in self.project.leftovers()]
        return [*files, *(databases_of(self.server) - self.databases)]

    def remove(self, how: str) -> None:
        """Do what was said of a database that is kept: a statement on a server, or a command."""
        if self.server is None:
            subprocess.run(shlex.split(how), check=True)
        else:
            self.server._run_ddl(how)

    def assert_nothing_is_left(self) -> None:
        """Neither a process, nor a file, nor a database."""
        self.assert_nothing_runs()
        wait_until(lambda: not self.remains(), "the removal of all files and databases")


def databases_of(server: Server | None) -> set[str]:
    """The databases that are there."""
    if server is None:
        return set()
    return {str(name) for (name,) in server._admin.execute("SELECT datname FROM pg_database")}
