"""What is kept: the tables, and transactions on them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    String,
    TypeDecorator,
    UniqueConstraint,
    make_url,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.event import listens_for
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

BUSY_SECONDS = 5
DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
}
"""By the URL's scheme; psycopg is asked for by those alone who name PostgreSQL."""
ESCAPE = "\x1b"
"""Begins what stands for a character that a database does not keep, and for itself."""
ESCAPED = re.compile(f"{ESCAPE}(.)", re.DOTALL)


class Instant(TypeDecorator[datetime]):
    """An instant, kept as Unix seconds: no database and no host adds a zone of its own."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's shape
        """Unix seconds."""
        return None if value is None else int(value.timestamp())

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's shape
        """The instant in UTC."""
        return None if value is None else datetime.fromtimestamp(value, UTC)


class AnyText(TypeDecorator[str]):
    """Text as JSON has it; of all characters PostgreSQL keeps no NUL, so that is written in two."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's shape
        """What every database keeps."""
        if value is None:
            return None
        return value.replace(ESCAPE, ESCAPE * 2).replace("\0", f"{ESCAPE}0")

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's shape
        """The text as it came."""
        return None if value is None else ESCAPED.sub(_unescaped, value)


def _unescaped(two: re.Match[str]) -> str:
    return "\0" if two[1] == "0" else two[1]


class Base(DeclarativeBase):
    """The tables."""

    type_annotation_map = {datetime: Instant(), int: BigInteger(), str: AnyText()}  # noqa: RUF012 - SQLAlchemy's shape


class UserRow(Base):
    """A user, his Stripe customer, and his last way through checkout."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    customer_id: Mapped[str | None] = mapped_column(unique=True)
    customer_attempt: Mapped[int] = mapped_column(default=1)
    checkout_attempt: Mapped[int] = mapped_column(default=1)
    """Parts of the Idempotency-Keys at Stripe; they advance after every definite answer."""


class CheckoutRow(Base):
    """The user's last Checkout Session; without a session id its answer is still unknown."""

    __tablename__ = "checkouts"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id"), primary_key=True, autoincrement=False
    )
    attempt: Mapped[int]
    plan: Mapped[str]
    customer_id: Mapped[str]
    trial_days: Mapped[int]
    session_id: Mapped[str | None]


class SubscriptionRow(Base):
    """A subscription as Stripe last showed it."""

    __tablename__ = "subscriptions"

    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(index=True)
    customer_id: Mapped[str | None]
    """Of the user too, but not always the one that is booked: one may be made by hand at Stripe."""
    plan: Mapped[str | None]
    """None when no price of it is in the catalogue."""
    status: Mapped[str]
    collection_paused: Mapped[bool]
    current_period_end: Mapped[datetime | None]
    cancel_at: Mapped[datetime | None]
    cancel_at_period_end: Mapped[bool]
    ended_at: Mapped[datetime | None]
    trial_start: Mapped[datetime | None]


class EventRow(Base):
    """An event that was taken; it is written with its effect, in one transaction."""

    __tablename__ = "events"

    id: Mapped[str] = mapped_column(primary_key=True)
    taken_at: Mapped[datetime]


class IdempotencyRow(Base):
    """What a user's Idempotency-Key was first used for."""

    __tablename__ = "idempotency_keys"

    user_id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[str]
    used_at: Mapped[datetime]


class DeviceRow(Base):
    """A device; of its secret only the hash is kept."""

    __tablename__ = "devices"
    __table_args__ = (UniqueConstraint("user_id", "fingerprint"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(index=True)
    fingerprint: Mapped[str]
    name: Mapped[str]
    secret_hash: Mapped[str]
    created_at: Mapped[datetime]


class LeaseRow(Base):
    """Who may work on something alone, and until when (Unix milliseconds)."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    until: Mapped[int]


class CounterRow(Base):
    """How often something was counted, by all workers together."""

    __tablename__ = "counters"

    family: Mapped[str] = mapped_column(primary_key=True)
    labels: Mapped[str] = mapped_column(primary_key=True)
    """The values of its labels, separated by commas: none of the closed lists has one inside."""
    value: Mapped[int]


def insert(session: AsyncSession, row: type[Base]) -> sqlite.Insert | postgresql.Insert:
    """INSERT that may end in ON CONFLICT: both databases have it, SQLAlchemy keeps them apart."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return sqlite.insert(row) if is_sqlite else postgresql.insert(row)


class Store:
    """One database. Transactions are short: none is open while Stripe is asked."""

    def __init__(self, url: str) -> None:
        self.engine: AsyncEngine = _engine(url)
        self._writing = self.engine.execution_options(writes=True)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session that reads what others have committed."""
        async with AsyncSession(self.engine, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """A session that commits at the end, or rolls back when anything is raised.

        On SQLite it is alone; on PostgreSQL whoever reads what he is going to write locks the row.
        """
        async with AsyncSession(self._writing, expire_on_commit=False) as session, session.begin():
            yield session

    async def close(self) -> None:
        """Let go of the connections."""
        await self.engine.dispose()


def _engine(url: str) -> AsyncEngine:
    scheme, _, place = url.partition(":")
    driver = DRIVERS[scheme]
    quiet = {"hide_parameters": True}  # a traceback must not tell whose row it was
    if scheme != "sqlite":
        # Asked before each use: after a restart of the database no call fails for its old ones.
        return create_async_engine(make_url(f"{driver}:{place}"), pool_pre_ping=True, **quiet)
    connect_args = {"timeout": BUSY_SECONDS}
    engine = create_async_engine(f"{driver}:///{place}", connect_args=connect_args, **quiet)
    _prepare_sqlite(engine)
    return engine


def _prepare_sqlite(engine: AsyncEngine) -> None:
    @listens_for(engine.sync_engine, "connect")
    def _connected(connection: object, _: object) -> None:
        # The driver's own transactions begin late and commit early; ours begin when we say.
        connection.isolation_level = None  # type: ignore[attr-defined] # sqlite3's attribute
        cursor = connection.cursor()  # type: ignore[attr-defined] # DBAPI
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @listens_for(engine.sync_engine, "begin")
    def _begun(connection: Connection) -> None:
        # A reader that turns writer can meet a dead end; a writer that says so waits its turn.
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
