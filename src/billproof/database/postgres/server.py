"""The server that a run's databases are on: somebody's, or the run's own."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from typing import Any

import psycopg
from psycopg.rows import TupleRow
from psycopg.sql import SQL, Literal
from sqlalchemy import URL

from billproof.database.folders import RunFolder
from billproof.database.postgres.cluster import Hold
from billproof.errors import UsageError

Admin = psycopg.Connection[TupleRow]
DRIVER = "postgresql+psycopg"
PREFIX, KEPT = "billproof", "billproof_kept"
RUNS = 0x62696C6C
"""The class of our advisory locks."""
OLDEST = 130000
FILE_COPY = 150000
"""The versions that know DROP … WITH (FORCE), and that have to be told to copy files."""
LONGEST_NAME = 63
SHARED = frozenset({"host", "port", "sslmode"})
"""What in a URL means the same to asyncpg and to psycopg; `ssl` is asyncpg's `sslmode`."""
RIGHTS = (
    "SELECT rolname, rolsuper, rolsuper OR rolcreatedb, "
    "current_setting('server_version_num')::int FROM pg_roles WHERE rolname = current_user"
)
OURS = r"SELECT datname FROM pg_database WHERE datname ~ '^billproof_[0-9a-f]{12}_'"
ALIVE = (
    "SELECT objid::bigint FROM pg_locks "
    "WHERE locktype = 'advisory' AND classid::bigint = %s AND granted"
)
LOCK = "SELECT pg_advisory_lock_shared(%s, %s)"
UNLOCK = "SELECT pg_advisory_unlock_shared(%s, %s)"
TRY_LOCK = "SELECT pg_try_advisory_lock(%s, %s)"
UNLOCK_ALONE = "SELECT pg_advisory_unlock(%s, %s)"
DISPERSE = """
DO $$
BEGIN
  FOR look IN 1..200 LOOP
    PERFORM pg_stat_clear_snapshot();
    EXIT WHEN NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = '{name}');
    IF look = 1 THEN
      PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}';
    END IF;
    PERFORM pg_sleep(0.001);
  END LOOP;
END $$
"""
"""Who finds somebody in a database sleeps a tenth of a second; we look again after a thousandth."""
PREPARED = "SELECT gid FROM pg_prepared_xacts WHERE database = current_database()"
MARK = "SELECT concat_ws(':', oid, xmin, datallowconn) FROM pg_database WHERE datname = %s"
"""What changes when anybody alters the database, or makes it anew."""


class Server:
    """A connection that makes and drops the databases of one run; every process has its own."""

    def __init__(self, url: URL, folder: RunFolder) -> None:
        self._hold = None if _names_host(url) else Hold(folder)
        self._url = url if self._hold is None else _through(self._hold, url)
        tag = hashlib.sha256(folder.path.name.encode()).hexdigest()[:12]
        self._run = f"{PREFIX}_{tag}"
        try:
            self._admin = self._connected()
            self.is_superuser = self._checked()
            # Before any database of that name is made: whoever sees one sees the lock as well.
            self._admin.execute(LOCK, (RUNS, _key(self._run)))
            self._sweep()
        except BaseException:
            self._let_go()
            raise

    def _connected(self) -> Admin:
        url = self.admin_url(self._url.database or "postgres")
        try:
            return self._open(url)
        except psycopg.OperationalError as error:
            raise UsageError(
                f"PostgreSQL cannot be reached at {url.render_as_string()}: {error}".strip(),
                "Start it, or leave out the host: postgresql+psycopg:// starts one of its own.",
            ) from error

    def _checked(self) -> bool:
        """Whether we are superuser; UsageError when databases cannot be made at all."""
        found = self._admin.execute(RIGHTS).fetchone()
        assert found is not None  # noqa: S101 - everybody has a role
        role, is_superuser, may_create, version = found
        if version < OLDEST:
            raise UsageError(
                f"This PostgreSQL is {version // 10000}, and 13 is the oldest that will do.",
                "Name a newer one, or leave out the host: then one of our own is started.",
            )
        if not may_create:
            raise UsageError(
                f"The role {role!r} may not create databases on this server.",
                f'Run `ALTER ROLE "{role}" CREATEDB` (or SUPERUSER, which is much faster) as an '
                "administrator, or leave out the host: a server of our own is started then.",
            )
        return bool(is_superuser)

    @property
    def is_given(self) -> bool:
        """Whether it is somebody's, and outlives the run."""
        return self._hold is None

    def name(self, *parts: str) -> str:
        """What a database of this run is called."""
        return _as_name("_".join((self._run, *parts)))

    def url(self, name: str) -> URL:
        """Where a database is, for the driver that the project uses."""
        return self._url.set(database=name)

    def admin_url(self, name: str) -> URL:
        """The same, for psycopg."""
        url = self._url.set(drivername=DRIVER, database=name)
        if self._url.get_driver_name().startswith("psycopg"):
            return url
        query = {key: text for key, text in url.query.items() if key in SHARED}
        if "ssl" in url.query:
            query["sslmode"] = url.query["ssl"]
        return url.set(query=query)

    def connect(self, name: str, **words: Any) -> Admin:
        """A connection of ours to a database, that commits by itself."""
        return self._open(self.admin_url(name), **words)

    def _open(self, url: URL, **words: Any) -> Admin:
        _, named = url.get_dialect()().create_connect_args(url)
        return psycopg.connect(**{**named, **words}, autocommit=True)

    def mark(self, name: str) -> str | None:
        """What changes when anybody alters a database; None when it is gone."""
        found = self._admin.execute(MARK, (name,)).fetchone()
        return None if found is None else str(found[0])

    def create(self, name: str, template: str | None = None) -> None:
        """Make a database, as the template is."""
        how = f' TEMPLATE "{template}"' if template else ""
        if self._admin.info.server_version >= FILE_COPY:
            how += " STRATEGY file_copy"
        self._run_ddl(f'CREATE DATABASE "{name}"{how}')

    def seal(self, name: str) -> None:
        """Have nobody connect to it any more."""
        self._run_ddl(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        self._disperse(name)

    def drop(self, name: str) -> None:
        """Drop a database whoever is connected; what resists is left to the next run."""
        statement = f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'
        self._disperse(name)
        with suppress(psycopg.Error):
            try:
                self._run_ddl(statement)
            except psycopg.errors.ObjectInUse:
                self._roll_back_prepared(name)
                self._run_ddl(statement)

    def _disperse(self, name: str) -> None:
        """End all connections to a database, as far as we may."""
        with suppress(psycopg.Error):
            self._run_ddl(DISPERSE.format(name=name))

    def _roll_back_prepared(self, name: str) -> None:
        """A prepared transaction has no connection that FORCE could end."""
        with self.connect(name) as inside:
            for (transaction,) in inside.execute(PREPARED).fetchall():
                inside.execute(SQL("ROLLBACK PREPARED {}").format(Literal(transaction)))

    def keep(self, name: str, label: str) -> tuple[URL, str]:
        """Have it outlive the run; where it is from now on, and how it is removed."""
        kept = _as_name(f"{name.replace(PREFIX, KEPT, 1)}_{label}")
        self._disperse(name)
        self._run_ddl(f'ALTER DATABASE "{name}" RENAME TO "{kept}"')
        if self._hold is None:
            return self.url(kept), f'Remove it with `DROP DATABASE "{kept}"`.'
        self._hold.keep()
        return self.url(kept), self._hold.removal

    def _run_ddl(self, statement: str) -> None:
        self._admin.execute(statement.encode())

    def _sweep(self) -> None:
        """Drop the databases of runs of which nobody is left."""
        found = [str(name) for (name,) in self._admin.execute(OURS)]
        # After the names: a run has its lock before it has databases.
        alive = {key for (key,) in self._admin.execute(ALIVE, (RUNS,))}
        for run in {"_".join(name.split("_")[:2]) for name in found}:
            if _key(run) & 0xFFFFFFFF not in alive:
                self._drop_all(run, [name for name in found if name.startswith(f"{run}_")])

    def _drop_all(self, run: str, names: list[str]) -> None:
        """Drop a dead run's, unless somebody else does; who joins it just now waits for us."""
        lock = (RUNS, _key(run))
        ((is_ours,),) = self._admin.execute(TRY_LOCK, lock).fetchall()
        if is_ours:
            for name in names:
                self.drop(name)
            self._admin.execute(UNLOCK_ALONE, lock)

    def close(self) -> None:
        """Let go; what is left of the run goes with the last of its processes."""
        if self._hold is None:
            with suppress(psycopg.Error):
                self._admin.execute(UNLOCK, (RUNS, _key(self._run)))
                self._sweep()
        self._let_go()

    def _let_go(self) -> None:
        if hasattr(self, "_admin"):
            self._admin.close()
        if self._hold is not None:
            self._hold.close()


def _as_name(text: str) -> str:
    return re.sub(r"\W", "_", text, flags=re.ASCII)[:LONGEST_NAME]


def _names_host(url: URL) -> bool:
    return bool(url.host or "host" in url.query)


def _through(hold: Hold, url: URL) -> URL:
    """The URL of the run's own server, with the project's driver and what else it says."""
    own = url.set(username="postgres", password=None, database=None)
    # In the query, both: PGPORT of the environment must not count.
    return own.update_query_dict({"host": str(hold.sockets), "port": "5432"})


def _key(run: str) -> int:
    """What an advisory lock of a run is on, from the run's name in its databases."""
    return int.from_bytes(bytes.fromhex(run.split("_")[1][:8]), signed=True)
