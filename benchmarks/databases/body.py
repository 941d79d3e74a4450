"""What every test does, whatever isolates it: write six rows, commit, and read one.

Nothing but SQLAlchemy is imported here: this file is copied into the projects that are measured.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Integer, MetaData, String, Table, select

METADATA = MetaData()
TABLES = [
    Table(
        f"things_{number}",
        METADATA,
        Column("id", Integer, primary_key=True),
        Column("name", String(50), nullable=False, index=True),
    )
    for number in range(8)
]
WRITTEN = TABLES[:6]
LAST = select(TABLES[0].c.name).order_by(TABLES[0].c.id.desc()).limit(1)


def body(engine: Any) -> None:
    """By a sync engine, or what stands for one."""
    with engine.begin() as connection:
        for table in WRITTEN:
            connection.execute(table.insert().values(name="lamp"))
    with engine.connect() as connection:
        _compare(connection.scalar(LAST))


async def body_awaited(engine: Any) -> None:
    """By an async engine, or what stands for one."""
    async with engine.begin() as connection:
        for table in WRITTEN:
            await connection.execute(table.insert().values(name="lamp"))
    async with engine.connect() as connection:
        _compare(await connection.scalar(LAST))


def _compare(found: object) -> None:
    if found != "lamp":
        raise ValueError(f"the row that was written reads {found!r}")
