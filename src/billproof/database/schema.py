"""What every database of a test begins with: tables, and rows where a test wants some."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

from sqlalchemy import URL, Connection, MetaData, inspect

from billproof.database.lint import lint
from billproof.errors import UsageError

Fill: TypeAlias = Callable[[Connection], None]
Build: TypeAlias = Callable[[Connection, URL], None]
Source: TypeAlias = "MetaData | str | Path | Fill | HasMetadata"


class HasMetadata(Protocol):
    """A declarative base."""

    metadata: MetaData


@dataclass(frozen=True)
class Schema:
    """How the template is made, once; and which rows it starts with."""

    build: Build
    seed: Fill | None = None

    @classmethod
    def of(cls, source: Source, seed: Fill | None = None) -> Schema:
        """The schema of metadata, a declarative base, an Alembic folder or .ini, or a function.

        UsageError when the metadata cannot be created anywhere, or nothing is there.
        """
        return cls(_build(source), seed)

    def make(self, connection: Connection, url: URL) -> None:
        """Make everything in an empty database, and commit it; `url` is how the project names it.

        UsageError when that leaves the database empty: the tables were made elsewhere.
        """
        self.build(connection, url)
        connection.commit()
        if not inspect(connection).get_table_names():
            raise UsageError(
                "The database has no tables after its schema was made.",
                "An Alembic env.py has to use config.attributes['connection'], or the "
                "`sqlalchemy.url` of its config; a base has to know its models: import them.",
            )
        if self.seed is not None:
            self.seed(connection)
        connection.commit()


def _build(source: Source) -> Build:
    if isinstance(source, (str, Path)):
        return _migrations(Path(source))
    metadata = source if isinstance(source, MetaData) else getattr(source, "metadata", None)
    if isinstance(metadata, MetaData):
        lint(metadata, getattr(source, "registry", None))
        return lambda connection, _: metadata.create_all(connection)
    if callable(source):
        return lambda connection, _: source(connection)
    raise UsageError(
        f"databases() cannot make tables from {source!r}.",
        "Give it a declarative base, its metadata, the path of an Alembic folder, "
        "or a function that takes a connection.",
    )


def _migrations(path: Path) -> Build:
    """Every migration of an Alembic folder, or of the one that an alembic.ini names."""
    if not path.exists():
        raise UsageError(
            f"There is no Alembic folder at {path.absolute()}.",
            "Give the path of the folder with env.py in it, or of alembic.ini; a relative one "
            "counts from where pytest is started.",
        )
    if path.is_dir() and not (path / "env.py").exists():
        raise UsageError(
            f"{path.absolute()} has no env.py, so it is no Alembic folder.",
            "Give the folder that `alembic init` made, or the path of alembic.ini.",
        )

    def upgrade(connection: Connection, url: URL) -> None:
        # Who has no migrations needs no Alembic.
        from alembic import command  # noqa: PLC0415 - see above
        from alembic.config import Config  # noqa: PLC0415 - see above

        config = Config(str(path)) if path.is_file() else Config()
        if path.is_dir():
            config.set_main_option("script_location", str(path).replace("%", "%%"))
        # An env.py that looks for it migrates this connection; any other connects by itself.
        config.attributes["connection"] = connection
        text = url.render_as_string(hide_password=False)
        config.set_main_option("sqlalchemy.url", text.replace("%", "%%"))
        command.upgrade(config, "head")

    return upgrade
