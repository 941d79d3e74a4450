"""The ways that are compared on each database, the floor first."""

from __future__ import annotations

from benchmarks.databases.grounds import Driver
from benchmarks.databases.ways.anywhere import CreateAll, DeleteAll, Floor, Truncate
from benchmarks.databases.ways.new import FileCopy, TemplateClone
from benchmarks.databases.ways.ours import Asked, Billproof, Cloned
from benchmarks.databases.ways.savepoint import savepoint
from benchmarks.databases.ways.way import ASKED, CLONED, FLOOR, RECYCLED, Named

ANYWHERE = (
    Named(FLOOR, Floor),
    Named(RECYCLED, Billproof),
    Named("create_all, drop_all", CreateAll),
    Named("SAVEPOINT", savepoint),
)
SQLITE = (
    *ANYWHERE,
    Named(ASKED, Asked),
    Named("DELETE all", DeleteAll),
    Named("copy of a file, new engine", FileCopy),
)
POSTGRES = (
    *ANYWHERE,
    Named(CLONED, Cloned),
    Named("CREATE DATABASE … TEMPLATE, new engine", TemplateClone),
    Named("TRUNCATE … RESTART IDENTITY", Truncate),
)


def ways(driver: Driver) -> tuple[Named, ...]:
    """Those that a driver's database has."""
    return POSTGRES if driver.needs_server else SQLITE
