"""The template database."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

from billproof.database.template import Template, remove


def fill(path: Path, rows: int) -> None:
    """Commit rows in write-ahead mode, so that some of them may lie beside the file."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE IF NOT EXISTS rows (x)")
        connection.executemany("INSERT INTO rows VALUES (?)", [(n,) for n in range(rows)])


def count(path: Path) -> int:
    """How many rows are there."""
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT count(*) FROM rows").fetchone()[0])


def test_copies_have_all_rows_and_share_none(tmp_path: Path) -> None:
    """What is committed in one copy is in no other, and not in the template."""
    fill(tmp_path / "made.sqlite", rows=3)
    template = Template.seal(tmp_path / "made.sqlite")
    one, other = tmp_path / "one.sqlite", tmp_path / "other.sqlite"
    template.copy_to(one)
    fill(one, rows=5)
    template.copy_to(other)

    assert (count(one), count(other), count(template.path)) == (8, 3, 3)


def test_a_sealed_template_is_read_only(tmp_path: Path) -> None:
    """A copy can be written, the template cannot, by its mode."""
    fill(tmp_path / "made.sqlite", rows=1)
    template = Template.seal(tmp_path / "made.sqlite")
    template.copy_to(tmp_path / "copy.sqlite")

    assert not stat.S_IMODE(template.path.stat().st_mode) & 0o222
    assert stat.S_IMODE((tmp_path / "copy.sqlite").stat().st_mode) & 0o200


def test_a_backend_without_a_file_has_an_empty_template(tmp_path: Path) -> None:
    """It may keep its data elsewhere."""
    Template.seal(tmp_path / "never.sqlite").copy_to(tmp_path / "copy.sqlite")

    assert list(tmp_path.iterdir()) == []


def test_removing_takes_the_sidecars_too(tmp_path: Path) -> None:
    """A log left behind would be replayed into the next file of that name."""
    for name in ("x.sqlite", "x.sqlite-wal", "x.sqlite-shm", "y.sqlite"):
        (tmp_path / name).touch()

    remove(tmp_path / "x.sqlite")

    assert [path.name for path in tmp_path.iterdir()] == ["y.sqlite"]
