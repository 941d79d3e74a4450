"""Whole test runs of a foreign project, and what they leave behind: nothing."""

from __future__ import annotations

import re

import pytest

from tests.suite.database.elsewhere import asked
from tests.suite.database.grounds import FAILING, Ground
from tests.suite.database.grounds import TESTS as REACHING
from tests.suite.database.project import Project

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
UNLUCKY = """
with open("runs", "a") as runs:
    runs.write("x")
raise RuntimeError("no such luck")
"""
LEAKING = """
held = []

def test_leaks(database):
    held.append(database.engine.connect())
    held[0].exec_driver_sql("SELECT 1")
"""


def test_the_database_of_a_failed_test_is_kept_on_request(ground: Ground) -> None:
    """Its URL works, and the line beside it removes it; those that passed are gone."""
    ground.project.write("test_fails.py", FAILING)
    ground.project.write("test_users.py", REACHING)

    without, run = ground.project.run(), ground.project.run("--keep-database")

    assert "kept at" not in without.stdout
    kept = re.findall(r"kept at (\S+)\n.*`(.+)`", run.stdout)
    assert len(kept) == 1, run.stdout
    ((url, removal),) = kept
    assert asked(url, "SELECT name FROM users") == "[('ada',)]"
    ground.remove(removal)
    ground.assert_nothing_is_left()


def test_alembic_makes_the_same(ground: Ground) -> None:
    """From its folder, with an env.py that looks for nothing but the URL of its config."""
    ground.project.migrations()
    ground.give("'migrations'")
    ground.project.write("test_users.py", REACHING)

    run = ground.project.run()

    assert "12 passed" in run.stdout, run.stdout


def test_a_connection_that_is_left_open_is_named(project: Project) -> None:
    """With the line that took it; the next test is not harmed."""
    project.write("test_a_leak.py", LEAKING)
    project.write("test_users.py", TESTS)

    run = project.run()

    assert "13 passed, 1 error" in run.stdout
    assert "The test left a connection open" in run.stdout
    assert "test_a_leak.py:5, in test_leaks" in run.stdout
    assert "Close it" in run.stdout


def test_what_fails_is_tried_once(project: Project) -> None:
    """Each test says why; the migrations have not run for each of them."""
    project.migrations()
    project.write("migrations/env.py", UNLUCKY)
    project.write(
        "conftest.py",
        "from billproof.database import databases\n\ndatabase = databases('migrations')\n",
    )
    project.write("test_users.py", TESTS)

    run = project.run()

    assert "12 errors" in run.stdout, run.stdout
    assert run.stdout.count("RuntimeError: no such luck") >= 12
    assert (project.folder / "runs").read_text() == "x"


def test_seeded_rows_are_there_each_time(project: Project) -> None:
    """And come back when a test deletes them."""
    project.write(
        "conftest.py",
        "from billproof.database import databases\nfrom shop import Base\n\n"
        "def seed(connection):\n"
        "    connection.exec_driver_sql(\"INSERT INTO users (name) VALUES ('seeded')\")\n\n"
        "database = databases(Base, seed=seed)\n",
    )
    project.write(
        "test_seed.py",
        "import pytest\nfrom shop import User\n\n@pytest.mark.parametrize('number', range(3))\n"
        "def test_seeded(database, number):\n    with database.session() as session:\n"
        "        assert [user.name for user in session.query(User)] == ['seeded']\n"
        "        session.query(User).delete()\n        session.commit()\n",
    )

    assert "3 passed" in project.run().stdout


REFUSALS = {
    "index": (
        "__table_args__ = (Index('ix_users_name', 'name'),)",
        "",
        ["index 'ix_users_name' is there twice", "keep one of them"],
    ),
    "model": (
        "",
        (
            "class Again(Base):\n    __tablename__ = 'users'\n"
            "    __table_args__ = {'extend_existing': True}\n"
            "    id: Mapped[int] = mapped_column(primary_key=True)\n"
        ),
        ["table 'users' is declared twice, by shop.Again and shop.User", "extend_existing"],
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_cannot_be_made_is_said_before_it_fails(project: Project, case: str) -> None:
    """In one sentence, with what to do, in place of the database's own error."""
    arguments, more, words = REFUSALS[case]
    project.write_models(arguments, more)
    project.write("test_users.py", TESTS)

    run = project.run("-k", "test_one_user and 3")

    assert run.returncode == 1
    for each in words:
        assert each in run.stdout, run.stdout
    assert "Traceback" not in run.stdout


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("Base, url='mysql://x'", "mysql"),
        ("Base, url='nonsense'", "names no database"),
        ("'nowhere'", "There is no Alembic folder at"),
        ("'.'", "has no env.py"),
        ("42", "cannot make tables from 42"),
        ("lambda connection: None", "has no tables"),
    ],
)
def test_what_was_asked_wrongly_is_said(project: Project, given: str, said: str) -> None:
    """In the set-up of the first test, and how to ask."""
    project.write(
        "conftest.py",
        "from billproof.database import databases\n"
        f"from shop import Base\n\ndatabase = databases({given})\n",
    )
    project.write("test_users.py", TESTS)

    run = project.run("-k", "test_one_user and 3")

    assert run.returncode == 1
    assert said in run.stdout, run.stdout
    assert "Traceback" not in run.stdout
    assert project.leftovers() == []


def test_a_template_that_somebody_writes_to_is_told(project: Project) -> None:
    """The test after it says so: what it would start with is no longer what was sealed."""
    project.write(
        "test_users.py",
        "import os\nfrom pathlib import Path\n\ndef test_a(database):\n"
        "    template = Path(database.url.database).with_name('template.sqlite')\n"
        "    os.utime(template, (1, 1))\n\ndef test_b(database):\n    pass\n",
    )

    run = project.run()

    assert "1 passed" in run.stdout
    assert "was changed after it had been sealed" in run.stdout


def test_nothing_of_it_is_loaded_where_nobody_wants_it(project: Project) -> None:
    """The plugin is there in every run of everybody."""
    project.write(
        "test_else.py",
        "import sys\n\ndef test_else():\n    assert 'sqlalchemy' not in sys.modules\n",
    )
    (project.folder / "conftest.py").unlink()

    assert "1 passed" in project.run().stdout
