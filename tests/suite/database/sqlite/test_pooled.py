"""What connections of a pool know of an earlier test's file: nothing, whatever they had read."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from billproof.database import Database
from tests.suite.database.conftest import Begin
from tests.suite.database.drivers import ON_SQLITE
from tests.suite.database.elsewhere import connected
from tests.suite.database.turns import ALL, Turns, add, runs


@pytest.mark.parametrize("driver", ON_SQLITE)
def test_sessions_alone_see_the_template_each_time(begin: Begin, driver: str) -> None:
    """The plainest of all apps: it asks for a session, and for nothing else."""
    turns = begin(driver, runs(add("ann")))
    found = []
    for number in range(3):
        database = turns.begin()
        names = (f"first-{number}", f"second-{number}")
        if turns.loop is None:
            found.append(_added(database, names))
        else:
            found.append(turns.loop.run_until_complete(_added_awaited(database, names)))
        assert turns.end() == []

    assert found == [
        [(1, "ann"), (2, f"first-{number}"), (3, f"second-{number}")] for number in range(3)
    ]


def _added(database: Database, names: tuple[str, ...]) -> list[tuple[object, ...]]:
    for name in names:
        with database.session() as session:
            session.connection().exec_driver_sql(add(name))
            session.commit()
    with database.session() as session:
        return [tuple(row) for row in session.connection().exec_driver_sql(ALL)]


async def _added_awaited(database: Database, names: tuple[str, ...]) -> list[tuple[object, ...]]:
    for name in names:
        async with database.async_session() as session:
            await (await session.connection()).exec_driver_sql(add(name))
            await session.commit()
    async with database.async_session() as session:
        return [tuple(row) for row in await (await session.connection()).exec_driver_sql(ALL)]


@pytest.mark.parametrize("later", [1, 2, 3])
@pytest.mark.parametrize("earlier", [1, 2, 3])
def test_no_page_of_an_earlier_test_is_read_again(turns: Turns, earlier: int, later: int) -> None:
    """SQLite keeps pages until the file's count of commits is another: here it comes again."""
    turns.begin()
    with turns.hands(3) as hands:
        for number in range(earlier):
            hands[0].run(add(f"early-{number}"))
            hands[0].commit()
        seen = [each.run(ALL) for each in hands]
    turns.end()

    turns.begin()
    with turns.hands(3) as hands:
        for number in range(later):
            hands[2].run(add(f"late-{number}"))
            hands[2].commit()
        found = [each.run(ALL) for each in hands]

    assert seen == [[(number + 1, f"early-{number}") for number in range(earlier)]] * 3
    assert found == [[(number + 1, f"late-{number}") for number in range(later)]] * 3


def test_no_page_is_read_again_when_another_process_wrote(turns: Turns) -> None:
    """It knows nothing of how many commits there were before."""
    found = []
    for name in ("ada", "bob", "eve"):
        with connected(turns.begin().url) as other:
            other.run(add(name))
            with turns.hands(3) as hands:
                found.append([each.run(ALL) for each in hands])
        turns.end()

    assert found == [[[(1, name)]] * 3 for name in ("ada", "bob", "eve")]


def test_no_table_of_an_earlier_test_is_read_again(turns: Turns) -> None:
    """Nor what was prepared for one of that name: SQLite counts changes of the schema, too."""
    query = "SELECT * FROM more"
    found = []
    for made in ("1 AS x", "2 AS y, 3 AS z", "4 AS x"):
        turns.begin()
        with turns.hands(3) as hands:
            hands[0].run(f"CREATE TABLE more AS SELECT {made}")
            hands[0].commit()
            found.append([each.run(query) for each in hands])
        turns.end()

    assert found == [[[(1,)]] * 3, [[(2, 3)]] * 3, [[(4,)]] * 3]


def test_a_connection_that_was_taken_by_no_later_test_reads_anew(turns: Turns) -> None:
    """Three are in the pool, and two tests pass that take but one."""
    turns.begin()
    with turns.hands(3) as hands:
        hands[0].run(add("ann"))
        hands[0].commit()
        early = [each.run(ALL) for each in hands]
    turns.end()
    for name in ("ben", "eve"):
        turns.begin()
        turns.commit(add(name))
        turns.end()

    turns.begin()
    turns.commit(add("ada"))

    assert early == [[(1, "ann")]] * 3
    with turns.hands(3) as hands:
        assert [each.run(ALL) for each in hands] == [[(1, "ada")]] * 3


def test_a_large_test_leaves_a_small_one_small(turns: Turns) -> None:
    """Of pages that a file had beyond its template's, none is left; and the other way around."""
    many = (
        "INSERT INTO users (name) WITH RECURSIVE n (x) AS "
        "(SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 5000) SELECT 'user' || x FROM n"
    )
    sizes = []
    for statement in (add("ada"), many, add("bob"), "DELETE FROM users", "VACUUM"):
        turns.begin()
        with turns.hands(3) as hands:
            sizes.append([each.run("PRAGMA page_count") for each in hands])
            counted = [each.run("SELECT count(*) FROM users") for each in hands]
            for each in hands:
                each.rollback()
            hands[1].run(statement)
            hands[1].commit()
            assert hands[0].run("PRAGMA integrity_check") == [("ok",)]
        assert counted == [[(0,)]] * 3
        turns.end()

    assert sizes == [sizes[0]] * 5


@pytest.mark.parametrize("driver", ON_SQLITE)
def test_each_test_may_say_what_its_connections_begin_with(begin: Begin, driver: str) -> None:
    """As apps do when they are made: it holds for every connection of the test that said it."""
    turns = begin(driver)
    found = []
    for limit in (1000, 2000):
        engine = _engine(turns.begin(), is_awaited=turns.loop is not None)

        @event.listens_for(engine, "connect")
        def _(connection: object, _record: object, limit: int = limit) -> None:
            cursor = connection.cursor()  # type: ignore[attr-defined] # of any driver
            cursor.execute(f"PRAGMA cache_size = {limit}")
            cursor.close()

        with turns.hands(3) as hands:
            found.append([each.run("PRAGMA cache_size") for each in hands])
        turns.end()

    assert found == [[[(1000,)]] * 3, [[(2000,)]] * 3]


@pytest.mark.parametrize("driver", ON_SQLITE)
def test_a_pragma_that_the_app_says_on_connecting_holds_in_each_test(
    begin: Begin, driver: str
) -> None:
    """It is said by an app that is made anew for each, to connections that stay."""
    turns = begin(driver)
    found = []
    for _each in range(3):
        engine = _engine(turns.begin(), is_awaited=turns.loop is not None)
        event.listen(engine, "connect", _with_foreign_keys)
        with turns.hands(3) as hands:
            found.append([each.run("PRAGMA foreign_keys") for each in hands])
        turns.end()

    assert found == [[[(1,)]] * 3] * 3


def _engine(database: Database, *, is_awaited: bool) -> Engine:
    return database.async_engine.sync_engine if is_awaited else database.engine


@pytest.mark.parametrize("poolclass", ["NullPool", "StaticPool", "SingletonThreadPool"])
def test_a_project_may_have_another_pool(begin: Begin, poolclass: str) -> None:
    """Whatever it does with connections, each test has its own rows."""
    import sqlalchemy.pool  # noqa: PLC0415 - one name of it

    turns = begin("sqlite", poolclass=getattr(sqlalchemy.pool, poolclass))
    found = []
    for name in ("ada", "bob", "eve"):
        turns.begin()
        turns.commit(add(name))
        found.append(turns.rows())
        turns.end()

    assert found == [[(1, "ada")], [(1, "bob")], [(1, "eve")]]


def test_the_next_test_may_have_another_event_loop(begin: Begin) -> None:
    """While the first stands still, with connections in the pool that are of no use to it."""
    turns = begin("aiosqlite")
    first, second = turns.loop, asyncio.new_event_loop()
    found = []
    for loop in (first, second, first):
        turns.loop = loop
        turns.begin()
        turns.commit(add("ada"))
        found.append(turns.rows())
        assert turns.end() == []

    second.run_until_complete(second.shutdown_asyncgens())
    second.close()
    assert found == [[(1, "ada")]] * 3


@pytest.mark.skipif(sys.platform != "linux", reason="there is no /proc")
def test_files_do_not_pile_up(turns: Turns) -> None:
    """After many tests there are as many as after one, on the disk and open."""
    counts = []
    for _ in range(40):
        database = turns.begin()
        with turns.hands(3) as hands:
            hands[0].run(add("ada"))
            hands[0].commit()
            held = len(list(Path("/proc/self/fd").iterdir()))
        turns.end()
        counts.append((held, len(list(Path(str(database.url.database)).parent.iterdir()))))

    assert len(set(counts[10:])) == 1


def _with_foreign_keys(connection: object, _record: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined] # of any driver
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()
