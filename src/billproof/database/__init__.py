"""A database of its own for each test, without paying for its migrations each time.

Three lines in a conftest.py:

    from billproof.database import databases
    from shop.models import Base

    database = databases(Base)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from billproof.database.database import Database
    from billproof.database.fixture import databases

__all__ = ["Database", "databases"]


def __getattr__(name: str) -> Any:
    """Import what is asked for: the plugin is loaded where nobody wants SQLAlchemy."""
    if name == "databases":
        from billproof.database.fixture import databases  # noqa: PLC0415 - see above

        return databases
    if name == "Database":
        from billproof.database.database import Database  # noqa: PLC0415 - see above

        return Database
    raise AttributeError(name)
