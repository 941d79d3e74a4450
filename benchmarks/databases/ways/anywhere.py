"""Ways that undo what is in the one database that all tests have, by one engine."""

from __future__ import annotations

from sqlalchemy import Connection, text

from benchmarks.databases.body import METADATA
from benchmarks.databases.grounds import Ground
from benchmarks.databases.sites import Site


class Floor:
    """Nothing is undone: what the body costs by itself."""

    def __init__(self, ground: Ground) -> None:
        self._site: Site = ground.site(ground.new_url())
        self._site.work(METADATA.create_all)

    def begin(self) -> Site:
        """The database that all have."""
        return self._site

    def end(self) -> None:
        """Undo nothing."""

    def close(self) -> None:
        """Close the engine."""
        self._site.dispose()


class CreateAll(Floor):
    """Tables are made before each test, and dropped after it."""

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground)
        self._site.work(METADATA.drop_all)

    def begin(self) -> Site:
        """The one database, with new tables."""
        self._site.work(METADATA.create_all)
        return self._site

    def end(self) -> None:
        """Drop the tables that the metadata knows."""
        self._site.work(METADATA.drop_all)


class DeleteAll(Floor):
    """All rows are deleted after each test."""

    def end(self) -> None:
        """Delete them, those that refer to others first."""
        self._site.work(_delete_all)


class Truncate(Floor):
    """PostgreSQL's TRUNCATE, with its sequences set back."""

    STATEMENT = text(f"TRUNCATE {', '.join(METADATA.tables)} RESTART IDENTITY CASCADE")

    def end(self) -> None:
        """In one statement."""
        self._site.work(lambda connection: connection.execute(self.STATEMENT))


def _delete_all(connection: Connection) -> None:
    for table in reversed(METADATA.sorted_tables):
        connection.execute(table.delete())
