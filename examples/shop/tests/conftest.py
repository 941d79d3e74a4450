"""Each test has a database of its own, and the app on it."""

from __future__ import annotations

import os

from shop.app import create_app
from shop.models import Article
from sqlalchemy import Connection, insert

from billproof.database import databases


def stock(connection: Connection) -> None:
    """What every test finds in the shop."""
    connection.execute(insert(Article).values(name="lamp", stock=3))


database = databases(
    "migrations",
    url=os.environ.get("SHOP_DATABASE_URL", "sqlite+aiosqlite://"),
    seed=stock,
    app=lambda database: create_app(database.async_engine),
)
