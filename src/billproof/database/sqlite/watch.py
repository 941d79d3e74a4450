"""What our own connections do: whether it is undone when the rows are.

SQLite asks an authorizer about each statement when it is prepared, by whatever cursor it came
(https://www.sqlite.org/c3ref/set_authorizer.html). Ours allows all, and notes what is more than
reading and writing rows: it may leave something in the file or in the connection.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Any

from billproof.database.store import Sessions

ROWS = frozenset(
    {
        sqlite3.SQLITE_READ,
        sqlite3.SQLITE_SELECT,
        sqlite3.SQLITE_INSERT,
        sqlite3.SQLITE_UPDATE,
        sqlite3.SQLITE_DELETE,
        sqlite3.SQLITE_TRANSACTION,
        sqlite3.SQLITE_SAVEPOINT,
        sqlite3.SQLITE_FUNCTION,
        sqlite3.SQLITE_RECURSIVE,
    }
)
REFLECTING = frozenset(
    {
        "table_info",
        "table_xinfo",
        "table_list",
        "index_list",
        "index_info",
        "index_xinfo",
        "foreign_key_list",
        "foreign_key_check",
    }
)
"""The pragmas that only tell, whatever they are given."""
ALTERING = (
    "create_function",
    "create_aggregate",
    "create_collation",
    "set_progress_handler",
    "set_trace_callback",
    "load_extension",
    "deserialize",
    "setlimit",
)
"""The methods that leave something in a connection, and that no authorizer hears of."""
KEPT_BY_THE_CONNECTION = frozenset({"row_factory", "text_factory", "isolation_level", "autocommit"})
EAR = "billproof.ear"


class Ear:
    """Hears one connection, once the app has made it ready."""

    def __init__(self, sessions: SqliteSessions) -> None:
        self._sessions = sessions
        self.is_open = False

    def __call__(
        self, action: int, first: str | None, _second: str | None, _where: object, _by: object
    ) -> int:
        """Allow it; the words are SQLite's."""
        is_told = action == sqlite3.SQLITE_PRAGMA and first in REFLECTING
        if action not in ROWS and not is_told:
            self.note()
        return sqlite3.SQLITE_OK

    def note(self) -> None:
        """It was altered; before it is ready, that is what is done to each."""
        if self.is_open:
            self._sessions.is_clean = False

    def close(self) -> None:
        """Somebody else listens from now on: what follows is not known."""
        self._sessions.is_clean = False


class _Heard(sqlite3.Connection):
    """A connection with an authorizer, as long as the app sets none."""

    def __init__(self, ear: Ear, *words: Any, **named: Any) -> None:
        super().__init__(*words, **named)
        self.ear = ear
        super().set_authorizer(ear)

    def set_authorizer(self, authorizer_callback: Callable[..., int] | None) -> None:
        self.ear.close()
        super().set_authorizer(authorizer_callback)

    def __setattr__(self, name: str, value: object) -> None:
        if name in KEPT_BY_THE_CONNECTION:
            self.ear.note()
        super().__setattr__(name, value)


def _noting(plain: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: _Heard, *words: Any, **named: Any) -> Any:
        self.ear.note()
        return plain(self, *words, **named)

    return method


for _name in ALTERING:
    if hasattr(sqlite3.Connection, _name):  # some came with Python 3.11, some are left out
        setattr(_Heard, _name, _noting(getattr(sqlite3.Connection, _name)))


class SqliteSessions(Sessions):
    """All connections of our own engines, each with an ear."""

    is_clean = True
    """Whether nothing but rows was read and written since a test began."""

    def mark(self, words: dict[str, Any], notes: dict[Any, Any]) -> None:
        """Listen to it, unless the project has a class of connection of its own."""
        if "factory" in words:
            self.is_clean = False
            return
        notes[EAR] = ear = Ear(self)
        words["factory"] = partial(_Heard, ear)

    def meet(self, notes: dict[Any, Any]) -> None:
        """From now on what it does is the test's; before, it was what each connection does."""
        if EAR in notes:
            notes[EAR].is_open = True
