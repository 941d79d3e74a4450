"""Templates with all that SQLite keeps beside rows: each test begins with it as it was made."""

from __future__ import annotations

import pytest

from tests.suite.database.conftest import Begin
from tests.suite.database.drivers import ON_SQLITE
from tests.suite.database.turns import add, runs

MADE = (
    "CREATE TABLE numbered (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE)",
    "CREATE TABLE heard (name TEXT, at INTEGER) STRICT",
    "CREATE TABLE named (name TEXT PRIMARY KEY, twice TEXT AS (name || name)) WITHOUT ROWID",
    "CREATE TRIGGER hear AFTER INSERT ON users BEGIN INSERT INTO heard VALUES (NEW.name, 7); END",
    "CREATE VIEW both AS SELECT name FROM users UNION ALL SELECT name FROM numbered",
    "CREATE VIRTUAL TABLE pages USING fts5 (body)",
    "CREATE INDEX part ON numbered (name) WHERE id > 1",
    add("ann"),
    "INSERT INTO numbered (name) VALUES ('one'), ('two'), ('three')",
    "DELETE FROM numbered WHERE id = 3",
    "INSERT INTO named VALUES ('ann')",
    "INSERT INTO pages VALUES ('a lamp of brass'), ('a chair')",
    "PRAGMA user_version = 5",
)
CHANGES = (
    add("ada"),
    "INSERT INTO numbered (name) VALUES ('four')",
    "DELETE FROM sqlite_sequence",
    "INSERT INTO named VALUES ('ada')",
    "INSERT INTO pages VALUES ('another lamp')",
    "DELETE FROM pages WHERE body MATCH 'chair'",
    "DROP TRIGGER hear",
    "PRAGMA user_version = 6",
)
STATE = (
    "SELECT * FROM users",
    "SELECT * FROM numbered",
    "SELECT * FROM heard",
    "SELECT * FROM named",
    "SELECT * FROM both",
    "SELECT rowid, body FROM pages WHERE pages MATCH 'lamp'",
    "SELECT body FROM pages WHERE pages MATCH 'chair'",
    "SELECT * FROM sqlite_sequence",
    "SELECT type, name, sql FROM sqlite_master ORDER BY name",
    "PRAGMA user_version",
    "PRAGMA integrity_check",
)


@pytest.mark.parametrize("driver", ON_SQLITE)
def test_everything_is_as_it_was_made(begin: Begin, driver: str) -> None:
    """On each connection, however often a test changes all of it."""
    turns = begin(driver, runs(*MADE))
    found, changed = [], []
    for _ in range(3):
        turns.begin()
        with turns.hands(3) as hands:
            found += [[each.run(query) for query in STATE] for each in hands]
        turns.commit(*CHANGES)
        with turns.hands(3) as hands:
            changed += [[each.run(query) for query in STATE] for each in hands]
        turns.end()

    assert found == [found[0]] * 9
    assert changed == [changed[0]] * 9
    assert [query for query, a, b in zip(STATE, found[0], changed[0], strict=True) if a == b] == [
        "PRAGMA integrity_check"
    ]


@pytest.mark.parametrize("driver", ON_SQLITE)
def test_numbers_and_triggers_go_on_from_the_template(begin: Begin, driver: str) -> None:
    """AUTOINCREMENT gives no number twice, not even that of a row which the seeds took back."""
    turns = begin(driver, runs(*MADE))
    found = []
    for name in ("bob", "eve", "ida"):
        turns.begin()
        turns.commit(add(name), "INSERT INTO numbered (name) SELECT max(name) FROM users")
        turns.commit("INSERT INTO pages VALUES ('a lamp for all')")
        with turns.hands(3) as hands:
            found += [
                [
                    each.run("SELECT max(id) FROM numbered"),
                    each.run("SELECT name, at FROM heard"),
                    each.run("SELECT rowid FROM pages WHERE pages MATCH 'lamp'"),
                ]
                for each in hands
            ]
        turns.end()

    assert found == [
        [[(4,)], [("ann", 7), (name, 7)], [(1,), (3,)]]
        for name in ("bob", "eve", "ida")
        for _ in range(3)
    ]
