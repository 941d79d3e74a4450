"""The benchmark of databases finds out who isolates, and its report says what was found."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.databases.benchmark import write
from benchmarks.databases.comparing import compare
from benchmarks.databases.figures import Block, Growth, NotMeasured, Results, Run, Timed
from benchmarks.databases.grounds import AIOSQLITE, PYSQLITE, Driver, Ground, new_ground
from benchmarks.databases.growing.measuring import grow
from benchmarks.databases.guarantees.trying import failed
from benchmarks.databases.plan import Plan
from benchmarks.databases.ways.anywhere import DeleteAll, Floor
from benchmarks.databases.ways.ours import Billproof
from benchmarks.databases.ways.savepoint import savepoint
from benchmarks.databases.ways.way import FLOOR, RECYCLED, Make, Way
from benchmarks.databases.whole.projects import Project
from benchmarks.databases.whole.running import common_folder, seconds
from benchmarks.getting import CannotMeasure

SQLITE = pytest.mark.parametrize("driver", [PYSQLITE, AIOSQLITE], ids=lambda each: each.name)
SAVEPOINT_HIDES = {"COMMIT seen by other connections", "COMMIT seen by other processes"}


@pytest.fixture(autouse=True, scope="module")
def current_loop() -> Iterator[None]:
    """What aiosqlite asks for when a connection is garbage, or makes and leaves open."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    asyncio.set_event_loop(None)
    loop.close()


@SQLITE
def test_ours_keeps_all_nine_and_who_undoes_nothing_does_not(driver: Driver) -> None:
    """The same checks say both."""
    assert failed(Billproof, driver, None) == ()
    assert failed(Floor, driver, None) == (
        "ids from 1",
        "DDL undone",
        "late writes kept out",
        "reset beneath a transaction",
    )


@SQLITE
@pytest.mark.parametrize(
    ("way", "broken", "kept"),
    [
        (savepoint, {*SAVEPOINT_HIDES, "two transactions apart"}, {"ids from 1", "DDL undone"}),
        (DeleteAll, {"DDL undone", "late writes kept out"}, {"ids from 1", *SAVEPOINT_HIDES}),
    ],
)
def test_each_way_fails_what_it_is_known_to_fail(
    driver: Driver, way: Make, broken: set[str], kept: set[str]
) -> None:
    """And keeps what it is known to keep."""
    found = set(failed(way, driver, None))

    assert broken <= found
    assert not kept & found


def test_a_way_that_cannot_be_made_is_not_said_to_fail() -> None:
    """The error comes out, rather than nine failures."""

    def broken(_: Ground) -> Way:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failed(broken, PYSQLITE, None)


def test_every_way_is_held_against_the_bare_body() -> None:
    """In the same run; the body itself is once what it takes."""
    told: list[str] = []

    found = compare(PYSQLITE, None, Plan(rounds=2, tests=3), told.append)

    names = [each.name for each in found]
    assert names[:2] == [FLOOR, RECYCLED]
    assert len(set(names)) == 7
    assert all(each.tests == 6 and each.median_ms > 0 for each in found)
    assert all(each.ratio == each.median_ms / each.bare_ms > 0 for each in found)


@SQLITE
def test_blocks_say_what_is_held(driver: Driver) -> None:
    """Handles, memory and the size of the database, after each block."""
    with new_ground(driver, None) as ground:
        first, second = grow(ground, blocks=2, tests=3)

    assert first.handles == second.handles > 2
    assert first.database_kb == second.database_kb > 0
    assert min(first.median_ms, second.median_ms, first.bare_ms) > 0
    assert (first.server_mb, second.server_mb) == (0, 0)


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that whoever runs the projects may read."""
    with common_folder() as made:
        yield made / "project"


PASSING = Project("passing", "pytester", "import pytest\nengine = pytest.fixture(lambda: None)\n")
"""It replaces the tests' body; a database is not what is tried here."""


def run(project: Project, folder: Path, body: str) -> float:
    """What a run of two tests takes."""
    project.write(folder)
    (folder / "body.py").write_text(f"def body(engine):\n    {body}\n", encoding="utf-8")
    return seconds(project, folder, Path(sys.executable), 2)


def test_only_a_run_whose_tests_all_pass_is_a_figure(folder: Path) -> None:
    """With the error of one that does not."""
    assert run(PASSING, folder, "pass") > 0
    with pytest.raises(CannotMeasure, match=r"its tests do not pass: E +ZeroDivisionError"):
        run(PASSING, folder, "1 / 0")


def timed(driver: str, ratio: float, name: str = RECYCLED, failed: tuple[str, ...] = ()) -> Timed:
    """A way that was timed."""
    return Timed(driver, name, 250, 2.0 * ratio, 2.0, failed)


def growth(driver: str, *ratios: float, handles: int = 11) -> Growth:
    """Blocks with such ratios on a machine that gets slower; the last has so many handles."""
    bare = [1.0 + number for number in range(len(ratios))]
    blocks = [
        Block(ratio * ms, ms, 11, 60.5, 70.0, 0.0) for ratio, ms in zip(ratios, bare, strict=True)
    ]
    return Growth(driver, 100, (*blocks[:-1], replace(blocks[-1], handles=handles)))


RESULTS = Results(
    date="2027-03-04",
    machine="2 cores, Python 3.11",
    rounds=10,
    timed=(
        timed("sqlite3", 1.0, FLOOR, ("ids from 1", "DDL undone")),
        timed("sqlite3", 1.3),
        timed("aiosqlite", 1.41),
        timed("psycopg", 1.5, failed=("late writes kept out",)),
    ),
    runs=(Run("billproof", 101, 2.0, 1.0), Run("pytest-postgresql 10.0.0", 101, 12.0, 2.0)),
    growths=(
        growth("sqlite3", 1, 1, 1, 1, 1, 9, 1.1, 1.1, 1.1, 1.1),
        growth("aiosqlite", 1, 1, 1, 1, 1, 1.2, 1.2, 1.2, 1.2, 1.2),
        growth("psycopg", 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, handles=12),
    ),
    missing=(NotMeasured("asyncpg", "there is no PostgreSQL"),),
)


def verdicts(results: Results, folder: Path) -> dict[str, str]:
    """Each aim's verdict in the report's file for programs."""
    write(results, folder)
    told = json.loads((folder / "databases.json").read_text(encoding="utf-8"))
    return {each["aim"]: each["verdict"] for each in told["targets"]}


def test_each_aim_has_its_verdict(tmp_path: Path) -> None:
    """At the limit it is met, above it is not, and what was not measured is neither."""
    grown = (
        "the last of 1,000 tests at most 1.1 times as slow as the first beside a bare body, "
        "no more handles"
    )
    assert verdicts(RESULTS, tmp_path) == {
        "SQLite, sync: at most 1.3 times no isolation": "met",
        "SQLite, sync: all nine guarantees": "met",
        "SQLite, async: at most 1.4 times no isolation": "NOT met",
        "SQLite, async: all nine guarantees": "met",
        "PostgreSQL, psycopg: at most 1.5 times no isolation": "met",
        "PostgreSQL, psycopg: all nine guarantees": "NOT met",
        "PostgreSQL, asyncpg: at most 1.5 times no isolation": "",
        "a whole run of 101 tests: at least 10 times as fast as pytest-postgresql": "NOT met",
        "each further test: at least 10 times as fast as pytest-postgresql": "met",
        f"sqlite3: {grown}": "met",
        f"aiosqlite: {grown}": "NOT met",
        f"psycopg: {grown}": "NOT met",
    }


def test_the_report_says_what_was_found(tmp_path: Path) -> None:
    """Figures, ratios, what fails, and the reason for what is missing."""
    write(RESULTS, tmp_path)

    told = (tmp_path / "databases.md").read_text(encoding="utf-8")
    assert "2027-03-04; 2 cores, Python 3.11; 10 rounds." in told
    assert "| sqlite3 | no isolation | 2.00 | 2.00 | 1.00 | ids from 1, DDL undone |" in told
    assert "| aiosqlite | billproof | 2.82 | 2.00 | 1.41 | none |" in told
    assert "| pytest-postgresql 10.0.0 | 101 | 12.0 | 2.0 | 118.8 | 100.0 |" in told
    assert "Not measured: asyncpg: there is no PostgreSQL." in told
    assert "| 10.0 times: 10.0 ms a test against 100.0 ms | met |" in told


def test_the_plots_show_each_driver(tmp_path: Path) -> None:
    """Without a script, and the report shows them."""
    write(RESULTS, tmp_path)

    told = (tmp_path / "databases.md").read_text(encoding="utf-8")
    pictures = sorted(tmp_path.glob("*.svg"))
    assert len(pictures) == 5
    for each in pictures:
        text = each.read_text(encoding="utf-8")
        assert all(f">{growth.driver}<" in text for growth in RESULTS.growths)
        assert "<script" not in text
        assert f"]({each.name})" in told


def test_without_figures_nothing_is_claimed(tmp_path: Path) -> None:
    """No aim is met by what was not measured."""
    nothing = replace(RESULTS, timed=(), runs=(), growths=())

    assert set(verdicts(nothing, tmp_path).values()) == {""}
    assert not list(tmp_path.glob("*.svg"))
