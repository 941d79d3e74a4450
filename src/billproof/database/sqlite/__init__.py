"""SQLite: a file of its own for each test, or the same one while nobody else can know of it."""

from billproof.database.sqlite.store import SqliteStore

__all__ = ["SqliteStore"]
